import fc from "fast-check";
import { expect, it } from "vitest";
import { LogHistogram } from "../../src/statistics/log-histogram.js";
import { quantileIndex } from "../../src/statistics/quantile.js";

it("has quantiles within 0.5 % of the exact ones, by weight, and the ends exactly", () => {
  const value = fc.oneof(fc.constant(0), fc.double({ min: 1e-8, max: 1e9, noNaN: true }));
  const entry = fc.tuple(value, fc.integer({ min: 0, max: 5 }));
  fc.assert(
    fc.property(fc.array(entry, { minLength: 1, maxLength: 200 }), (entries) => {
      const histogram = new LogHistogram();
      for (const [x, weight] of entries) histogram.add(x, weight);
      const all = entries.flatMap(([x, weight]) => new Array<number>(weight).fill(x)).sort((a, b) => a - b);
      expect(histogram.weight).toBe(all.length);
      if (all.length === 0) {
        expect(histogram.quantile(0.5)).toBeNaN();
        return;
      }
      for (const q of [0.001, 0.1, 0.5, 0.9, 0.99]) {
        const exact = all[quantileIndex(all.length, q)]!;
        expect(Math.abs(histogram.quantile(q) - exact)).toBeLessThanOrEqual(0.00502 * exact);
      }
      expect([histogram.least, histogram.quantile(1)]).toEqual([all[0], all.at(-1)]);
    }),
    { seed: 1 },
  );
});

it("keeps values outside 1e-9 … 1e15 at its ends", () => {
  const histogram = new LogHistogram();
  for (const value of [1e-300, 1e300]) histogram.add(value, 10);
  expect([histogram.quantile(0.5) < 1e-9, histogram.quantile(1)]).toEqual([true, 1e300]);
});
