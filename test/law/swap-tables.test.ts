import { describe, expect, it } from "vitest";
import { XX_OFF } from "../../src/scheduler/xx/options.js";
import { BATCH_ROWS } from "../../src/table/index.js";
import { paperBatches } from "../../src/workload/index.js";
import { allColumns, difference, replayTables } from "./tables.js";

const CONFIG = {
  ...{ machines: 6, cores: 8, k: 3, shards: 4, prices: [0.3, 0.7, 1, 1.5, 2], seed: 5 },
  ...{ ram: 20000, swap: 6000, swapInWatermark: 0.9, oom: "off" as const },
};
const PAPER = {
  seed: 2,
  load: 13,
  ticks: 300,
  tick: 1,
  arrivals: "poisson",
  step: { from: 60, to: 90, load: 20 },
} as const;

async function* workload() {
  for (const batch of paperBatches(PAPER)) yield batch;
}

const rows = [...paperBatches(PAPER)].reduce((sum, batch) => sum + batch.rows, 0);
const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);
const near = (found: number, expected: number, what: string) =>
  expect(Math.abs(found - expected), `${what}: ${found}, ${expected}`).toBeLessThan(1e-9 * Math.max(1000, expected));

/** MiB/s: three transfers a second or so. */
const SLOW = { ...CONFIG, xx: { ...XX_OFF, swapBandwidth: 8000 } };

describe.each([
  ["drained", CONFIG, null],
  ["stopped", CONFIG, 240.5],
  ["drained, where moving takes time", SLOW, null],
  ["stopped, where moving takes time", SLOW, 240.5],
] as const)("the tables of a replay with little RAM and less swap, %s", async (_, config, until) => {
  const folder = await replayTables("xx", config, workload(), { rows, until, sampleEvery: 0.7 });
  const [invocations, machines, swaps, occupancy, windows] = await Promise.all(
    ["invocations", "machines", "swaps", "occupancy", "windows"].map((table) => allColumns(folder, table)),
  );
  const [OUT, IN, KILL] = [0, 1, 2];
  const end = machines!["time_s"]!.at(-1)!;

  it("swaps.arrow is in order of time, and its moves and kills are those of the invocations", () => {
    const { time_s, kind, invocation, price_class } = swaps!;
    expect(time_s!.length).toBeGreaterThan(100);
    expect(sum(kind!.map((what) => (what === KILL ? 1 : 0)))).toBeGreaterThan(5);
    expect(time_s!.every((time, i) => i === 0 || time >= time_s![i - 1]!)).toBe(true);
    const counted = [OUT, IN, KILL].map(() => new Float64Array(rows));
    for (const [i, what] of kind!.entries()) counted[what]![invocation![i]!]!++;
    expect(difference(counted[OUT!]!, invocations!["swap_outs"]!)).toBe("");
    expect(difference(counted[IN!]!, invocations!["swap_ins"]!)).toBe("");
    expect(
      difference(
        counted[KILL!]!,
        invocations!["outcome"]!.map((what) => (what === 1 ? 1 : 0)),
      ),
    ).toBe("");
    expect(price_class!.every((of, i) => of === invocations!["price_class"]![invocation![i]!])).toBe(true);
  });

  it("the swap in use that follows from swaps.arrow is that of machines.arrow, and never above the swap space", () => {
    const { time_s, machine, kind, mib } = swaps!;
    const level = new Float64Array(CONFIG.machines);
    const [out, back] = [new Float64Array(CONFIG.machines), new Float64Array(CONFIG.machines)];
    let next = 0;
    for (let row = 0; row < machines!["time_s"]!.length; row++) {
      const time = machines!["time_s"]![row]!;
      for (; next < time_s!.length && time_s![next]! <= time; next++) {
        const m = machine![next]!;
        if (kind![next] === OUT) out[m]! += mib![next]!;
        if (kind![next] === IN) back[m]! += mib![next]!;
      }
      const m = machines!["machine"]![row]!;
      level[m]! += machines!["swap_out_mib"]![row]! - machines!["swap_in_mib"]![row]!;
      near(machines!["swapped_mib"]![row]!, level[m]!, `swapped_mib at ${time}`);
      near(machines!["swapped_mib"]![row]!, out[m]! - back[m]!, `swapped_mib at ${time}`);
      expect(machines!["swapped_max_mib"]![row]!).toBeLessThanOrEqual(CONFIG.swap + 1e-6);
      expect(machines!["swapped_max_mib"]![row]!).toBeGreaterThanOrEqual(machines!["swapped_mib"]![row]!);
      expect(machines!["resident_max_mib"]![row]!).toBeLessThanOrEqual(CONFIG.ram + 1e-5);
    }
  });

  it("occupancy.arrow accounts for all of the time, and its memory is the invocations'", () => {
    for (let m = 0; m < CONFIG.machines; m++) {
      const of = (column: string) => occupancy![column]!.filter((_, i) => occupancy!["machine"]![i] === m);
      near(sum(of("time_s")), end, `time of machine ${m}`);
      const held = invocations!["memory_swapped_mib_s"]!.filter((_, i) => invocations!["machine"]![i] === m);
      near(sum(of("swapped_mib_s")), sum(held), `swapped memory of machine ${m}`);
    }
    for (const [i, time] of occupancy!["time_s"]!.entries()) {
      const mean = occupancy!["swapped_mib_s"]![i]! / time;
      const [from, to] = [occupancy!["swapped_from_mib"]![i]!, occupancy!["swapped_to_mib"]![i]!];
      expect(mean).toBeGreaterThanOrEqual(from - 1e-9);
      expect(mean).toBeLessThanOrEqual(to + 1e-9);
      expect(to - from).toBeLessThanOrEqual(Math.max(1, from / 128));
    }
  });

  it("a killed invocation has an end and its CPU time, and counts in the windows as infinitely late", () => {
    const { outcome, finish_s, cpu_s, runtime_s, start_s } = invocations!;
    for (const [i, what] of outcome!.entries()) {
      expect(Number.isNaN(finish_s![i]!)).toBe(what === 3);
      if (what === 0) expect(cpu_s![i]).toBe(runtime_s![i]);
      else expect(cpu_s![i]!).toBeLessThan(runtime_s![i]!);
      if (Number.isNaN(start_s![i]!)) expect(cpu_s![i]).toBe(0);
    }
    for (const [i, killed] of windows!["killed"]!.entries()) {
      expect(windows!["latency_max_s"]![i] === Number.POSITIVE_INFINITY).toBe(killed > 0);
    }
    expect(sum(windows!["killed"]!)).toBe(sum(outcome!.map((what) => (what === 1 ? 1 : 0))));
  });

  it("rows in order of finish, sorted, are those in workload order", async () => {
    const parts = await replayTables("xx", config, workload(), { rows, until, sampleEvery: 0.7, partRows: 0 });
    const unsorted = await allColumns(parts, "invocations");
    const order = [...unsorted["invocation"]!.keys()].sort(
      (a, b) => unsorted["invocation"]![a]! - unsorted["invocation"]![b]!,
    );
    for (const [name, values] of Object.entries(invocations!)) {
      expect(
        difference(
          Float64Array.from(order, (i) => unsorted[name]![i]!),
          values,
        ),
        name,
      ).toBe("");
    }
    for (const table of ["swaps", "occupancy", "machines", "windows"]) {
      const again = await allColumns(parts, table);
      const first = await allColumns(folder, table);
      for (const [name, values] of Object.entries(first)) expect(difference(again[name]!, values), name).toBe("");
    }
  });
});

it("the workload is small enough for one batch", () => expect(rows).toBeLessThan(BATCH_ROWS));
