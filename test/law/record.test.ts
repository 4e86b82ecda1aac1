import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UNLIMITED_MEMORY } from "../../src/scheduler/scheduler.js";
import { SCHEDULERS } from "../../src/scheduler/schedulers.js";
import { quantileIndex } from "../../src/statistics/quantile.js";
import { BATCH_ROWS } from "../../src/table/index.js";
import { hyperexponential } from "../oracle/laws-of-runtime.js";
import { poisson } from "../oracle/poisson.js";
import { recount } from "./recount.js";
import { allColumns, difference, replayTables, sha256Of } from "./tables.js";
import { cluster, inOneBatch, PRICES, type SmallWorkload, smallWorkload, until } from "./workloads.js";

const RUNS = { seed: 41, numRuns: 40 };
const WINDOW = 2;
const every = fc.constantFrom(0.25, 1, 1.3, 100);

const near = (found: number, expected: number, what: string) =>
  expect(Math.abs(found - expected), `${what}: ${found}, ${expected}`).toBeLessThanOrEqual(
    1e-9 * Math.max(1000, Math.abs(expected)),
  );

describe.each(Object.keys(SCHEDULERS))("%s", (name) => {
  it("invocations.arrow has every invocation once, with what a recount finds", async () => {
    const property = fc.asyncProperty(smallWorkload, cluster, until, async (workload, config, end) => {
      const rows = workload.arrival_s.length;
      const folder = await replayTables(name, config, inOneBatch(workload), { rows, until: end });
      const found = await allColumns(folder, "invocations");
      const { rows: recounted } = recount(name, config, workload, end, 1);
      expect([...found["invocation"]!]).toEqual(Array.from({ length: rows }, (_, i) => i));
      expect([...found["arrival_s"]!]).toEqual([...workload.arrival_s]);
      expect([...found["runtime_s"]!]).toEqual([...workload.runtime_s]);
      expect([...found["price_class"]!]).toEqual([...workload.price_class]);
      expect([...found["start_s"]!]).toEqual(recounted.map(({ start }) => start));
      expect([...found["finish_s"]!]).toEqual(recounted.map(({ finish }) => finish));
      expect([...found["machine"]!]).toEqual(recounted.map(({ machine }) => machine));
      expect([...found["preemptions"]!]).toEqual(recounted.map(({ preemptions }) => preemptions));
      expect([...found["outcome"]!]).toEqual(recounted.map(({ outcome }) => (outcome === "finished" ? 0 : 3)));
      for (const [i, { cpu, resident, running }] of recounted.entries()) {
        near(found["cpu_s"]![i]!, cpu, `cpu_s of ${i}`);
        near(found["memory_resident_mib_s"]![i]!, resident, `memory_resident_mib_s of ${i}`);
        near(found["memory_running_mib_s"]![i]!, running, `memory_running_mib_s of ${i}`);
        expect(found["memory_swapped_mib_s"]![i]).toBe(0);
      }
    });
    await fc.assert(property, RUNS);
  });

  it("machines.arrow has, machine by machine and interval by interval, what a recount finds", async () => {
    const property = fc.asyncProperty(
      smallWorkload,
      cluster,
      until,
      every,
      async (workload, config, end, sampleEvery) => {
        const rows = workload.arrival_s.length;
        const folder = await replayTables(name, config, inOneBatch(workload), { rows, until: end, sampleEvery });
        const found = await allColumns(folder, "machines");
        const { intervals, rows: recounted } = recount(name, config, workload, end, sampleEvery);
        for (const column of ["time_s", "machine", "running", "waiting"] as const) {
          expect([...found[column]!]).toEqual(intervals.map((interval) => interval[column]));
        }
        for (const column of ["busy_cores", "resident_mib", "resident_max_mib"] as const) {
          for (const [i, interval] of intervals.entries())
            near(found[column]![i]!, interval[column], `${column} of ${i}`);
        }
        const lengths = intervals.map(
          ({ time_s }) => time_s - sampleEvery * Math.max(0, Math.ceil(time_s / sampleEvery - 1e-9) - 1),
        );
        const used = lengths.reduce((sum, length, i) => sum + length * found["busy_cores"]![i]!, 0);
        near(
          used,
          recounted.reduce((sum, { cpu }) => sum + cpu, 0),
          "core seconds used and CPU seconds delivered",
        );
      },
    );
    await fc.assert(property, RUNS);
  });

  it("windows.arrow has the counts and quantiles of the rows that arrived in each window", async () => {
    const property = fc.asyncProperty(smallWorkload, cluster, until, async (workload, config, end) => {
      const rows = workload.arrival_s.length;
      const folder = await replayTables(name, config, inOneBatch(workload), { rows, until: end, window: WINDOW });
      const found = await allColumns(folder, "windows");
      const expected = windowsOf(workload, recount(name, config, workload, end, 1).rows, end);
      for (const [i, row] of expected.entries()) {
        for (const [column, value] of Object.entries(row)) {
          if (Number.isNaN(value)) expect(found[column]![i], column).toBeNaN();
          else near(found[column]![i]!, value, `${column} of window ${i}`);
        }
      }
      expect(found["count"]!.length).toBe(expected.length);
    });
    await fc.assert(property, RUNS);
  });
});

