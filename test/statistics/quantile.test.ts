import fc from "fast-check";
import { expect, it } from "vitest";
import { enough, quantileIndex, quantiles } from "../../src/statistics/quantile.js";

it("gives the values of a sorted array, with ties and infinities", () => {
  const value = fc.oneof(fc.double({ noNaN: true, min: 0 }), fc.integer({ min: 0, max: 3 }), fc.constant(Infinity));
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 400 }), (list) => {
      const sorted = Float64Array.from(list).sort();
      const qs = [0.001, 0.25, 0.5, 0.9, 0.99, 0.999, 1];
      const got = quantiles(Float64Array.from(list), list.length, qs);
      expect(got).toEqual(qs.map((q) => sorted[quantileIndex(list.length, q)]));
    }),
    { seed: 1 },
  );
});

it("is the ceil(n q)-th smallest (Hyndman and Fan 1996, type 1)", () => {
  const hundred = Float64Array.from({ length: 100 }, (_, i) => i + 1);
  expect(quantiles(hundred, 100, [0.5, 0.9, 0.99, 0.999])).toEqual([50, 90, 99, 100]);
  expect(quantileIndex(1000, 0.999)).toBe(998);
  expect(quantileIndex(3000, 0.29)).toBe(869);
});

it("asks for 10 / (1 - q) observations", () => {
  expect([enough(999, 0.99), enough(1000, 0.99), enough(9999, 0.999), enough(10000, 0.999), enough(20, 0.5)]).toEqual([
    false,
    true,
    false,
    true,
    true,
  ]);
});
