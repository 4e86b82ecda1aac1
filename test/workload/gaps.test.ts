import { describe, expect, it } from "vitest";
import { burstiness, Gaps } from "../../src/workload/gaps.js";

/** The coefficient of one function that has these counts in minutes 0, 1, 2 … */
function ofCounts(...counts: number[]): number {
  const gaps = new Gaps(1);
  counts.forEach((count, minute) => {
    if (count > 0) gaps.add(0, minute, 1, count);
  });
  return gaps.coefficients()[0]!;
}

function ofTimes(...times: number[]): number {
  const gaps = new Gaps(1);
  for (const time of times) gaps.add(0, time, 0, 1);
  return gaps.coefficients()[0]!;
}

describe("the variation of the times between invocations", () => {
  it("is exactly 0 of a clock: each minute, each fifth, seven in each", () => {
    expect(ofCounts(1, 1, 1, 1)).toBe(0);
    expect(ofCounts(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1)).toBe(0);
    expect(ofCounts(7, 7, 7, 7)).toBe(0);
  });

  it("is the standard deviation over the mean", () => {
    // Gaps 1, 1, 4: mean 2, deviation sqrt(2).
    expect(ofTimes(0, 1, 2, 6)).toBeCloseTo(Math.SQRT2 / 2, 12);
  });

  it("spreads a minute's invocations over it evenly", () => {
    // At 0.25, 0.75, 2.5: gaps 0.5 and 1.75.
    expect(ofCounts(2, 0, 1)).toBeCloseTo(0.625 / 1.125, 12);
  });

  it("is not known of fewer than three invocations, or of invocations all at once", () => {
    expect(ofTimes()).toBeNaN();
    expect(ofTimes(1, 2)).toBeNaN();
    expect(ofTimes(3, 3, 3)).toBeNaN();
    expect(ofTimes(1, 2, 3)).toBe(0);
  });

  it("is near 1 of a Poisson process", () => {
    let time = 0;
    let state = 1;
    const times = Array.from({ length: 20000 }, () => {
      state = (state * 48271) % 2147483647;
      time -= Math.log(state / 2147483647);
      return time;
    });
    expect(ofTimes(...times)).toBeCloseTo(1, 1);
  });
});

it("burstiness is -1 of a clock, 0 of Poisson and below 1", () => {
  expect([burstiness(0), burstiness(1), burstiness(3)]).toEqual([-1, 0, 0.5]);
});
