import { describe, expect, it } from "vitest";
import { loadPoints } from "../../src/analysis/load-points.js";
import type { RunSummary, SchedulerSummary } from "../../src/analysis/summary.js";

interface Told {
  readonly load?: number;
  readonly seed?: number;
  readonly trace?: string;
  readonly sha?: string;
  readonly schedulers?: readonly string[];
  readonly options?: Readonly<Record<string, string>>;
}

/** A replay that was asked for `load` and got it but for a little, as its seed has it. */
function summary({
  load = 0.5,
  seed = 1,
  trace = "t",
  sha = "0",
  schedulers = ["xx"],
  options = {},
}: Told): RunSummary {
  return {
    ...{ run: "r", trace, trace_sha256: sha, invocations: 1, from_s: 0, to_s: 60, warmup_s: 0, machines: 2, cores: 4 },
    offered_load: { expected: load, realised: load + seed / 1000 },
    options: { load: String(load), machines: "auto", seed: String(seed), k: "3", ...options },
    ...{ prices: [1], seed, record: "all" },
    schedulers: schedulers.map((scheduler) => ({ scheduler }) as SchedulerSummary),
  };
}

const loads = (...told: readonly Told[]) =>
  loadPoints(told.map(summary)).map(({ load, summaries }) => [load, summaries.map(({ seed }) => seed)]);

describe("replays by their load", () => {
  it("are together where they differ in the seed alone, at the mean of their loads", () => {
    expect(loads({ seed: 1 }, { load: 0.9 }, { seed: 5 })).toEqual([
      [0.503, [1, 5]],
      [0.901, [1]],
    ]);
    expect(loads({ seed: 1 }, { seed: 3 })).toEqual([[0.502, [1, 3]]]);
  });

  it("may have each scheduler in a replay of its own", () => {
    expect(loads({}, { schedulers: ["edf"] }, { load: 0.9 })).toHaveLength(2);
  });

  it("cannot be set side by side where there is one, one twice, or two that differ in more at one load", () => {
    expect(loads({})).toEqual([]);
    expect(loads({}, {})).toEqual([]);
    expect(loads({}, { options: { k: "1" } })).toEqual([]);
    // Neither would another seed make another load of it.
    expect(loads({}, { seed: 2, options: { k: "1" } })).toEqual([]);
    expect(loads({}, { seed: 2 }, { seed: 3, options: { ram: "8GiB" } })).toEqual([]);
  });

  it("cannot where they are of several traces, or a load is not known", () => {
    expect(loads({}, { trace: "u", load: 0.9 })).toEqual([]);
    expect(loads({}, { load: Number.NaN })).toEqual([]);
  });

  it("are of different loads where machines, or files of one name, make them so", () => {
    expect(loads({ load: 0.5 }, { load: 0.4, options: { load: "0.5", machines: "9", ram: "8GiB" } })).toHaveLength(2);
    expect(loads({ options: { load: "as-is" } }, { load: 0.8, sha: "1", options: { load: "as-is" } })).toHaveLength(2);
  });
});
