import { describe, expect, it } from "vitest";
import { UNLIMITED_MEMORY } from "../../src/scheduler/scheduler.js";
import { paperBatches } from "../../src/workload/index.js";
import { allColumns, difference, replayTables } from "./tables.js";

const MACHINES = 6;
const KILLED = 1;
const UNFINISHED = 3;
const KILL = 2;
const BASE = {
  ...UNLIMITED_MEMORY,
  machines: MACHINES,
  cores: 8,
  k: 3,
  shards: 4,
  prices: [0.3, 0.7, 1, 1.5, 2],
  seed: 5,
};
const PAPER = { seed: 2, load: 12, ticks: 300, tick: 1, arrivals: "poisson", step: null } as const;

async function* workload() {
  for (const batch of paperBatches(PAPER)) yield batch;
}

const batches = [...paperBatches(PAPER)];
const rows = batches.reduce((sum, batch) => sum + batch.rows, 0);
const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);

describe.each([
  ["hermod", "kill-newest", null],
  ["hermod", "kill-largest", 240.5],
  ["random", "kill-largest", null],
  ["edf", "kill-newest", 240.5],
  ["edf", "kill-largest", null],
  ["ideal", "kill-newest", null],
] as const)("the tables of %s with little RAM, %s, until %s", async (scheduler, oom, until) => {
  const central = scheduler === "edf" || scheduler === "ideal";
  const ram = central ? 20000 : 30000;
  const folder = await replayTables(scheduler, { ...BASE, ram, oom }, workload(), { rows, until, sampleEvery: 0.7 });
  const [invocations, machines, swaps, windows] = await Promise.all(
    ["invocations", "machines", "swaps", "windows"].map((table) => allColumns(folder, table)),
  );
  const { outcome, arrival_s, runtime_s, start_s, finish_s, cpu_s, price_class } = invocations!;

  it("swaps.arrow has the kills of the rows, in order of time, and nothing else: there is no swap", () => {
    const { time_s, kind, invocation, machine, mib } = swaps!;
    expect(time_s!.length).toBeGreaterThan(20);
    expect(kind!.every((what) => what === KILL)).toBe(true);
    expect(time_s!.every((time, i) => i === 0 || time >= time_s![i - 1]!)).toBe(true);
    const counted = new Float64Array(rows);
    for (const i of invocation!) counted[i]!++;
    expect(
      difference(
        counted,
        outcome!.map((what) => (what === KILLED ? 1 : 0)),
      ),
    ).toBe("");
    const { memory_initial_mib: initial, memory_peak_mib: peak } = batches[0]!.columns as Record<string, Float32Array>;
    for (const [n, i] of invocation!.entries()) {
      expect(time_s![n]).toBe(finish_s![i]);
      expect(machine![n]).toBe(invocations!["machine"]![i]);
      expect(swaps!["price_class"]![n]).toBe(price_class![i]);
      const held = initial![i]! + ((peak![i]! - initial![i]!) * cpu_s![i]!) / runtime_s![i]!;
      expect(Math.abs(mib![n]! - held)).toBeLessThan(1e-9 * held);
    }
  });

  it("machines.arrow never has more than the RAM, and has it full", () => {
    const most = machines!["resident_max_mib"]!.reduce((a, b) => Math.max(a, b), 0);
    expect(Math.abs(most - (central ? MACHINES * ram : ram))).toBeLessThan(1e-5);
    expect(sum(machines!["swapped_max_mib"]!)).toBe(0);
  });

  it("the memory integrals of the rows lie between what is held at first and at last, and nothing stays behind", () => {
    const { memory_initial_mib: initial, memory_peak_mib: peak } = batches[0]!.columns as Record<string, Float32Array>;
    const end = machines!["time_s"]!.at(-1)!;
    const wrong = Array.from(outcome!.keys()).filter((i) => {
      const held = invocations!["memory_resident_mib_s"]![i]!;
      const length = Math.max(0, (outcome![i] === UNFINISHED ? end : finish_s![i]!) - arrival_s![i]!);
      const last = initial![i]! + ((peak![i]! - initial![i]!) * cpu_s![i]!) / runtime_s![i]!;
      return held < initial![i]! * length * (1 - 1e-9) || held > last * length * (1 + 1e-9);
    });
    expect(wrong).toEqual([]);
    expect(sum(invocations!["memory_swapped_mib_s"]!)).toBe(0);
    if (until === null) expect(sum(machines!["resident_mib"]!.slice(central ? -1 : -MACHINES))).toBe(0);
  });

  it("a killed row has its end, and the CPU seconds it got; one killed as it came has no start", () => {
    for (const [i, what] of outcome!.entries()) {
      if (what !== KILLED) continue;
      expect(cpu_s![i]!).toBeLessThan(runtime_s![i]!);
      expect(finish_s![i]!).toBeGreaterThanOrEqual(arrival_s![i]!);
      if (!Number.isNaN(start_s![i]!)) continue;
      expect(cpu_s![i]).toBe(0);
      if (!central) expect(finish_s![i]).toBe(arrival_s![i]);
    }
    expect(sum(windows!["killed"]!)).toBe(sum(outcome!.map((what) => (what === KILLED ? 1 : 0))));
  });
});
