import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { medianDeviation, totalVariation, wasserstein1 } from "../../src/statistics/wasserstein.js";

const ascending = (values: readonly number[]) => Float64Array.from(values).sort();
const value = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ min: -1e6, max: 1e6, noNaN: true }));
const list = fc.array(value, { minLength: 1, maxLength: 40 });

/** The definition: the area between the two distribution functions. */
function byDefinition(a: readonly number[], b: readonly number[]): number {
  const places = ascending([...a, ...b]);
  const share = (of: readonly number[], x: number) => of.filter((y) => y <= x).length / of.length;
  let area = 0;
  for (let i = 0; i + 1 < places.length; i++) {
    area += (places[i + 1]! - places[i]!) * Math.abs(share(a, places[i]!) - share(b, places[i]!));
  }
  return area;
}

describe("Wasserstein-1 distance", () => {
  it("is 5 between 0, 1, 3 and 5, 6, 8, and 0.25 between 0, 1 and 0, 0, 0, 1 (scipy.stats.wasserstein_distance)", () => {
    expect(wasserstein1(Float64Array.of(0, 1, 3), Float64Array.of(5, 6, 8))).toBe(5);
    expect(wasserstein1(Float64Array.of(0, 1), Float64Array.of(0, 0, 0, 1))).toBe(0.25);
  });

  it("is the area between the distribution functions, the same both ways, and 0 of a list and itself repeated", () => {
    fc.assert(
      fc.property(list, list, (a, b) => {
        const distance = wasserstein1(ascending(a), ascending(b));
        const wanted = byDefinition(a, b);
        expect(Math.abs(distance - wanted)).toBeLessThanOrEqual(1e-9 * (1 + wanted));
        expect(Math.abs(distance - wasserstein1(ascending(b), ascending(a)))).toBeLessThanOrEqual(1e-9 * (1 + wanted));
        expect(wasserstein1(ascending(a), ascending([...a, ...a]))).toBe(0);
      }),
      { seed: 1 },
    );
  });

  it("is unknown where one has no values", () => {
    expect(wasserstein1(Float64Array.of(), Float64Array.of(1))).toBeNaN();
    expect(medianDeviation(Float64Array.of())).toBeNaN();
  });

  it("of categories is half the differences of their shares", () => {
    expect(totalVariation([2, 1, 1], [0, 1, 1])).toBe(0.5);
    expect(totalVariation([1, 0], [0, 7])).toBe(1);
    expect(totalVariation([0, 0], [1, 1])).toBeNaN();
  });
});

it("the deviation from the median is the least distance that any single value has", () => {
  expect(medianDeviation(Float64Array.of(0, 1, 2, 3, 10))).toBeCloseTo((2 + 1 + 0 + 1 + 8) / 5, 12);
  fc.assert(
    fc.property(list, value, (values, other) => {
      const sorted = ascending(values);
      expect(medianDeviation(sorted)).toBeLessThanOrEqual(
        wasserstein1(sorted, Float64Array.of(other)) * (1 + 1e-9) + 1e-9,
      );
    }),
    { seed: 2 },
  );
});
