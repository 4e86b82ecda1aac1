import { describe, expect, it } from "vitest";
import { type SchedulerConfig, UNLIMITED_MEMORY } from "../../src/scheduler/scheduler.js";
import { SCHEDULERS } from "../../src/scheduler/schedulers.js";
import { XX_OFF } from "../../src/scheduler/xx/options.js";
import { BATCH_ROWS, type Rows } from "../../src/table/index.js";
import { allColumns, difference, replayTables } from "../law/tables.js";
import { PRICES } from "../law/workloads.js";
import { hyperexponential } from "../oracle/laws-of-runtime.js";
import { poisson } from "../oracle/poisson.js";

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

/** Compares the tables of both orders, which must be the same but for the order of rows in invocations. */
async function expectTheSame(
  name: string,
  config: SchedulerConfig,
  workload: () => AsyncIterable<Rows>,
  options: { rows: number; until: number | null },
): Promise<void> {
  const expected = await replayTables(name, config, workload(), options);
  const folder = await replayTables(name, config, workload(), { ...options, streamed: true });
  const rows = await allColumns(expected, "invocations");
  const found = await allColumns(folder, "invocations");
  const place = new Int32Array(options.rows);
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
}

describe.each(Object.keys(SCHEDULERS))("%s, rows in order of finish", (name) => {
  it.each([
    ["drained", null],
    ["stopped in the last batch", made.arrival_s[ROWS - 1000]!],
  ])("makes the same tables, %s", async (_, until) => {
    await expectTheSame(name, CONFIG, batches, { rows: ROWS, until });
  });

  it("makes the same tables where most arrive after the run's end, and the last to end before it fill a block", async () => {
    await expectTheSame(name, CONFIG, lateOnes, { rows: BATCH_ROWS, until: 50 });
    if (name !== "xx") return;
    await expectTheSame(name, { ...CONFIG, xx: { ...XX_OFF, children: "recorded" } }, lateOnes, {
      rows: BATCH_ROWS,
      until: 50,
    });
  });
});

/** Ten that end before 50 s, and the rest of a batch, which arrives at 100 s. */
async function* lateOnes(): AsyncGenerator<Rows> {
  const rows = BATCH_ROWS;
  const early = 10;
  const columns = {
    arrival_s: Float64Array.from({ length: rows }, (_, i) => (i < early ? 0 : 100)),
    runtime_s: new Float64Array(rows).fill(5),
    price_class: Uint8Array.from({ length: rows }, (_, i) => i % PRICES.length),
    memory_initial_mib: new Float32Array(rows).fill(3),
    memory_peak_mib: new Float32Array(rows).fill(8),
    parent: new Int32Array(rows).fill(-1),
  };
  yield { rows, columns };
}
