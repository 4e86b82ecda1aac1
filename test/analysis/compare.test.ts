import { describe, expect, it } from "vitest";
import { compare } from "../../src/analysis/compare.js";
import type { CompareQuestion, Difference } from "../../src/analysis/comparison.js";
import { openRun } from "../../src/analysis/run-folder.js";
import { pairRuns } from "../../src/analysis/run-pairs.js";
import { handMadeRun, type Told } from "./hand-made-run.js";
import { rewrite, seeded } from "./latency-run.js";

const INF = Number.POSITIVE_INFINITY;

/** 2000 arrivals over 100 s, runtime 1, latencies 1 … 20 in turn, times `factor` plus `more`. */
const told = (factor = 1, more = 0): Told[] =>
  Array.from({ length: 2000 }, (_, i) => ({ arrival: i / 20, finish: i / 20 + factor * (1 + (i % 20)) + more }));
const at = (differences: readonly Difference[], of: string, statistic: string, priceClass: number | null = null) =>
  differences.find((one) => one.of === of && one.statistic === statistic && one.price_class === priceClass)!;
const one = async (a: Told[], b: Told[], question: CompareQuestion = {}, end = 1e6) => {
  const run = openRun(await handMadeRun({ xx: { invocations: a, end }, hermod: { invocations: b, end } }));
  return (await compare([run], question)).comparisons[0]!;
};

