import fc from "fast-check";
import { expect, it } from "vitest";
import { overSeeds } from "../../src/analysis/over-seeds.js";

it("of five seeds or more is their mean with Student's interval, of fewer their mean and range", () => {
  // t for 95 % and four degrees of freedom is 2.776445; the standard error of 1 … 5 is sqrt(2.5 / 5).
  const five = overSeeds([1, 2, 3, 4, 5]);
  expect(five).toMatchObject({ seeds: 5, mean: 3, least: 1, most: 5 });
  expect(five.interval!.high - 3).toBeCloseTo(2.776445 * Math.SQRT1_2, 5);
  expect(3 - five.interval!.low).toBeCloseTo(2.776445 * Math.SQRT1_2, 5);
  expect(overSeeds([1, 2, 6, 7])).toEqual({ seeds: 4, mean: 4, least: 1, most: 7, interval: null });
  expect(overSeeds([2])).toEqual({ seeds: 1, mean: 2, least: 2, most: 2, interval: null });
});

it("is infinite, without an interval, where one of them is", () => {
  const infinite = Number.POSITIVE_INFINITY;
  const found = overSeeds([1, 2, 3, 4, infinite]);
  expect(found).toEqual({ seeds: 5, mean: infinite, least: 1, most: infinite, interval: null });
});

it("lies in its range and its interval, whatever the order", () => {
  const value = fc.double({ min: 1, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 9 }), (values) => {
      const { mean, least, most, interval } = overSeeds(values);
      const slack = 1e-9 * most;
      expect(mean).toBeGreaterThanOrEqual(least - slack);
      expect(mean).toBeLessThanOrEqual(most + slack);
      expect(interval === null).toBe(values.length < 5);
      if (interval) expect(interval.low <= mean && mean <= interval.high).toBe(true);
      expect(overSeeds([...values].reverse()).mean).toBeCloseTo(mean, 6);
    }),
    { seed: 11 },
  );
});
