import { describe, expect, it } from "vitest";
import { openRun } from "../../src/analysis/run-folder.js";
import { ccdf, compare, crowding, latency, shares, starvation, warmUp } from "../../src/notebook/latency.js";
import { open } from "../../src/notebook/run.js";
import type { Told } from "../analysis/hand-made-run.js";
import { labelledRun } from "../analysis/latency-run.js";

const told = (factor: number): Told[] =>
  Array.from({ length: 2000 }, (_, i) => ({ arrival: i / 20, finish: i / 20 + factor * (1 + (i % 20)) }));
const made = () =>
  labelledRun(
    { xx: { invocations: told(1), end: 1e6 }, edf: { invocations: told(2), end: 1e6 } },
    { trigger: told(1).map((_, i) => (i % 2 ? "http" : "timer")) },
  );

describe("in a cell", () => {
  it("latency is a table with a column for what it is grouped by", async () => {
    const table = await latency(open(await made()), { by: "trigger", of: "latency" });
    expect(table.columnNames().slice(0, 3)).toEqual(["scheduler", "trigger", "count"]);
    const rows = table.objects() as Record<string, unknown>[];
    expect(rows.map((row) => [row["scheduler"], row["trigger"], row["count"]])).toEqual([
      ["xx", "timer", 1000],
      ["xx", "http", 1000],
      ["edf", "timer", 1000],
      ["edf", "http", 1000],
    ]);
  });

  it("a run may be what open gives, a run folder or its path", async () => {
    const folder = await made();
    const each = await Promise.all([open(folder), openRun(folder), folder].map((run) => ccdf(run)));
    expect(new Set(each.map((table) => JSON.stringify(table.objects()))).size).toBe(1);
    expect(each[0]!.columnNames()).toEqual(["scheduler", "price_class", "value", "share_above", "lower_bound"]);
    expect(each[0]!.numRows()).toBeGreaterThan(20);
  });

  it("compare and shares take one run or several, and what to ask last", async () => {
    const run = open(await made());
    const table = await compare(run, { scheduler: "edf,xx", endedOnly: true });
    const rows = table.objects() as Record<string, unknown>[];
    const p99 = rows.find((row) => row["statistic"] === "p99" && row["of"] === "latency")!;
    expect(p99).toMatchObject({ baseline: "edf", other: "xx", price_class: 0, interval: "blocks", workloads: 1 });
    expect(p99["difference"]).toBeCloseTo(-20, 9);
    expect((await shares(run)).objects()[0]).toMatchObject({ baseline: "xx", other: "edf", worse: 1 });
  });

  it("crowding, starvation and warmUp are tables too", async () => {
    const run = open(await made());
    expect((await crowding(run, { step: [50, 100], before: "0s..50s", scheduler: "xx" })).numRows()).toBe(4);
    expect((await starvation(run)).numRows()).toBe(2);
    expect((await warmUp(run)).columnNames()).toEqual(["scheduler", "cut_s", "why"]);
  });

  it("what is wrong is one line", async () => {
    const folder = await made();
    await expect(latency(folder, { by: "owner" })).rejects.toThrow(
      `invalid by: owner (${folder}/workload names none, nor did the trace); expected class, window or what the trace names`,
    );
    await expect(compare(open(folder), { scheduler: "xx" })).rejects.toThrow(
      "invalid runs: made (no two replays of one workload); expected a run of several schedulers, or runs whose workload_sha256 agree",
    );
    await expect(latency("nowhere")).rejects.toThrow("invalid run: nowhere (no such folder)");
  });
});