describe("a comparison of two schedulers of a run", () => {
  it("has the differences of the mean and the quantiles, of slowdown and latency", async () => {
    const { baseline, other, interval, differences } = await one(told(), told(2));
    expect([baseline, other, interval]).toEqual(["xx", "hermod", "blocks"]);
    const p99 = at(differences, "latency", "p99");
    expect(p99.baseline_value).toBeCloseTo(20, 9);
    expect(p99.other_value).toBeCloseTo(40, 9);
    expect(p99.difference).toBeCloseTo(20, 9);
    expect(at(differences, "latency", "mean").difference).toBeCloseTo(10.5, 9);
    expect(at(differences, "slowdown", "p50", 0).difference).toBeCloseTo(10, 9);
    expect(at(differences, "latency", "p999")).toMatchObject({ baseline_value: null, difference: null, low: null });
  });

  it("has intervals from blocks of time, the same for both: what they share does not widen them", async () => {
    // Latencies differ tenfold over time, the difference is always 1 s.
    const wave = told().map((of, i) => ({ ...of, finish: of.arrival! + (i % 400 < 200 ? 2 : 20) }));
    const later = wave.map((of) => ({ ...of, finish: of.finish + 1 }));
    const { differences } = await one(wave, later);
    const { difference, low, high } = at(differences, "latency", "mean");
    expect([difference, low, high].map((value) => value!.toFixed(9))).toEqual([
      "1.000000000",
      "1.000000000",
      "1.000000000",
    ]);
    const apart = told().map((of, i) => ({ ...of, finish: of.finish! + (i < 1000 ? 0 : 2) }));
    const wide = at((await one(told(), apart)).differences, "latency", "mean");
    expect(wide.difference).toBeCloseTo(1, 9);
    expect(wide.low!).toBeGreaterThan(0);
    expect(wide.low!).toBeLessThan(0.8);
    expect(wide.high!).toBeGreaterThan(1.2);
    expect(wide.high!).toBeLessThan(2);
  });

  it("says whose invocations are faster, slower and the same", async () => {
    const mixed = told().map((of, i) => ({
      ...of,
      finish: of.finish! + (i % 4 === 0 ? -0.5 : i % 4 === 1 ? 0.5 : 1e-12),
    }));
    const { shares } = await one(told(), mixed);
    expect(shares).toEqual([
      { price_class: 0, count: 2000, better: 0.25, worse: 0.25, equal: 0.5, unknown: 0 },
      { price_class: null, count: 2000, better: 0.25, worse: 0.25, equal: 0.5, unknown: 0 },
    ]);
  });

  it("counts the killed as infinitely late, and not at all where only the ended are asked for", async () => {
    const killed = told().map((of, i): Told => (i % 50 === 0 ? { ...of, outcome: "killed" } : of));
    const { differences, shares } = await one(told(), killed);
    expect(at(differences, "slowdown", "p99")).toMatchObject({
      other_value: INF,
      difference: INF,
      low: null,
      high: null,
    });
    // Half of the 40 killed took 1 s, half 11: of those up to 10 s there are 980 left, and the 1000th is 11.
    expect(at(differences, "slowdown", "p50").difference).toBeCloseTo(1, 9);
    expect(shares[1]).toMatchObject({ worse: 0.02, equal: 0.98 });
    const both = await one(killed, killed);
    expect(at(both.differences, "slowdown", "p99")).toMatchObject({
      baseline_value: INF,
      other_value: INF,
      difference: null,
    });
    expect(both.shares[1]).toMatchObject({ equal: 1 });
    const ended = await one(told(), killed, { endedOnly: true });
    expect(ended.shares[1]).toMatchObject({ count: 1960, equal: 1 });
    expect(at(ended.differences, "slowdown", "p99").difference).toBe(0);
  });

  it("says on which side a difference is bounded, and counts as unknown what may turn out either way", async () => {
    const open = told().map((of, i): Told => (i >= 1900 ? { ...of, finish: null } : of));
    const bound = async (a: Told[], b: Told[]) => at((await one(a, b, {}, 300)).differences, "latency", "mean").bound;
    expect([
      await bound(told(), open),
      await bound(open, told()),
      await bound(open, open),
      await bound(told(), told()),
    ]).toEqual([">=", "<=", "~", ""]);
    // They are all later already than the others were.
    expect((await one(told(), open, {}, 300)).shares[1]).toMatchObject({ worse: 0.05, equal: 0.95, unknown: 0 });
    // At 500 s the hundred have taken 400 to 405 s, longer than 13 of 20 others: 30, 60 … 390.
    const { better, worse, unknown } = (await one(told(30), open, {}, 500)).shares[1]!;
    expect([better, worse, unknown]).toEqual([0.95, 0.0325, 0.0175]);
    expect((await one(open, open, {}, 300)).shares[1]).toMatchObject({ equal: 0.95, unknown: 0.05 });
  });

  it("leaves out the warm-up of both, and pairs rows by invocation whatever their order", async () => {
    const folder = await handMadeRun({ xx: { invocations: told() }, hermod: { invocations: told(2) } });
    const run = openRun(folder);
    const before = await compare([run], { warmupCut: "50s" });
    expect(before.comparisons[0]!.shares[1]).toMatchObject({ count: 1000 });
    await rewrite(
      folder,
      "hermod",
      told(2)
        .map((of, invocation) => ({ ...of, invocation }))
        .reverse(),
    );
    expect(await compare([run], { warmupCut: "50s" })).toEqual(before);
  });
});

describe("a comparison over seeds", () => {
  const runs = async (seeds: number, more: (seed: number) => number) => {
    const folders = Array.from({ length: seeds }, (_, i) =>
      seeded(
        { xx: { invocations: told() }, hermod: { invocations: told(1, more(i + 1)) } },
        { sha256: `w${i}`, seed: i },
      ),
    );
    return (await Promise.all(folders)).map(openRun);
  };

  it("has Student's interval over five or more per-seed differences", async () => {
    // Differences 1 … 5: mean 3, give or take 2.7764451052 sqrt(0.5).
    const { comparisons } = await compare(await runs(5, (seed) => seed));
    const { interval, differences, shares, runs: each } = comparisons[0]!;
    expect([interval, each.length, shares[1]!.count]).toEqual(["t", 5, 10_000]);
    const { difference, low, high } = at(differences, "latency", "p99");
    expect(difference).toBeCloseTo(3, 9);
    expect(low).toBeCloseTo(3 - 2.7764451052 * Math.sqrt(0.5), 6);
    expect(high).toBeCloseTo(3 + 2.7764451052 * Math.sqrt(0.5), 6);
  });

  it("has none over fewer, but their mean", async () => {
    const { comparisons } = await compare(await runs(4, (seed) => seed));
    expect(comparisons[0]!.interval).toBe("none");
    expect(at(comparisons[0]!.differences, "latency", "mean")).toMatchObject({ low: null, high: null });
    expect(at(comparisons[0]!.differences, "latency", "mean").difference).toBeCloseTo(2.5, 9);
  });
});

