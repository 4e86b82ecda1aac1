import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { optionTotals } from "../../src/analysis/option-totals.js";
import { openRun } from "../../src/analysis/run-folder.js";
import type { ClassSummary, Estimate, RunSummary } from "../../src/analysis/summary.js";
import { register } from "../../src/cli/summary.js";
import { summaryReport } from "../../src/cli/summary-report.js";
import { handMadeRun, type Sample, type Told } from "../analysis/hand-made-run.js";
import { call } from "./call.js";

/** A thousand of class 0 that take longer and longer, the last ten unfinished at 1000 s; twenty of class 1; a killed one. */
const INVOCATIONS: Told[] = [
  ...Array.from({ length: 1000 }, (_, i) => ({ finish: i < 990 ? (i + 1) / 2 : null, preemptions: 12 })),
  ...Array.from({ length: 20 }, (_, i) => ({ priceClass: 1, runtime: 0.01, finish: 0.012 + i / 1e6 })),
  { priceClass: 2, outcome: "killed", finish: 3 },
];
const MACHINES: Sample[] = [
  [10, 0, 3],
  [10, 1, 4],
];
const OPTIONS = { prices: "0.3,1,1.5,2", cores: "4", warmup: "0", scheduler: "" };

const SUMMARY: RunSummary = {
  run: "demo",
  trace: "trace",
  trace_sha256: "0",
  options: {},
  invocations: 12,
  from_s: 0,
  to_s: 60,
  warmup_s: 0,
  machines: 20,
  cores: 8,
  offered_load: { expected: 0.9, realised: 0.9 },
  prices: [1, 2],
  seed: 1,
  record: "all",
  schedulers: [],
};

const NONE: Estimate = { value: null, lower_bound: false };
const NOBODY: ClassSummary = {
  ...{ price_class: null, price: null, count: 0, finished: 0, killed: 0, rejected: 0, unfinished: 0 },
  ...{ latency_s: { p50: NONE, p99: NONE, p999: NONE }, slowdown: { p50: NONE, p99: NONE, p999: NONE, mean: NONE } },
  ...{ missed: 0, missed_share: null, preemptions: 0, swap_outs: 0, swap_ins: 0 },
};

const made = () =>
  handMadeRun(
    {
      xx: { invocations: INVOCATIONS, machines: MACHINES, end: 1000 },
      edf: { invocations: INVOCATIONS.map((of) => ({ ...of, preemptions: 0 })), machines: [[10, -1, 6]], end: 1000 },
    },
    { options: OPTIONS, from_s: 0, to_s: 5400 },
    "demo",
  );

