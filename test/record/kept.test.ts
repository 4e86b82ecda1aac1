import fc from "fast-check";
import { expect, it } from "vitest";
import { type SchedulerConfig, UNLIMITED_MEMORY } from "../../src/scheduler/scheduler.js";
import { RowSampling } from "../../src/workload/row-sampling.js";
import { allColumns, difference, replayTables } from "../law/tables.js";
import { inOneBatch, PRICES, smallWorkload } from "../law/workloads.js";

const CASES: readonly (readonly [string, Partial<SchedulerConfig>])[] = [
  ["xx", {}],
  ["xx", { ram: 700, swap: 500 }],
  ["hermod", {}],
  ["hermod", { ram: 700, oom: "kill-newest" }],
  ["edf", {}],
  ["ideal", {}],
  ["random", {}],
];
const CLUSTER = { ...UNLIMITED_MEMORY, machines: 3, cores: 2, k: 2, shards: 2, prices: PRICES, seed: 5 };
const COUNTED = ["window_start_s", "price_class", "count", "finished", "killed", "rejected", "unfinished"];
const WHOLE = ["machines", "occupancy", "swaps"];

it.each(CASES)("%s, %j: what is kept where not every row is agrees with every row", async (scheduler, part) => {
  const config: SchedulerConfig = { ...CLUSTER, ...part };
  const until = fc.constantFrom(null, 2.5);
  const property = fc.asyncProperty(smallWorkload, until, fc.constantFrom(0, 0.5), async (workload, until, share) => {
    const rows = workload.arrival_s.length;
    const replayed = (kept: object) => replayTables(scheduler, config, inOneBatch(workload), { rows, until, ...kept });
    const [all, some] = [await replayed({}), await replayed({ kept: { share, since: 0 } })];
    for (const table of WHOLE) {
      const expected = await allColumns(all, table);
      for (const [column, values] of Object.entries(await allColumns(some, table))) {
        expect(difference(values, expected[column]!), `${table}, ${column}`).toBe("");
      }
    }
    const [exact, sketched] = [await allColumns(all, "windows"), await allColumns(some, "windows")];
    for (const column of COUNTED) expect(difference(sketched[column]!, exact[column]!), column).toBe("");
    for (const column of ["latency_max_s", "slowdown_max"]) {
      for (const [i, value] of exact[column]!.entries()) {
        if (Number.isFinite(value)) expect(Math.abs(sketched[column]![i]! - value)).toBeLessThan(1e-9);
        else expect(sketched[column]![i]).toBe(value);
      }
    }
    const { invocation, price_class, preemptions, outcome, ...others } = await allColumns(all, "invocations");
    const classes = await allColumns(some, "classes");
    for (const [priceClass, sum] of classes["preemptions"]!.entries()) {
      const of = [...invocation!.keys()].filter((i) => price_class![i] === priceClass);
      const arrived = of.filter((i) => until === null || others["arrival_s"]![i]! <= until);
      expect(sum).toBe(arrived.reduce((total, i) => total + preemptions![i]!, 0));
      expect(classes["finished"]![priceClass]).toBe(of.filter((i) => outcome![i] === 0).length);
    }
    if (share === 0) return;
    const sample = await allColumns(some, "invocations");
    const sampling = new RowSampling(share, config.seed);
    sampling.open(0, rows);
    expect([...sample["invocation"]!].sort((a, b) => a - b)).toEqual([...sampling.kept.subarray(0, sampling.count)]);
    const every = { invocation, price_class, preemptions, outcome, ...others } as Record<string, Float64Array>;
    for (const [row, i] of sample["invocation"]!.entries()) {
      for (const [column, values] of Object.entries(sample)) {
        expect(Object.is(values[row], every[column]![i]), `${column} of invocation ${i}`).toBe(true);
      }
    }
  });
  await fc.assert(property, { seed: 71, numRuns: 25 });
});
