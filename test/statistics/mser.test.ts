import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mser5 } from "../../src/statistics/mser.js";

/** The definition, term by term. */
function plain(series: readonly number[]): number {
  const m = Math.floor(series.length / 5);
  const means = Array.from({ length: m }, (_, b) => series.slice(5 * b, 5 * b + 5).reduce((a, x) => a + x, 0) / 5);
  const errors = Array.from({ length: Math.floor(m / 2) + 1 }, (_, d) => {
    const kept = means.slice(d);
    const mean = kept.reduce((a, x) => a + x, 0) / kept.length;
    return kept.reduce((a, x) => a + (x - mean) * (x - mean), 0) / (kept.length * kept.length);
  });
  return errors.indexOf(Math.min(...errors));
}

describe("MSER-5", () => {
  it("cuts a series where its start ends, to a batch of five", () => {
    const series = Array.from({ length: 200 }, (_, i) => (i < 18 ? 100 - i : 10 + (i % 2)));
    expect(mser5(series)).toEqual({ cut: 20, why: null });
  });

  it("cuts nothing of what is steady from the start", () => {
    expect(mser5(Array.from({ length: 100 }, (_, i) => (i % 5) + (i % 3)))).toMatchObject({ cut: 0 });
    expect(mser5(new Float64Array(60).fill(3))).toEqual({ cut: 0, why: null });
  });

  it("fails where the series has not settled within its first half", () => {
    expect(mser5(Array.from({ length: 100 }, (_, i) => i))).toEqual({ cut: null, why: "no steady half" });
  });

  it("fails with fewer than ten batches", () => {
    expect(mser5(new Float64Array(49))).toEqual({ cut: null, why: "too short" });
    expect(mser5(new Float64Array(50))).toEqual({ cut: 0, why: null });
  });

  it("finds the least squared standard error of what is left", () => {
    const series = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 50, maxLength: 200 });
    fc.assert(
      fc.property(series, (values) => {
        const found = mser5(values);
        const half = Math.floor(Math.floor(values.length / 5) / 2);
        const expected = plain(values);
        expect(found.cut).toBe(expected === half ? null : 5 * expected);
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});