describe("replaybook summary", () => {
  it("says who waits, the top class first", async () => {
    expect(await call(register, "summary", await made())).toBe(`\
demo: 1,021 invocations of trace over 1 h 30 min
  2 machines x 4 cores, offered load 0.800 expected, 0.812 realised
  prices 0.3 1 1.5 2, seed 7

xx: utilisation 87.5% (machines 75.0 to 100.0, median 75.0, sd 12.5),
  12,000 preemptions, 1 killed, 10 unfinished
                    ─── latency ───   ─── slowdown ───           pre-      un-
class price count   p50   p99 p99.9   p50    p99 p99.9  missed empted finished
    2   1.5     1     -     -     -     -      -     -    100%      0        0
    1     1    20  12ms     -     -  1.20      -     -      0%      0        0
    0   0.3 1,000  4.2m  8.3m     -   250    495     -   98.7%  12.0k       10
  all       1,021  4.1m >=17m     -   246 >=1.0k     -   96.8%  12.0k       10

edf: utilisation 75.0% of one pool, 0 preemptions, 1 killed, 10 unfinished
                    ─── latency ───   ─── slowdown ───           pre-      un-
class price count   p50   p99 p99.9   p50    p99 p99.9  missed empted finished
    2   1.5     1     -     -     -     -      -     -    100%      0        0
    1     1    20  12ms     -     -  1.20      -     -      0%      0        0
    0   0.3 1,000  4.2m  8.3m     -   250    495     -   98.7%      0       10
  all       1,021  4.1m >=17m     -   246 >=1.0k     -   96.8%      0       10

slowdown: latency / runtime, 1 never waits; missed: deadlines;
>= some have not ended: at least this; - too few to tell; no arrivals of class 3
`);
  });

  it("says what part of a trace it is, and what is left out", () => {
    const text = summaryReport({ ...SUMMARY, from_s: 28800, to_s: 57630, warmup_s: 90, machines: 1, cores: 1 });
    expect(text.split("\n\n")[0]).toBe(`\
demo: 12 invocations of trace over 8 h 30 s (from 8 h to 16 h 30 s)
  1 machine x 1 core, offered load 0.900 expected, 0.900 realised
  prices 1 2, seed 1
  arrivals of the first 1 min 30 s, the warm-up, are left out`);
  });

  it("keeps to 80 columns, also where every number is long and a lower bound", () => {
    const estimate = fc.record({
      value: fc.oneof(fc.double({ min: 0, max: 8e7, noNaN: true }), fc.constantFrom(null, Number.POSITIVE_INFINITY)),
      lower_bound: fc.boolean(),
    });
    const quantiles = fc.record({ p50: estimate, p99: estimate, p999: estimate, mean: estimate });
    const count = fc.nat(1e12);
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const counts = { count, finished: count, killed: count, rejected: count, unfinished: count, missed: count };
    const of = (price_class: number | null, price: number | null): fc.Arbitrary<ClassSummary> =>
      fc.record({
        ...{ price_class: fc.constant(price_class), price: fc.constant(price), latency_s: quantiles },
        ...{ slowdown: quantiles, preemptions: count, missed_share: share, swap_outs: count, swap_ins: count },
        ...counts,
      });
    const spread = fc.record({ min: share, median: share, max: share, deviation: share });
    const mib = fc.double({ min: 0, max: 1e9, noNaN: true });
    const memory = fc.record({
      ...{ ram_mib: fc.integer({ min: 1, max: 1e6 }), resident_mib: fc.record({ median: mib, max: mib }) },
      ...{ swapped_max_mib: mib, swapped_out_max_mib: mib },
    });
    const owner = fc.record({
      ...{ owner: fc.string(), budget: mib, allowance: mib, spent: mib, overrun: mib },
      ...{ demoted: count, delayed: count, rejected: count },
    });
    const budgets = fc.record({
      ...{ rule: fc.constant("demote"), owners_with_a_budget: count, owners_over_it: count },
      ...{ demoted: count, delayed: count, rejected: count, most_over: fc.option(owner) },
    });
    const scheduler = fc.record({
      budgets: fc.option(budgets),
      call_chains: fc.option(fc.record({ raised: count, late: count, never_called: count })),
      scheduler: fc.constantFrom("hermod", "xx"),
      utilisation: fc.option(fc.record({ mean: share, spread: fc.option(spread) })),
      memory: fc.option(memory),
      classes: fc.tuple(of(0, 0.3), of(1, 1.25)),
      all: of(null, null),
    });
    fc.assert(
      fc.property(fc.array(scheduler, { minLength: 1, maxLength: 2 }), (schedulers) => {
        const lines = summaryReport({ ...SUMMARY, schedulers }).split("\n");
        expect(lines.filter((line) => line.length > 80)).toEqual([]);
      }),
      { seed: 3 },
    );
  });

  it("says what RAM and swap were used for, and when machines thrash", async () => {
    const { schedulers } = JSON.parse(await call(register, "summary", "--json", await made()));
    const memory = { ram_mib: 32000, resident_mib: { median: 12000, max: 31000 }, swapped_out_max_mib: 102400 };
    const [xx] = schedulers;
    const report = (all: object, swapped_max_mib: number) =>
      summaryReport({ ...SUMMARY, schedulers: [{ ...xx, memory: { ...memory, swapped_max_mib }, all }] })
        .split("\n")
        .filter((line) => /^ {2}RAM|^ {2}once|swap-ins/.test(line));
    expect(report({ ...xx.all, swap_outs: 0 }, 0)).toEqual([
      "  RAM in use: median 37.5%, at most 96.9%; nothing was moved to swap",
    ]);
    expect(report({ ...xx.all, count: 1000, finished: 900, swap_outs: 100, swap_ins: 90 }, 2048)).toEqual([
      "  RAM in use: median 37.5%, at most 96.9%; swap of a machine: at most 2.0GiB at",
      "  once, up to 100GiB written in all; 100 swap-outs (0.10 an invocation), 90",
      "  swap-ins (0.10 for each finished)",
    ]);
    expect(report({ ...xx.all, count: 1000, finished: 900, swap_outs: 600, swap_ins: 540 }, 2048).at(-1)).toBe(
      "  swap-ins (0.60 for each finished) - thrashing: RAM is too small for this load",
    );
  });

  it("says what budgets and call chains did, in the whole run, where they were on", async () => {
    const owner = { budget: 3, allowance: 0.5, spent: 2, delayed: 0, rejected: 0 };
    const options = {
      retries: 0,
      budgets: {
        ...{ rule: "demote", owners_with_a_budget: 1200, owners_over_it: 2 },
        owners: { a: { ...owner, overrun: 0.25, demoted: 1000 }, b: { ...owner, overrun: 1.5, demoted: 234 } },
      },
      call_chains: { raised: 12, late: 0, never_called: 1456 },
    };
    const warm = { ...OPTIONS, warmup: "1s" };
    const folder = await handMadeRun({ xx: { invocations: INVOCATIONS }, edf: {} }, { options: warm });
    const path = join(folder, "run.json");
    const manifest = JSON.parse(readFileSync(path, "utf8"));
    manifest.schedulers.xx.options = options;
    writeFileSync(path, JSON.stringify(manifest));
    const run = openRun(folder);
    const none = { budgets: null, call_chains: null };
    expect(optionTotals(run, "edf")).toEqual(none);
    const totals = optionTotals(run, "xx");
    expect(totals).toEqual({
      budgets: {
        ...{ rule: "demote", owners_with_a_budget: 1200, owners_over_it: 2, demoted: 1234, delayed: 0, rejected: 0 },
        most_over: { owner: "b", ...owner, overrun: 1.5, demoted: 234 },
      },
      call_chains: options.call_chains,
    });
    const of = (more: object, warmup_s: number) =>
      summaryReport({
        ...{ ...SUMMARY, warmup_s },
        schedulers: [{ scheduler: "xx", utilisation: null, memory: null, classes: [], all: NOBODY, ...none, ...more }],
      })
        .split("\n")
        .filter((line) => /budgets|demoted|calls|their/.test(line));
    expect(of(totals, 0)).toEqual([
      "  budgets: 2 of 1,200 owners went over, b by the most, $1.50; 1,234 arrivals",
      "  demoted to class 0",
      "  calls: 1,456 rejected, as their parent never ran; 12 raised to their parent's",
    ]);
    expect(of({ call_chains: { raised: 0, late: 3, never_called: 0 } }, 9)).toEqual([
      "  calls: 3 came late with their parent, the warm-up included",
    ]);
    expect(of({ call_chains: { raised: 0, late: 0, never_called: 0 } }, 0)).toEqual(["  calls: all as recorded"]);
    expect(of({}, 0)).toEqual([]);
  });

  it("has infinity as text in JSON, and says which quantities are lower bounds", async () => {
    const { run, schedulers } = JSON.parse(await call(register, "summary", "--json", await made()));
    expect(run).toBe("demo");
    const { all, classes } = schedulers[0];
    expect(all.latency_s.p99).toEqual({ value: 1000, lower_bound: true });
    expect(classes[2].slowdown.mean).toEqual({ value: "Infinity", lower_bound: false });
    expect(classes[2].latency_s.p50).toEqual({ value: null, lower_bound: false });
  });

  it("wants a run", async () => {
    await expect(call(register, "summary", "no/run")).rejects.toThrow(
      "invalid run: no/run (no such folder); expected a folder written by replaybook replay",
    );
  });
});
