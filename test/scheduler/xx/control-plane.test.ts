import { describe, expect, it } from "vitest";
import { ControlPlane } from "../../../src/scheduler/xx/control-plane.js";
import { XX_OFF, type XXOptions } from "../../../src/scheduler/xx/options.js";
import { Diary, type Life, replayOnce } from "../../law/xx-workloads.js";
import { DEFAULTS } from "../../oracle/replay-in-memory.js";

interface Row {
  readonly at: number;
  readonly runtime: number;
  readonly priceClass?: number;
  readonly mib?: readonly [initial: number, peak: number];
  readonly owner?: number;
  readonly parent?: number;
}

const CLUSTER = { ...DEFAULTS, prices: [1, 2, 4] };

function replayed(rows: readonly Row[], options: Partial<XXOptions>, config = {}) {
  const workload = {
    arrival_s: Float64Array.from(rows, ({ at }) => at),
    runtime_s: Float64Array.from(rows, ({ runtime }) => runtime),
    price_class: Uint8Array.from(rows, ({ priceClass }) => priceClass ?? 0),
    memory_initial_mib: Float32Array.from(rows, ({ mib }) => mib?.[0] ?? 0),
    memory_peak_mib: Float32Array.from(rows, ({ mib }) => mib?.[1] ?? 0),
    owner: Int32Array.from(rows, ({ owner }) => owner ?? -1),
    parent: Int32Array.from(rows, ({ parent }) => parent ?? -1),
  };
  const diary = new Diary(workload);
  const plane = new ControlPlane({ ...CLUSTER, ...config }, { ...XX_OFF, ...options }, diary);
  replayOnce(plane, workload);
  return { lives: diary.lives, traffic: plane.traffic(), report: plane.report() };
}

const times = (lives: readonly Life[]) => lives.map(({ placed, start, finish }) => [placed[0], start, finish]);

describe("a shard", () => {
  it("polls for one invocation at a time; meanwhile price x time in queue decides who is next", () => {
    const rows = [
      { at: 0, runtime: 1 },
      { at: 1, runtime: 1 },
      { at: 2, runtime: 1, priceClass: 1 },
      { at: 2.5, runtime: 1, priceClass: 2 },
      { at: 3.5, runtime: 1 },
    ];
    // At 4: 1 x 3, 2 x 2, 4 x 1.5: the last; at 8: 1 x 7, 2 x 6, 1 x 4.5; at 12: 1 x 11, 1 x 8.5.
    const { lives } = replayed(rows, { pollTime: 4 }, { cores: 8 });
    expect(lives.map(({ placed }) => placed[0])).toEqual([4, 16, 12, 8, 20]);
  });

  it("takes the higher class where price x time in queue is the same", () => {
    const rows = [
      { at: 0, runtime: 1 },
      { at: 0.5, runtime: 1 },
      { at: 0.75, runtime: 1, priceClass: 1 },
    ];
    const { lives } = replayed(rows, { pollTime: 1 }, { cores: 8 });
    expect(lives.map(({ placed }) => placed[0])).toEqual([1, 3, 2]);
  });

  it("looks at its list first, and polls only if no machine on it may be taken", () => {
    const rows = [
      { at: 0, runtime: 100, mib: [1, 1] as const },
      { at: 0, runtime: 100, mib: [1, 1] as const },
      { at: 0, runtime: 100, mib: [1, 1] as const },
    ];
    const options = { idleThreshold: 50, lookupTime: 1, pollTime: 10 };
    const { lives, traffic } = replayed(rows, options, { ram: 100, cores: 1, machines: 2 });
    expect(times(lives).map(([placed]) => placed)).toEqual([1, 2, 13]);
    expect(traffic).toMatchObject({ polls: 2, placed_from_idle_lists: 2, idle_list_joins: 2 });
  });
});

