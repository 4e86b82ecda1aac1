import { describe, expect, it } from "vitest";
import type { SchedulerConfig, SchedulerReport } from "../../src/scheduler/scheduler.js";
import { createXX } from "../../src/scheduler/xx/create.js";
import { XX_OFF, type XXOptions } from "../../src/scheduler/xx/options.js";
import { Diary, type Life, replayOnce } from "../law/xx-workloads.js";
import { DEFAULTS } from "./replay-in-memory.js";

/** [arrival, runtime, class, function, MiB at first, MiB at last] */
type Row = [number, number, number, number?, number?, number?];

function replayed(rows: Row[], xx: Partial<XXOptions>, config: Partial<SchedulerConfig> = {}) {
  const workload = {
    arrival_s: Float64Array.from(rows, ([arrival]) => arrival),
    runtime_s: Float64Array.from(rows, ([, runtime]) => runtime),
    price_class: Uint8Array.from(rows, ([, , priceClass]) => priceClass),
    function: Int32Array.from(rows, ([, , , func = -1]) => func),
    memory_initial_mib: Float32Array.from(rows, ([, , , , initial = 0]) => initial),
    memory_peak_mib: Float32Array.from(rows, ([, , , , initial = 0, peak = initial]) => peak),
  };
  const options = { ...XX_OFF, ...xx };
  const diary = new Diary(workload);
  const scheduler = createXX({ ...DEFAULTS, prices: [1, 2, 3], ...config, xx: options }, diary);
  replayOnce(scheduler, workload);
  return { lives: diary.lives, report: scheduler.report?.() as SchedulerReport };
}

const stints = (lives: Life[]) => lives.map((life) => life.stints);

describe("a core that takes half a second to change hands", () => {
  const contextSwitch = 0.5;

  it("is lost to what preempts, and to what was preempted, and not to what finds it free", () => {
    const rows: Row[] = [
      [0, 4, 0],
      [1, 2, 1],
      [3, 1, 0],
    ];
    const { lives, report } = replayed(rows, { contextSwitch });
    expect(stints(lives)).toEqual([
      [
        [0, 1],
        [4, 7],
      ],
      [[1.5, 3.5]],
      [[7, 8]],
    ]);
    expect(report.machine_times).toEqual({ context_switches: 2, cold_starts: 0, warm_starts: 0 });
  });

  it("may be taken again before it has changed hands, and changes hands anew when it is given back", () => {
    const rows: Row[] = [
      [0, 4, 0],
      [1, 2, 1],
      [1.25, 1, 2],
    ];
    const { lives } = replayed(rows, { contextSwitch });
    expect(stints(lives)).toEqual([
      [
        [0, 1],
        [5.75, 8.75],
      ],
      [[3.25, 5.25]],
      [[1.75, 2.75]],
    ]);
  });

  it("delays even what needs no time on it", () => {
    const rows: Row[] = [
      [0, 2, 0],
      [1, 0, 1],
    ];
    const { lives } = replayed(rows, { contextSwitch });
    expect(lives.map(({ start, finish }) => [start, finish])).toEqual([
      [0, 3],
      [1.5, 1.5],
    ]);
  });

  it("lets memory grow only once it has changed hands", () => {
    // The second holds 60 MiB from 1 on and 40 more in the second from 1.5; the first, 40 MiB, goes when they fill 120.
    const rows: Row[] = [
      [0, 2, 0, -1, 40, 40],
      [1, 1, 1, -1, 60, 100],
    ];
    const { lives } = replayed(rows, { contextSwitch }, { ram: 120 });
    expect(stints(lives)).toEqual([
      [
        [0, 1],
        [3, 4],
      ],
      [[1.5, 2.5]],
    ]);
  });
});

describe("a sandbox that takes a second to start", () => {
  const startup = 1;

  it("is kept for the next of its function, until its time is over", () => {
    const rows: Row[] = [
      [0, 1, 0, 7],
      [3, 1, 0, 7],
      [6, 1, 0, 7],
      [8.5, 1, 0, 8],
    ];
    const { lives, report } = replayed(rows, { startup, keepAlive: 2 });
    expect(stints(lives)).toEqual([[[1, 2]], [[3, 4]], [[7, 8]], [[9.5, 10.5]]]);
    expect(report.machine_times).toEqual({ context_switches: 0, cold_starts: 3, warm_starts: 1 });
  });

  it("is not kept by default, nor for a function that nobody knows", () => {
    const rows = (func: number): Row[] => [
      [0, 1, 0, func],
      [2.5, 1, 0, func],
    ];
    expect(stints(replayed(rows(7), { startup }).lives)).toEqual([[[1, 2]], [[3.5, 4.5]]]);
    expect(stints(replayed(rows(-1), { startup, keepAlive: 9 }).lives)).toEqual([[[1, 2]], [[3.5, 4.5]]]);
  });

  it("needs no core, and preempts when it has started", () => {
    const rows: Row[] = [
      [0, 3, 0],
      [0.5, 1, 1],
    ];
    expect(stints(replayed(rows, { startup }).lives)).toEqual([
      [
        [1, 1.5],
        [2.5, 5],
      ],
      [[1.5, 2.5]],
    ]);
  });

  it("holds the initial memory: what is last in run order makes room for it at once", () => {
    const rows: Row[] = [
      [0, 3, 0, -1, 60],
      [2, 1, 1, -1, 60],
    ];
    expect(stints(replayed(rows, { startup }, { ram: 100 }).lives)).toEqual([
      [
        [1, 2],
        [4, 6],
      ],
      [[3, 4]],
    ]);
  });

  it("goes on starting in swap, and is gone with an invocation that is killed", () => {
    const rows: Row[] = [
      [0, 3, 1, 7, 60],
      [0.5, 1, 0, 7, 60],
    ];
    expect(stints(replayed(rows, { startup, keepAlive: 9 }, { ram: 100 }).lives)).toEqual([[[1, 4]], [[4, 5]]]);
    const killed = replayed(rows, { startup, keepAlive: 9, retries: 1 }, { ram: 100, swap: 0 });
    expect(killed.lives.map(({ outcome }) => outcome)).toEqual(["finished", "killed"]);
    expect(killed.report.machine_times).toEqual({ context_switches: 0, cold_starts: 3, warm_starts: 0 });
  });
});
