import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ClassSummary, RunSummary } from "../../src/analysis/summary.js";
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
    const scheduler = fc.record({
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