describe("an idle list", () => {
  it("loses a machine the instant its growing memory reaches the threshold, before arrivals of that instant", () => {
    const growing = { at: 0, runtime: 10, mib: [0, 100] as const };
    const on = (at: number, machine: number) => {
      const { lives } = replayed(
        [growing, { at: 0, runtime: 10 }, { at: 0, runtime: 10 }, { at, runtime: 1 }],
        { idleThreshold: 60, idleListRule: "literal" },
        { ram: 100, machines: 2, k: 2 },
      );
      expect(lives[3]!.machine).toBe(machine);
    };
    // Machine 0 runs one that grows and one that waits; machine 1 runs one. At 4 machine 0 has 60 MiB free.
    on(3.99, 1);
    on(4, 1);
    const { traffic } = replayed([growing], { idleThreshold: 60 }, { ram: 100, machines: 1 });
    expect(traffic).toMatchObject({ idle_list_joins: 2, idle_list_leaves: 1 });
  });

  it("shows a stale load until free memory has changed by more than the staleness", () => {
    const rows = [0, 0, 0, 5].map((at) => ({ at, runtime: 10, mib: [1, 21] as const }));
    const machines = (idleStaleness: number) =>
      replayed(
        rows,
        { idleThreshold: 10, idleStaleness, idleListRule: "literal" },
        { ram: 100, cores: 4, machines: 3 },
      ).lives.map(({ machine }) => machine);
    expect(machines(0)).toEqual([0, 1, 2, 0]);
    // Machine 0 seems empty while its free memory is at least 80; three that grow by 2 MiB/s each have taken that by 5.
    expect(machines(20)).toEqual([0, 0, 0, 1]);
  });
});

describe("a retry", () => {
  const rows = [
    { at: 0, runtime: 4, priceClass: 1, mib: [50, 90] as const },
    { at: 0, runtime: 1, mib: [10, 10] as const },
    { at: 0, runtime: 4, mib: [40, 40] as const },
  ];
  // The first and the third are on machine 0, which is full at 1; the second leaves machine 1 at that instant.
  const config = { ram: 100, swap: 0, cores: 2, machines: 2, k: 2 };

  it("places a killed invocation anew, and it begins again", () => {
    expect(replayed(rows, {}, config).lives[2]).toMatchObject({ outcome: "killed", finish: 1, machine: 0 });
    const { lives, report } = replayed(rows, { retries: 3 }, config);
    expect(lives[2]).toMatchObject({
      outcome: "finished",
      machine: 1,
      placed: [0, 1],
      start: 0,
      finish: 5,
      retries: 1,
    });
    expect(report.retries).toBe(1);
  });

  it("is given up when it has been killed once more than it may be retried", () => {
    const alone = rows.filter((_, i) => i !== 1);
    const { lives, report } = replayed(alone, { retries: 3 }, { ...config, machines: 1 });
    expect(lives[1]).toMatchObject({ outcome: "killed", placed: [0, 1, 1, 1], finish: 1, retries: 3 });
    expect(report.retries).toBe(3);
  });
});

describe("a machine's load", () => {
  it("leaves out classes below the invocation's where only the same and higher ones count", () => {
    const rows = [
      { at: 0, runtime: 10 },
      { at: 0, runtime: 10, priceClass: 2 },
      { at: 0, runtime: 10, priceClass: 2 },
      { at: 1, runtime: 10, priceClass: 1 },
    ];
    const machine = (loadCounts: XXOptions["loadCounts"]) =>
      replayed(rows, { loadCounts }, { machines: 2, k: 2, cores: 2 }).lives.map((life) => life.machine);
    expect(machine("all")).toEqual([0, 1, 0, 1]);
    expect(machine("same-or-higher")).toEqual([0, 0, 1, 0]);
  });
});

