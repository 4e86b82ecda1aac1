import { describe, expect, it } from "vitest";
import { type SchedulerConfig, UNLIMITED_MEMORY } from "../../src/scheduler/scheduler.js";
import { SCHEDULERS } from "../../src/scheduler/schedulers.js";
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

describe.each(Object.keys(SCHEDULERS))("%s, rows in order of finish", (name) => {
  it.each([
    ["drained", null],
    ["stopped in the last batch", made.arrival_s[ROWS - 1000]!],
  ])("makes the same tables, %s", async (_, until) => {
    const expected = await replayTables(name, CONFIG, batches(), { rows: ROWS, until });
    const folder = await replayTables(name, CONFIG, batches(), { rows: ROWS, until, streamed: true });
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
