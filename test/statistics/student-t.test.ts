import { describe, expect, it } from "vitest";
import { meanInterval, studentExceededWith, studentWithin } from "../../src/statistics/student-t.js";

describe("Student's t", () => {
  // Two-sided 5 % and 1 % points as tables have them (such as Abramowitz and Stegun 26.10), to more places.
  it.each([
    [0.05, 1, 12.7062047362],
    [0.05, 2, 4.3026527297],
    [0.05, 3, 3.1824463053],
    [0.05, 4, 2.7764451052],
    [0.05, 5, 2.5705818356],
    [0.05, 9, 2.2621571628],
    [0.05, 10, 2.228138852],
    [0.05, 29, 2.0452296421],
    [0.05, 30, 2.0422724563],
    [0.05, 100, 1.9839715185],
    [0.05, 1000, 1.9623390808],
    [0.01, 4, 4.6040948713],
    [0.01, 10, 3.1692726726],
    [0.5, 1, 1],
    [0.2, 7, 1.4149239277],
  ])("that |T| exceeds with chance %f at %i degrees is %f", (beyond, degrees, t) => {
    expect(Math.abs(studentExceededWith(beyond, degrees) - t)).toBeLessThan(1e-6);
  });

  it("is within 0 with chance 0, and within its point with what is left", () => {
    for (const degrees of [1, 2, 3, 4, 17, 60]) {
      expect(studentWithin(0, degrees)).toBe(0);
      expect(studentWithin(studentExceededWith(0.05, degrees), degrees)).toBeCloseTo(0.95, 12);
    }
  });

  it("of five values makes their mean give or take 2.776 standard errors", () => {
    // Deviations -2 … 2: variance 2.5, standard error sqrt(0.5).
    const { mean, low, high } = meanInterval([1, 2, 3, 4, 5]);
    expect(mean).toBe(3);
    expect(high - mean).toBeCloseTo(2.7764451052 * Math.sqrt(0.5), 9);
    expect(mean - low).toBeCloseTo(high - mean, 12);
  });
});
