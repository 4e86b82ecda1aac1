import { describe, expect, it } from "vitest";
import { andersonDarling, CHANCES, EXCEEDED, goodnessOfFit } from "../../src/statistics/anderson-darling.js";
import { distancesFromFits } from "./extremes.js";

describe("Anderson and Darling's distance", () => {
  it("is that of its definition", () => {
    // z = 1/4, 1/2, 3/4: -3 - (1/3)(1 (log 1/4 + log 1/4) + 3 (log 1/2 + log 1/2) + 5 (log 3/4 + log 3/4)).
    const values = Float64Array.of(0.25, 0.5, 0.75);
    const expected = -3 - (2 * Math.log(0.25) + 6 * Math.log(0.5) + 10 * Math.log(0.75)) / 3;
    expect(andersonDarling(values, { shape: -1, scale: 1 })).toBeCloseTo(expected, 12);
  });

  it("has the chances of its table", () => {
    for (const [shape, values] of EXCEEDED) {
      for (const [i, a2] of values.entries()) expect(goodnessOfFit(a2, shape)).toBeCloseTo(CHANCES[i]!, 10);
    }
    expect(goodnessOfFit(0.05, 0)).toBeGreaterThan(0.9);
    expect(goodnessOfFit(20, 0)).toBeLessThan(1e-10);
  });

  it("rejects a true law as often as it says", () => {
    for (const shape of [-0.3, 0.1]) {
      const chances = Array.from(distancesFromFits(shape, 100, 300), (a2) => goodnessOfFit(a2, shape));
      const rejected = chances.filter((chance) => chance < 0.1).length / 300;
      // 10 % of 300, four standard errors of 1.7 %.
      expect(Math.abs(rejected - 0.1)).toBeLessThan(0.07);
    }
  });
});
