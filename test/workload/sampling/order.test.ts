import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sampleOrder } from "../../../src/workload/sampling/order.js";
import { population } from "./populations.js";

const number = fc.oneof(
  fc.constant(Number.NaN),
  fc.integer({ min: 0, max: 3 }),
  fc.double({ min: -5, max: 5, noNaN: true }),
);
const row = fc.tuple(fc.integer({ min: 0, max: 4 }), number, number, number, number);
const rows = fc.array(row, { minLength: 1, maxLength: 80 });

describe("the order in which samples take functions", () => {
  it("has every function once, and is the same for the same seed", () => {
    fc.assert(
      fc.property(rows, fc.nat(), (of, seed) => {
        const order = sampleOrder(population(of), seed);
        expect([...order].sort((a, b) => a - b)).toEqual(of.map((_, f) => f));
        expect(sampleOrder(population(of), seed)).toEqual(order);
      }),
      { seed: 1 },
    );
  });

  it("gives each trigger its share of any sample, within two functions", () => {
    const of = Array.from({ length: 500 }, (_, f): [number, number] => [
      f % 7 < 4 ? 0 : f % 7 < 6 ? 1 : 2 + (f % 3),
      f,
    ]);
    for (const seed of [1, 2, 3]) {
      const order = sampleOrder(population(of), seed);
      const taken = [0, 0, 0, 0, 0];
      order.forEach((f, i) => {
        taken[of[f]![0]]!++;
        for (const [trigger, n] of taken.entries()) {
          const share = of.filter(([one]) => one === trigger).length / of.length;
          expect(Math.abs(n - (i + 1) * share)).toBeLessThan(2);
        }
      });
    }
  });

  it("takes of eight functions one from each eighth of a number", () => {
    const of = Array.from({ length: 64 }, (_, f): [number, number] => [0, (37 * f) % 64]);
    for (const seed of [1, 2, 3, 4]) {
      const first = [...sampleOrder(population(of), seed).slice(0, 8)].map((f) => Math.floor(of[f]![1] / 8));
      expect(first.sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    }
  });

  it("takes every function with the same probability", () => {
    // 23 functions, unequal strata, ties and unknown values; 7 of them taken.
    const of = Array.from({ length: 23 }, (_, f): [number, ...number[]] => [
      f % 5 === 0 ? 1 : 0,
      f % 4,
      f > 9 ? Number.NaN : f,
    ]);
    const fake = population(of);
    const seeds = 4000;
    const taken = new Array<number>(23).fill(0);
    for (let seed = 0; seed < seeds; seed++) for (const f of sampleOrder(fake, seed).slice(0, 7)) taken[f]!++;
    const p = 7 / 23;
    const deviation = Math.sqrt(seeds * p * (1 - p));
    for (const n of taken) expect(Math.abs(n - seeds * p)).toBeLessThan(4 * deviation);
  });
});
