import fc from "fast-check";
import { expect, it } from "vitest";
import { quantiles } from "../../src/statistics/quantile.js";
import { SKETCH_ERROR, Sketch } from "../../src/statistics/sketch.js";

const value = fc.oneof(
  fc.constantFrom(0, Number.POSITIVE_INFINITY, 1, Number.MIN_VALUE, Number.MAX_VALUE),
  fc.tuple(fc.double({ min: 1, max: 10, noNaN: true }), fc.integer({ min: -20, max: 20 })).map(([m, e]) => m * 10 ** e),
);
const values = fc.array(value, { minLength: 1, maxLength: 200 });
const QS = [0.001, 0.25, 0.5, 0.9, 0.99, 1];

function sketchOf(all: readonly number[]): Sketch {
  const sketch = new Sketch();
  for (const one of all) sketch.add(one);
  return sketch;
}

const textOf = (sketch: Sketch) => JSON.stringify([...sketch.all(), sketch.least, sketch.largest]);

it("a quantile is within 1/256 of that of a sorted array, and exact at 0, at Infinity and at the largest", () => {
  fc.assert(
    fc.property(values, (all) => {
      const sketch = sketchOf(all);
      const exact = quantiles(Float64Array.from(all), all.length, QS);
      for (const [i, q] of QS.entries()) {
        const found = sketch.quantile(q);
        if (exact[i] === 0 || exact[i] === Number.POSITIVE_INFINITY || q === 1) expect(found).toBe(exact[i]);
        // What has no exponent, below 2^-1022, lies in bins of equal width.
        else expect(Math.abs(found - exact[i]!)).toBeLessThanOrEqual(Math.max(SKETCH_ERROR * exact[i]!, 2 ** -1030));
      }
    }),
    { seed: 1 },
  );
});

it("sketches of parts add up to the sketch of the whole, in any order", () => {
  fc.assert(
    fc.property(values, values, values, (a, b, c) => {
      const whole = sketchOf([...a, ...b, ...c]);
      const sum = sketchOf([]);
      for (const part of [c, a, b]) sum.merge(sketchOf(part));
      expect(textOf(sum)).toBe(textOf(whole));
      for (const field of ["count", "zeros", "infinite"] as const) expect(sum[field]).toBe(whole[field]);
      for (const q of QS) expect(sum.quantile(q)).toBe(whole.quantile(q));
    }),
    { seed: 2, numRuns: 30 },
  );
});

it("a bin begins at its edge and ends before the next", () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), (one) => {
      const [bin] = sketchOf([one]).all();
      expect(bin!.from).toBeLessThanOrEqual(one);
      expect(bin!.to).toBeGreaterThan(one);
    }),
    { seed: 3 },
  );
});

it("is made again from its bins, its least and its largest value", () => {
  fc.assert(
    fc.property(values, (all) => {
      const sketch = sketchOf(all);
      const again = new Sketch();
      for (const bin of sketch.all()) again.addBin(bin);
      again.least = sketch.least;
      again.largest = sketch.largest;
      expect(textOf(again)).toBe(textOf(sketch));
      for (const q of QS) expect(again.quantile(q)).toBe(sketch.quantile(q));
    }),
    { seed: 4, numRuns: 30 },
  );
});

it("forgets what it had when it is cleared, and has no quantiles then", () => {
  const sketch = sketchOf([1, 2, Number.POSITIVE_INFINITY, 0]);
  sketch.clear();
  expect(sketch.quantile(0.5)).toBeNaN();
  sketch.add(7, 3);
  expect([sketch.count, sketch.least, sketch.largest, sketch.quantile(0.5)]).toEqual([3, 7, 7, 7]);
});
