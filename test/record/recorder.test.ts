import { expect, it } from "vitest";
import { drain, feed } from "../../src/engine/simulation.js";
import { MachineSampler } from "../../src/record/machine-sampler.js";
import { Recorder } from "../../src/record/recorder.js";
import type { RowData } from "../../src/record/row-block.js";
import type { RowSink } from "../../src/record/row-sink.js";
import { schedulerNamed } from "../../src/scheduler/schedulers.js";
import { BATCH_ROWS, type TableWriter } from "../../src/table/index.js";

/** Keeps what it is given by sequence number, and counts how often each row came. */
class Kept implements RowSink {
  readonly times: Uint8Array;
  readonly finish: Float64Array;
  readonly runtime: Float64Array;
  readonly initial: Float64Array;
  readonly preemptions: Uint32Array;
  readonly progress: Float64Array;
  expected = 0;
  blocks = 0;
  closed = false;

  constructor(rows: number) {
    this.times = new Uint8Array(rows);
    this.finish = new Float64Array(rows);
    this.runtime = new Float64Array(rows);
    this.initial = new Float64Array(rows);
    this.preemptions = new Uint32Array(rows);
    this.progress = new Float64Array(rows);
  }

  expect(_batch: unknown, rows: number) {
    this.expected += rows;
  }

  async write(block: RowData) {
    this.blocks++;
    for (let i = 0; i < block.rows; i++) {
      const sequence = block.sequence === null ? block.first + i : block.sequence[i]!;
      this.times[sequence]!++;
      this.finish[sequence] = block.results!.finish[i]!;
      this.runtime[sequence] = block.runtime[i]!;
      this.initial[sequence] = block.initial[i]!;
      this.preemptions[sequence] = block.results!.preemptions[i]!;
      this.progress[sequence] = block.results!.progress[i]!;
    }
  }

  async close() {
    this.closed = true;
  }
}

const nowhere = { write: async () => {}, close: async () => {} } as unknown as TableWriter;

/** 70 batches, one arrival every 10 ms of 20 ms each, but for three that are there for nearly all of it. */
const BATCHES = 70;
const LONG = [5, BATCH_ROWS + 1, 3 * BATCH_ROWS + 7];
const BURST = BATCHES * BATCH_ROWS - 1000;

async function* batches() {
  for (let first = 0; first < BATCHES * BATCH_ROWS; first += BATCH_ROWS) {
    const sequence = (i: number) => first + i;
    const burst = (i: number) => sequence(i) >= BURST && sequence(i) < BURST + 8;
    const of = (value: (i: number) => number) => Float64Array.from({ length: BATCH_ROWS }, (_, i) => value(i));
    const initial = Float32Array.from({ length: BATCH_ROWS }, (_, i) => sequence(i) % 1021);
    yield {
      first,
      columns: {
        arrival_s: of((i) => (burst(i) ? BURST : sequence(i)) / 100),
        runtime_s: of((i) => (LONG.includes(sequence(i)) ? 50_000 : burst(i) ? 1 : 0.015625)),
        price_class: Uint8Array.from({ length: BATCH_ROWS }, (_, i) => (LONG.includes(sequence(i)) ? 0 : 1)),
        memory_initial_mib: initial,
        memory_peak_mib: initial.map((value) => value + 1),
      },
    };
  }
}

async function record(ordered: boolean) {
  const rows = BATCHES * BATCH_ROWS;
  const kept = new Kept(rows);
  const shape = { machines: 1, cores: 5, sharing: false, central: false, every: 10_000, from: 0 };
  const machines = new MachineSampler(shape, nowhere);
  const recorder = new Recorder({ ordered, drained: true, rows: kept, machines });
  const config = { machines: 1, cores: 5, k: 1, shards: 1, prices: [1, 2], seed: 1 };
  const scheduler = schedulerNamed("xx").create(config, recorder);
  for await (const { first, columns } of batches()) {
    await recorder.open(first, columns, BATCH_ROWS);
    scheduler.open({ rows: BATCH_ROWS, first, ...columns });
    feed(scheduler, columns.arrival_s, BATCH_ROWS, Number.POSITIVE_INFINITY);
    if (first === 60 * BATCH_ROWS && !ordered) expect(kept.blocks).toBeGreaterThan(58);
  }
  drain(scheduler, Number.POSITIVE_INFINITY);
  await recorder.close(recorder.lastFinish);
  return { kept, recorder };
}

it("in order of finish keeps what outlives 64 batches, through preemption, and gives every row once", async () => {
  const { kept, recorder } = await record(false);
  expect(kept.times.every((times) => times === 1)).toBe(true);
  expect([kept.expected, recorder.finishedCount, recorder.unfinishedCount]).toEqual([
    kept.times.length,
    kept.times.length,
    0,
  ]);
  expect(kept.closed).toBe(true);
  for (const sequence of LONG) {
    expect([kept.runtime[sequence], kept.initial[sequence]]).toEqual([50_000, sequence % 1021]);
    // The burst of eight takes all five cores, after it has been kept row by row.
    expect(kept.preemptions[sequence]).toBeGreaterThanOrEqual(1);
    expect(kept.finish[sequence]).toBeGreaterThan(sequence / 100 + 50_000);
  }
  const inOrder = await record(true);
  for (const column of ["finish", "runtime", "initial", "progress"] as const) {
    expect(Buffer.compare(Buffer.from(kept[column].buffer), Buffer.from(inOrder.kept[column].buffer)), column).toBe(0);
  }
  expect(Buffer.compare(Buffer.from(kept.preemptions.buffer), Buffer.from(inOrder.kept.preemptions.buffer))).toBe(0);
  expect(inOrder.recorder.cpu).toBe(recorder.cpu);
});