describe("a budget", () => {
  const budget = { owners: ["ann"], monthly: [30 * 86400], burst: 1, from: 0, priceUnit: 1, memoryPrice: 0 };
  const two = [
    { at: 0, runtime: 4, priceClass: 1, owner: 0 },
    { at: 3, runtime: 1, priceClass: 1, owner: 0 },
  ];

  it("demotes, delays or rejects who comes when more is spent than has accrued, and says by how much it was overrun", () => {
    // A dollar a second accrues on top of one; two a second are spent: 6 of 4 at 3, 8 of 5 at 4, 8 of 8 at 7.
    const of = (rule: "demote" | "delay" | "reject") => replayed(two, { budgets: { ...budget, rule } });
    const report = (done: ReturnType<typeof of>) =>
      (done.report.budgets as { owners: Record<string, unknown> }).owners["ann"];
    expect(of("demote").lives.map(({ priceClass }) => priceClass)).toEqual([1, 0]);
    expect(report(of("demote"))).toMatchObject({ spent: 9, allowance: 6, overrun: 3, demoted: 1 });
    expect(times(of("delay").lives)).toEqual([
      [0, 0, 4],
      [7, 7, 8],
    ]);
    expect(report(of("delay"))).toMatchObject({ spent: 10, allowance: 9, overrun: 3, delayed: 1 });
    expect(of("reject").lives.map(({ outcome }) => outcome)).toEqual(["finished", "rejected"]);
    expect(report(of("reject"))).toMatchObject({ budget: 30 * 86400, spent: 8, allowance: 5, overrun: 3, rejected: 1 });
  });

  it("counts the memory that is held while running, and nothing while waiting", () => {
    const rows = [
      { at: 0, runtime: 2, owner: 0, mib: [0, 2048] as const },
      { at: 0, runtime: 2, owner: 0, mib: [1024, 1024] as const },
    ];
    const { report } = replayed(rows, { budgets: { ...budget, monthly: [0], rule: "demote", memoryPrice: 10 } });
    // Two CPU seconds each at 1; 2 GiB s each at 10.
    expect(report.budgets).toMatchObject({ owners: { ann: { spent: 44, overrun: 44 } } });
  });
});

describe("a call chain", () => {
  const chain = [
    { at: 0, runtime: 5, priceClass: 2 },
    { at: 1, runtime: 2, priceClass: 1 },
    { at: 2, runtime: 1, priceClass: 0, parent: 1 },
    { at: 2.5, runtime: 1, priceClass: 0, parent: 2 },
  ];

  it("hands the higher class down", () => {
    const { lives, report } = replayed(chain, { children: "recorded" });
    expect(lives.map(({ priceClass }) => priceClass)).toEqual([2, 1, 1, 1]);
    expect(report.call_chains).toEqual({ raised: 2, late: 0, never_called: 0 });
  });

  it("moves children with their parents' starts by option", () => {
    // The second starts at 5, four late; so its child comes at 6, and starts at 7, five late; its child comes at 7.5.
    const { lives, report } = replayed(chain, { children: "follow" });
    expect(lives.map(({ arrival, start }) => [arrival, start])).toEqual([
      [0, 0],
      [1, 5],
      [6, 7],
      [7.5, 8],
    ]);
    expect(report.call_chains).toEqual({ raised: 2, late: 2, never_called: 0 });
  });

  it("hands a demotion down as well, and turns away the children of who is turned away", () => {
    const rows = chain.map((row) => ({ ...row, owner: row.parent === undefined ? 0 : -1 }));
    const budgets = { owners: ["ann"], monthly: [0], burst: 0, from: 0, priceUnit: 1, memoryPrice: 0 };
    const demoted = replayed(rows, { children: "recorded", budgets: { ...budgets, rule: "demote" } });
    expect(demoted.lives.map(({ priceClass }) => priceClass)).toEqual([2, 0, 0, 0]);
    const rejected = replayed(rows, { children: "follow", budgets: { ...budgets, rule: "reject" } });
    expect(rejected.lives.map(({ outcome, finish }) => [outcome, finish])).toEqual([
      ["finished", 5],
      ["rejected", 1],
      ["rejected", 2],
      ["rejected", 2.5],
    ]);
    expect(rejected.report.call_chains).toEqual({ raised: 0, late: 0, never_called: 2 });
  });
});
