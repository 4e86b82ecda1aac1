import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drain, feed } from "../../src/engine/simulation.js";
import { openRecorder } from "../../src/record/open-recorder.js";
import { FIELDS, GROWTH, HELD, INTS, MACHINE, NEEDED, OPEN, RowBlock } from "../../src/record/row-block.js";
import { Stragglers } from "../../src/record/stragglers.js";
import { type SchedulerConfig, UNLIMITED_MEMORY } from "../../src/scheduler/scheduler.js";
import { SCHEDULERS, schedulerNamed } from "../../src/scheduler/schedulers.js";
import { BATCH_ROWS, type Rows } from "../../src/table/index.js";
import { allColumns, difference, newFolder, replayTables } from "../law/tables.js";
import { PRICES } from "../law/workloads.js";
import { hyperexponential } from "../oracle/laws-of-runtime.js";
import { poisson } from "../oracle/poisson.js";

/** A block of `rows` invocations of which those in `open` have not ended; row r is told by its arrival, first + r. */
function blockWith(first: number, rows: number, open: readonly number[]): RowBlock {
  const block = new RowBlock(true);
  block.fill(
    first,
    {
      arrival_s: Float64Array.from({ length: rows }, (_, i) => first + i),
      runtime_s: Float64Array.from({ length: rows }, (_, i) => i % 3),
      price_class: Uint8Array.from({ length: rows }, (_, i) => i % 5),
      memory_initial_mib: Float32Array.from({ length: rows }, (_, i) => i),
      memory_peak_mib: Float32Array.from({ length: rows }, (_, i) => 2 * i + 1),
    },
    rows,
  );
  for (let row = 0; row < rows; row++) block.ints[row * INTS + MACHINE] = 0;
  for (const row of open) block.ints[row * INTS + MACHINE] = OPEN;
  return block;
}

describe("stragglers", () => {
  it("give back, in any order, what arrived with each that was open, and take others in their place", () => {
    const into = new RowBlock(false);
    const rows = 3000;
    const some = fc.uniqueArray(fc.nat(rows - 1), { maxLength: 2000 });
    const property = fc.property(some, some, (before, after) => {
      const stragglers = new Stragglers();
      const blocks = [blockWith(0, rows, before), blockWith(BATCH_ROWS, rows, after)] as const;
      for (const [i, open] of [before, after].entries()) {
        const block = blocks[i]!;
        stragglers.keep(block);
        for (const row of open) {
          const invocation = block.first + row;
          expect(stragglers.growth(invocation)).toBe(block.record[row * FIELDS + GROWTH]);
          stragglers.take(invocation, into, 7);
          for (const field of ["arrival", "runtime", "priceClass"] as const) {
            expect(into[field][7]).toBe(block[field][row]);
          }
          for (let field = HELD; field <= NEEDED; field++) {
            expect(into.record[7 * FIELDS + field]).toBe(block.record[row * FIELDS + field]);
          }
        }
      }
    });
    fc.assert(property, { seed: 51, numRuns: 5 });
  });
});

const ROWS = 2 * BATCH_ROWS + 3000;
/** Runtimes so long at times that invocations are running, waiting or preempted two batches after they arrived. */
const made = poisson(ROWS, 0.97 * 40, hyperexponential(40), [0.35, 0.25, 0.02, 0.15, 0.23], 9);
made.runtime_s[0] = 4000;
const CONFIG: SchedulerConfig = {
  ...UNLIMITED_MEMORY,
  machines: 10,
  cores: 4,
  k: 2,
  shards: 4,
  prices: PRICES,
  seed: 3,
};

async function* batches(): AsyncGenerator<Rows> {
  for (const { rows, arrival_s, runtime_s, price_class } of made.chunks) {
    const memory_initial_mib = Float32Array.from(runtime_s, (value) => 1 + value);
    const memory_peak_mib = Float32Array.from(runtime_s, (value) => 3 * value + 2);
    yield { rows, columns: { arrival_s, runtime_s, price_class, memory_initial_mib, memory_peak_mib } };
  }
}

/** Replays as `replay` does, in order of finish, with no more than one block of arrivals kept whole. */
async function replayKeepingOne(name: string, until: number | null): Promise<string> {
  const folder = newFolder();
  const { sharing, central, create } = schedulerNamed(name);
  const { machines, cores } = CONFIG;
  const recorder = await openRecorder({
    ...{ folder, metadata: {}, threads: false, machines, cores, classes: PRICES.length, sharing, central },
    ...{ inParts: true, partRows: BATCH_ROWS, ordered: false, allFinish: until === null, managed: false },
    ...{ from: 0, window: 2, sampleEvery: 1, blocksKept: 1, told: false, slots: false },
  });
  const scheduler = create(CONFIG, recorder);
  const end = until ?? Number.POSITIVE_INFINITY;
  let first = 0;
  let arrived = 0;
  for await (const { rows, columns } of batches()) {
    await recorder.open(first, columns, rows);
    const [arrival_s, runtime_s, price_class] = [made.arrival_s, made.runtime_s, made.price_class].map((values) =>
      values.subarray(first, first + rows),
    ) as [Float64Array, Float64Array, Uint8Array];
    const memory_initial_mib = columns["memory_initial_mib"] as Float32Array;
    const memory_peak_mib = columns["memory_peak_mib"] as Float32Array;
    scheduler.open({ rows, first, arrival_s, runtime_s, price_class, memory_initial_mib, memory_peak_mib });
    arrived += feed(scheduler, arrival_s, rows, end);
    first += rows;
  }
  drain(scheduler, end);
  const stopped = until ?? recorder.lastFinish;
  scheduler.stop(stopped);
  for (let invocation = arrived; invocation < first; invocation++) recorder.absent(invocation, stopped);
  await recorder.close(stopped);
  return folder;
}

describe.each(Object.keys(SCHEDULERS))("%s with few blocks of arrivals in memory", (name) => {
  it.each([
    ["drained", null],
    ["stopped in the last batch", made.arrival_s[ROWS - 1000]!],
  ])("makes the same tables, %s", async (_, until) => {
    const expected = await replayTables(name, CONFIG, batches(), { rows: ROWS, until });
    const folder = await replayKeepingOne(name, until);
    const rows = await allColumns(expected, "invocations");
    const found = await allColumns(folder, "invocations");
    const place = new Int32Array(ROWS);
    for (const [i, invocation] of found["invocation"]!.entries()) place[invocation] = i;
    for (const [column, values] of Object.entries(found)) {
      const sorted = Float64Array.from(place, (i) => values[i]!);
      expect(difference(sorted, rows[column]!), column).toBe("");
    }
    for (const table of ["machines", "windows"]) {
      const others = await allColumns(expected, table);
      for (const [column, values] of Object.entries(await allColumns(folder, table))) {
        expect(difference(values, others[column]!), `${table}, ${column}`).toBe("");
      }
    }
  });
});
