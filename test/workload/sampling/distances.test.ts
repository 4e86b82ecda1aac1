import { describe, expect, it } from "vitest";
import { type DistanceName, Distances } from "../../../src/workload/sampling/distances.js";
import { sampleOrder } from "../../../src/workload/sampling/order.js";
import { population } from "./populations.js";

/** 300 functions of four triggers whose numbers hang together: made from a fixed sequence. */
const MIXED = population(
  Array.from({ length: 300 }, (_, f): [number, ...number[]] => {
    const u = ((f * 61) % 300) / 300;
    const v = ((f * 157) % 300) / 300;
    return [
      f % 8 < 4 ? 0 : f % 8 < 6 ? 1 : f % 8 === 6 ? 2 : 3,
      5 * u * u,
      v - u,
      f % 11 === 0 ? Number.NaN : u * v,
      Math.sin(7 * u),
    ];
  }),
);
const all = Uint32Array.from(MIXED.triggerOf.keys());

describe("distances of a sample", () => {
  it("are 0 of the whole", () => {
    expect(new Distances(MIXED).of(all)).toEqual({
      rate: 0,
      duration: 0,
      memory: 0,
      burstiness: 0,
      trigger: 0,
      pairs: 0,
    });
  });

  it("are 1 of one function that is the median of everything and has the commonest trigger", () => {
    const line = population(Array.from({ length: 11 }, (_, f) => [f < 6 ? 0 : 1, f, f * f, f, f]));
    const found = new Distances(line).of(Uint32Array.of(5));
    for (const name of ["rate", "duration", "memory", "burstiness", "trigger"] as const) {
      expect(found[name]).toBeCloseTo(1, 12);
    }
  });

  it("tell numbers apart that hang together the other way, though each alone is right", () => {
    const rows = [0, 1, 2, 3, 4, 5].flatMap((x) =>
      [0, 1, 2, 3, 4, 5].map((y) => [0, x, y, Number.NaN, Number.NaN] as const),
    );
    const square = population(rows);
    const diagonal = Uint32Array.from([0, 1, 2, 3, 4, 5], (x) => 7 * x);
    const { rate, duration, pairs } = new Distances(square).of(diagonal);
    expect([rate, duration]).toEqual([0, 0]);
    expect(pairs).toBeGreaterThan(0.5);
  });

  it("are unknown where nothing is known: no memory, one trigger only", () => {
    const bare = population([0, 1, 2, 3].map((f) => [0, f, f]));
    const { memory, trigger } = new Distances(bare).of(Uint32Array.of(1, 2));
    expect([memory, trigger]).toEqual([NaN, NaN]);
  });

  it("are smaller than of simple random samples, on average over 30 seeds, of each number, trigger and pair", () => {
    const distances = new Distances(MIXED);
    for (const functions of [30, 75, 150]) {
      const sums: Partial<Record<DistanceName, [sample: number, random: number]>> = {};
      for (let seed = 0; seed < 30; seed++) {
        const found = distances.of(sampleOrder(MIXED, seed).slice(0, functions));
        const random = distances.of(distances.randomSample(functions, seed, 0));
        for (const name of Object.keys(found) as DistanceName[]) {
          const [a, b] = sums[name] ?? [0, 0];
          sums[name] = [a + found[name], b + random[name]];
        }
      }
      for (const [sample, random] of Object.values(sums)) expect(sample / random).toBeLessThan(0.9);
      expect(sums.trigger![0] / sums.trigger![1]).toBeLessThan(0.4);
    }
  });

  it("are told beside the mean of 20 simple random samples, the same from the same seed", () => {
    const distances = new Distances(MIXED);
    const kept = sampleOrder(MIXED, 5).slice(0, 40);
    const told = distances.beside(kept, 5);
    expect(told).toEqual(distances.beside(kept, 5));
    expect(told.map(({ name }) => name)).toEqual(["rate", "duration", "memory", "burstiness", "trigger", "pairs"]);
    for (const { distance, random } of told) expect(distance).toBeLessThan(1.3 * random);
  });
});

it("a simple random sample has as many functions as asked for, each at most once", () => {
  const kept = new Distances(MIXED).randomSample(50, 3, 7);
  expect([kept.length, new Set(kept).size]).toEqual([50, 50]);
});
