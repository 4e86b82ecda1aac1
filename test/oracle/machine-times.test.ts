import { describe, expect, it } from "vitest";
import type { SchedulerConfig, SchedulerReport } from "../../src/scheduler/scheduler.js";
import { createXX } from "../../src/scheduler/xx/create.js";
import { XX_OFF, type XXOptions } from "../../src/scheduler/xx/options.js";
import { Diary, type Life, replayOnce } from "../law/xx-workloads.js";
import { DEFAULTS } from "./replay-in-memory.js";

/** [arrival, runtime, class, function, MiB at first, MiB at last] */
type Row = [number, number, number, number?, number?, number?];

function replayed(
  rows: Row[],
  xx: Partial<XXOptions>,
  config: Partial<SchedulerConfig> = {},
  until: number | null = null,
) {
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
  replayOnce(scheduler, workload, until);
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

describe("memory that moves at 10 MiB/s, on a machine with 100 MiB", () => {
  const xx = { swapBandwidth: 10 };
  const MEMORY = { ram: 100, swapInWatermark: 0.9 };
  const NONE = { context_switches: 0, cold_starts: 0, warm_starts: 0 };
  /** When each was placed, as told, and its stints. */
  const told = (lives: Life[]) => lives.map((life) => [life.placed, ...life.stints]);

  it("is gone 6 s after a victim of 60 MiB has stopped, and the victim runs 6 s after there is room again", () => {
    // At 1 s a higher class of 60 MiB arrives. 60 + 60 > 100: the first stops and is written, from 1 s to 7 s, while the other
    // is at the door. At 7 s that is let in, and runs until 9 s. The first is read from 9 s to 15 s.
    const rows: Row[] = [
      [0, 4, 0, -1, 60],
      [1, 2, 1, -1, 60],
    ];
    const { lives, report } = replayed(rows, xx, MEMORY);
    expect(told(lives)).toEqual([
      [[0], [0, 1], [15, 18]],
      [[7], [7, 9]],
    ]);
    expect(report).toMatchObject({
      machine_times: NONE,
      swap_transfers: { busy_s: 12, reads_given_up: 0, held_back: 1, stalls: 0 },
    });
  });

  it("stops what grows while the RAM is full and a victim is being written", () => {
    // The second, of the higher class, holds 20 MiB and grows by 20 a second from 1 s; the first holds 40. At 3 s 100 MiB
    // are full. The first, waiting, is written until 7 s; so long the second stalls, with 2 of its 4 s to go. From 7 s on it
    // grows from 60 to 100 MiB and ends at 9 s, just as the RAM is full. The first is read from 9 s to 13 s.
    const rows: Row[] = [
      [0, 2, 0, -1, 40],
      [1, 4, 1, -1, 20, 100],
    ];
    const { lives, report } = replayed(rows, xx, MEMORY);
    expect(told(lives)).toEqual([
      [[0], [0, 1], [13, 14]],
      [[1], [1, 3], [7, 9]],
    ]);
    expect(report.swap_transfers).toEqual({ busy_s: 8, reads_given_up: 0, held_back: 0, stalls: 1 });
  });

  it("takes what has no room to swap without a write, and gives up a read whose room is needed", () => {
    // Two cores. The third, of 40 MiB, is last and has no room beside 50 + 30: it goes to swap as it is. At 1 s the first ends
    // and the third is to be read, until 5 s. At 2 s a higher class of 60 MiB comes: 30 + 40 + 60 > 100, so the read is given
    // up, and as 30 + 60 fit the fourth runs at once, until 4 s. Then the third is read anew, until 8 s.
    const rows: Row[] = [
      [0, 1, 0, -1, 50],
      [0, 9, 0, -1, 30],
      [0, 1, 0, -1, 40],
      [2, 2, 1, -1, 60],
    ];
    const { lives, report } = replayed(rows, xx, { ...MEMORY, cores: 2 });
    expect(told(lives)).toEqual([
      [[0], [0, 1]],
      [[0], [0, 9]],
      [[0], [8, 9]],
      [[2], [2, 4]],
    ]);
    expect(report.swap_transfers).toEqual({ busy_s: 5, reads_given_up: 1, held_back: 0, stalls: 0 });
  });

  it("kills a victim that swap has no room for at once, and keeps room for what is being written", () => {
    // Swap has 60 MiB, all spoken for while the first is written, from 1 s to 7 s, and 60 MiB of RAM are the second's. So what
    // comes meanwhile, is last and has more than 40 MiB cannot stay, nor go to swap. The rest is as in the first timeline, in
    // which the first is read from 9 s to 15 s and has 3 s to go.
    const rows: Row[] = [
      [0, 4, 1, -1, 60],
      [1, 2, 2, -1, 60],
      [2, 1, 1, -1, 50],
      [3, 1, 0, -1, 41],
    ];
    const { lives } = replayed(rows, xx, { ...MEMORY, swap: 60 });
    expect(lives.map(({ outcome, finish }) => [outcome, finish])).toEqual([
      ["finished", 18],
      ["finished", 9],
      ["killed", 2],
      ["killed", 3],
    ]);
  });

  it("at the door and in transfer when the run ends, is unfinished where it is", () => {
    const rows: Row[] = [
      [0, 4, 0, -1, 60],
      [1, 2, 1, -1, 60],
    ];
    const { lives } = replayed(rows, xx, MEMORY, 5);
    expect(lives.map(({ outcome, machine, placed }) => [outcome, machine, placed])).toEqual([
      ["unfinished", 0, [0]],
      ["unfinished", -1, []],
    ]);
  });
});