/** windows.arrow, the long way round. */
function windowsOf(workload: SmallWorkload, rows: ReturnType<typeof recount>["rows"], end: number | null) {
  const starts = [...new Set([...workload.arrival_s].map((at) => WINDOW * Math.floor(at / WINDOW)))];
  return starts.flatMap((start) =>
    PRICES.flatMap((_, priceClass) => {
      const mine = rows
        .map((row, i) => ({ ...row, arrival: workload.arrival_s[i]!, runtime: workload.runtime_s[i]!, i }))
        .filter(({ arrival, i, outcome }) => {
          const inside = arrival >= start && arrival < start + WINDOW;
          return inside && workload.price_class[i] === priceClass && outcome !== "absent";
        });
      if (mine.length === 0) return [];
      const latency = mine.map(({ finish, arrival, runtime }) =>
        Number.isNaN(finish) ? Math.max(end! - arrival, runtime) : finish - arrival,
      );
      const slowdown = latency.map((value, i) => value / mine[i]!.runtime).filter((_, i) => mine[i]!.runtime > 0);
      const finished = mine.filter(({ outcome }) => outcome === "finished").length;
      return {
        ...{ window_start_s: start, price_class: priceClass, count: mine.length, finished },
        ...{ killed: 0, rejected: 0, unfinished: mine.length - finished },
        ...{
          latency_mean_s: mean(latency),
          latency_p50_s: quantile(latency, 0.5),
          latency_p90_s: quantile(latency, 0.9),
        },
        ...{ latency_p99_s: quantile(latency, 0.99), latency_max_s: Math.max(...latency) },
        ...{
          slowdown_mean: mean(slowdown),
          slowdown_p50: quantile(slowdown, 0.5),
          slowdown_p999: quantile(slowdown, 0.999),
        },
        slowdown_max: slowdown.length > 0 ? Math.max(...slowdown) : Number.NaN,
      };
    }),
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function quantile(values: readonly number[], q: number): number {
  if (values.length * (1 - q) < 10 - 1e-9) return Number.NaN;
  return values.toSorted((a, b) => a - b)[quantileIndex(values.length, q)]!;
}

describe("three batches of rows", () => {
  const rows = 140_000;
  const made = poisson(rows, 0.97 * 40, hyperexponential(10), [0.35, 0.25, 0.02, 0.15, 0.23], 5);
  const config = { ...UNLIMITED_MEMORY, machines: 10, cores: 4, k: 2, shards: 4, prices: PRICES, seed: 3 };
  async function* batches() {
    for (let first = 0; first < rows; first += BATCH_ROWS) {
      const to = Math.min(rows, first + BATCH_ROWS);
      const runtime_s = made.runtime_s.slice(first, to);
      const columns = {
        arrival_s: made.arrival_s.slice(first, to),
        runtime_s,
        price_class: made.price_class.slice(first, to),
        memory_initial_mib: Float32Array.from(runtime_s),
        memory_peak_mib: Float32Array.from(runtime_s, (value) => 2 * value),
      };
      yield { rows: to - first, columns };
    }
  }

  /** A table's columns with the rows by invocation. */
  function sorted(table: Record<string, Float64Array>): Record<string, Float64Array> {
    const place = new Int32Array(rows);
    for (const [i, invocation] of table["invocation"]!.entries()) place[invocation] = i;
    const entries = Object.entries(table).map(([name, values]) => [name, Float64Array.from(place, (i) => values[i]!)]);
    return Object.fromEntries(entries);
  }

  it.each(Object.keys(SCHEDULERS))(
    "%s: rows in parts and in order of finish are the same rows, sorted otherwise",
    async (name) => {
      const ordered = await replayTables(name, config, batches(), { rows });
      const inParts = await replayTables(name, config, batches(), { rows, partRows: BATCH_ROWS });
      expect(Object.keys(sha256Of(inParts))).toEqual([
        ...["invocations/part-00000.arrow", "invocations/part-00001.arrow", "invocations/part-00002.arrow"],
        ...["machines.arrow", "occupancy.arrow", "swaps/part-00000.arrow", "windows.arrow"],
      ]);
      const expected = await allColumns(ordered, "invocations");
      const found = await allColumns(inParts, "invocations");
      expect(difference(found["finish_s"]!, found["finish_s"]!.toSorted())).toBe("");
      for (const [column, values] of Object.entries(sorted(found)))
        expect(difference(values, expected[column]!)).toBe("");
      for (const table of ["machines", "windows"]) {
        const others = await allColumns(ordered, table);
        for (const [column, values] of Object.entries(await allColumns(inParts, table))) {
          expect(difference(values, others[column]!), `${table}, ${column}`).toBe("");
        }
      }
    },
  );

  it.each(Object.keys(SCHEDULERS))(
    "%s: a run stopped in the middle leaves the rest unfinished, in either order",
    async (name) => {
      const stop = made.arrival_s[rows / 2]!;
      const options = { rows, until: stop };
      const ordered = await allColumns(await replayTables(name, config, batches(), options), "invocations");
      const inParts = await replayTables(name, config, batches(), { ...options, partRows: BATCH_ROWS });
      const found = sorted(await allColumns(inParts, "invocations"));
      for (const [column, values] of Object.entries(found)) expect(difference(values, ordered[column]!)).toBe("");
      expect(ordered["finish_s"]!.filter((at) => at > stop).length).toBe(0);
      expect(ordered["outcome"]!.subarray(rows / 2 + 1).every((outcome) => outcome === 3)).toBe(true);
    },
  );
});
