import { describe, expect, it } from "vitest";
import { countRange } from "../../src/statistics/poisson-mixture.js";

describe("the range of a count", () => {
  it("of one mean is the Poisson distribution's", () => {
    // scipy.stats.poisson.ppf([0.025, 0.975], mean)
    expect(countRange(Float64Array.of(10))).toEqual({ low: 4, high: 17 });
    expect(countRange(Float64Array.of(100))).toEqual({ low: 81, high: 120 });
    expect(countRange(Float64Array.of(0.02))).toEqual({ low: 0, high: 0 });
    expect(countRange(Float64Array.of(2000))).toEqual({ low: 1913, high: 2088 });
  });

  it("is wider where the mean is unsure", () => {
    const { low, high } = countRange(Float64Array.of(50, 100, 150));
    expect(low).toBeLessThan(50);
    expect(high).toBeGreaterThan(150);
  });
});