describe("runs are paired", () => {
  const made = { invocations: [{}, {}] };
  const pairsOf = async (runs: readonly Parameters<typeof seeded>[], question = {}) => {
    const opened = (await Promise.all(runs.map((of) => seeded(...of)))).map(openRun);
    const { pairs, leftOut } = pairRuns(opened, question);
    return { pairs: pairs.map(({ baseline, other, replays }) => [baseline, other, replays.length]), leftOut };
  };

  it("scheduler by scheduler where options differ, and named by these", async () => {
    const all = { xx: made, edf: made };
    const runs = [1, 2].flatMap((seed): Parameters<typeof seeded>[] => [
      [all, { sha256: `w${seed}`, seed, options: { k: "3" } }],
      [all, { sha256: `w${seed}`, seed, options: { k: "5" } }],
    ]);
    const pairs = [
      ["xx k=3", "xx k=5", 2],
      ["edf k=3", "edf k=5", 2],
    ];
    expect(await pairsOf(runs)).toEqual({ pairs, leftOut: [] });
    expect((await pairsOf(runs, { scheduler: "edf" })).pairs).toEqual([["edf k=3", "edf k=5", 2]]);
    expect((await pairsOf(runs, { baseline: "xx k=5" })).pairs).toEqual([
      ["xx k=5", "xx k=3", 2],
      ["xx k=5", "edf k=3", 2],
      ["xx k=5", "edf k=5", 2],
    ]);
  });

  it("schedulers with the first where options are the same, whichever run they are in", async () => {
    expect((await pairsOf([[{ xx: made, edf: made, hermod: made }]])).pairs).toEqual([
      ["xx", "edf", 1],
      ["xx", "hermod", 1],
    ]);
    expect((await pairsOf([[{ xx: made }], [{ edf: made }]])).pairs).toEqual([["xx", "edf", 1]]);
  });

  it("of the same workload only; runs that share none with another are left out", async () => {
    const found = await pairsOf([
      [{ xx: made }, { sha256: "a" }],
      [{ edf: made }, { sha256: "a" }],
      [{ xx: made }, { sha256: "b" }],
    ]);
    expect(found).toEqual({ pairs: [["xx", "edf", 1]], leftOut: ["run-b-7"] });
  });

  it("by name where all options are the same, and whatever their seeds where only those differ", async () => {
    expect((await pairsOf([[{ xx: made }], [{ xx: made }]])).pairs).toEqual([["xx", "xx (run-1-7)", 1]]);
    expect(
      (
        await pairsOf([
          [{ xx: made }, { seed: 1 }],
          [{ xx: made }, { seed: 2 }],
        ])
      ).pairs,
    ).toEqual([["xx", "xx (run-1-2)", 1]]);
  });

  it("or refused, where they share nothing", async () => {
    const wanted = "expected a run of several schedulers, or runs whose workload_sha256 agree";
    await expect(
      pairsOf([
        [{ xx: made }, { sha256: "a" }],
        [{ xx: made }, { sha256: "b" }],
      ]),
    ).rejects.toThrow(`invalid runs: run-a-7, run-b-7 (no two replays of one workload); ${wanted}`);
    const folder = await handMadeRun({ xx: made, edf: made });
    const run = openRun(folder);
    await expect(compare([run, openRun(folder)])).rejects.toThrow(
      `invalid run: ${folder} (given twice); expected each run once`,
    );
    await expect(compare([run], { baseline: "fifo" })).rejects.toThrow(
      "invalid baseline: fifo (baseline); expected one of xx, edf",
    );
    await expect(compare([run], { scheduler: "fifo" })).rejects.toThrow(
      `invalid scheduler: fifo (${folder}); expected one of xx, edf`,
    );
  });
});
