import fc from "fast-check";
import type { SchedulerConfig } from "../../src/scheduler/scheduler.js";
import type { Batch } from "../../src/table/index.js";

/** A workload in memory, sorted by arrival, with memory. */
export interface SmallWorkload {
  readonly arrival_s: Float64Array;
  readonly runtime_s: Float64Array;
  readonly price_class: Uint8Array;
  readonly memory_initial_mib: Float32Array;
  readonly memory_peak_mib: Float32Array;
}

export const PRICES = [0.3, 0.7, 1, 1.5, 2];

interface Row {
  readonly arrival: number;
  readonly runtime: number;
  readonly priceClass: number;
  readonly initial: number;
  readonly growth: number;
}

/** Times on a grid, where ties are common, and times between. */
const arrival = fc.oneof(
  { weight: 2, arbitrary: fc.nat(12).map((n) => n / 2) },
  { weight: 1, arbitrary: fc.double({ min: 0, max: 6, noNaN: true }) },
);
const runtime = fc.oneof(
  { weight: 1, arbitrary: fc.constant(0) },
  { weight: 4, arbitrary: fc.nat(12).map((n) => n / 4) },
  { weight: 4, arbitrary: fc.double({ min: 1e-3, max: 4, noNaN: true }) },
);
const memory = fc.nat(4000).map((n) => n / 8);
const row: fc.Arbitrary<Row> = fc.record({
  arrival,
  runtime,
  priceClass: fc.nat(PRICES.length - 1),
  initial: memory,
  growth: memory,
});

export function workloadOf(rows: readonly Row[]): SmallWorkload {
  const sorted = [...rows].sort((a, b) => a.arrival - b.arrival);
  return {
    arrival_s: Float64Array.from(sorted, (of) => of.arrival),
    runtime_s: Float64Array.from(sorted, (of) => of.runtime),
    price_class: Uint8Array.from(sorted, (of) => of.priceClass),
    memory_initial_mib: Float32Array.from(sorted, (of) => of.initial),
    memory_peak_mib: Float32Array.from(sorted, (of) => of.initial + of.growth),
  };
}

/** Up to 50 invocations, many at once, on a cluster that they crowd. */
export const smallWorkload = fc.array(row, { minLength: 1, maxLength: 50 }).map(workloadOf);

/** A small cluster. */
export const cluster: fc.Arbitrary<SchedulerConfig> = fc.record({
  machines: fc.integer({ min: 1, max: 5 }),
  cores: fc.integer({ min: 1, max: 4 }),
  k: fc.integer({ min: 1, max: 6 }),
  shards: fc.integer({ min: 1, max: 3 }),
  prices: fc.constant(PRICES),
  seed: fc.nat(1000),
  ram: fc.constant(Number.POSITIVE_INFINITY),
  swap: fc.constant(Number.POSITIVE_INFINITY),
  swapInWatermark: fc.constant(0.9),
  oom: fc.constant("off" as const),
});

/** Null: until nothing is left. Else a time, often one at which something arrives or ends. */
export const until = fc.option(arrival, { nil: null, freq: 3 });

/** The workload as the one batch of it. */
export async function* inOneBatch(workload: SmallWorkload): AsyncGenerator<{ rows: number; columns: Batch }> {
  yield { rows: workload.arrival_s.length, columns: { ...workload } };
}

/** A row of workloads with enough at once to crowd a few cores and their memory, on a grid where ties are common or off it. */
export const crowdedRow = fc.oneof(
  fc.record({
    arrival: fc.nat(40).map((n) => n / 8),
    runtime: fc.constantFrom(0, 0.25, 0.5, 1, 1, 2),
    priceClass: fc.nat(PRICES.length - 1),
    initial: fc.nat(5).map((n) => n * 64),
    growth: fc.nat(8).map((n) => n * 64),
  }),
  fc.record({
    arrival: fc.double({ min: 0, max: 6, noNaN: true }),
    runtime: fc.double({ min: 1e-3, max: 3, noNaN: true }),
    priceClass: fc.nat(PRICES.length - 1),
    initial: fc.double({ min: 0, max: 300, noNaN: true }),
    growth: fc.double({ min: 0, max: 600, noNaN: true }),
  }),
);
