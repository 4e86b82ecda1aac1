import { describe, expect, it } from "vitest";
import { crossing, maximum } from "../../src/statistics/search.js";

describe("search", () => {
  it("finds the one maximum", () => {
    expect(maximum((x) => -(x - 1.7) * (x - 1.7), -10, 10, 1e-6)).toBeCloseTo(1.7, 5);
    expect(maximum((x) => x, 0, 3, 1e-6)).toBeCloseTo(3, 5);
  });

  it("finds where a function reaches zero, on either side, also where it is infinite", () => {
    const f = (x: number) => x * x - 2;
    expect(crossing(f, 0, 5, 1e-9)).toBeCloseTo(Math.SQRT2, 8);
    expect(crossing(f, 0, -5, 1e-9)).toBeCloseTo(-Math.SQRT2, 8);
    expect(crossing((x) => (x > 3 ? Number.POSITIVE_INFINITY : x - 2), 0, 100, 1e-9)).toBeCloseTo(2, 8);
  });

  it("gives the end where it is not reached, and the start where it is reached at once", () => {
    expect(crossing((x) => x - 9, 0, 5, 1e-9)).toBe(5);
    expect(crossing((x) => x + 9, 0, 5, 1e-9)).toBe(0);
  });
});
