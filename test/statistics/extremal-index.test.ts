import { describe, expect, it } from "vitest";
import { keyed, PURPOSE } from "../../src/random/index.js";
import { clustering } from "../../src/statistics/extremal-index.js";

describe("the intervals estimator", () => {
  it("is Ferro and Segers' formula, with and without a unit of time", () => {
    // Gaps 1, 1, 8: 2 (0 + 0 + 7)^2 / (3 (0 + 0 + 7 x 6)) = 98 / 126; of continuous time 2 x 10^2 / (3 x 66).
    expect(clustering(Float64Array.of(1, 1, 8), 1).extremalIndex).toBeCloseTo(98 / 126, 12);
    expect(clustering(Float64Array.of(1, 1, 8), 0).extremalIndex).toBe(1);
    // No gap above 2: 2 x 4^2 / (3 x 6) is above 1.
    expect(clustering(Float64Array.of(1, 1, 2), 1).extremalIndex).toBe(1);
  });

  it("parts clusters at the longest gaps, and at no gap as long as one within a cluster", () => {
    const gaps = Float64Array.of(1, 9, 1, 1, 30, 1, 1, 1, 25, 1, 1, 1);
    const { extremalIndex, runGap } = clustering(gaps, 1);
    // Five of the twelve by the index, of which two are as short as those within.
    expect(Math.floor(extremalIndex * 12)).toBe(5);
    expect(runGap).toBe(1);
    expect(clustering(Float64Array.of(5, 5, 5, 5, 0.01, 90), 0).runGap).toBe(5);
  });

  it("finds single events single", () => {
    const draws = keyed(4, PURPOSE.sample);
    const gaps = Float64Array.from({ length: 5000 }, (_, i) => -Math.log(1 - draws.uniform(i, 0)));
    expect(clustering(gaps, 0).extremalIndex).toBeGreaterThan(0.95);
  });

  it("has every event alone where there is no gap, and parts none that are equally far apart", () => {
    expect(clustering(new Float64Array(0), 0)).toEqual({ extremalIndex: 1, runGap: 0 });
  });
});
