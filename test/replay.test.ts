import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, it } from "vitest";
import { type ReplayTask, replay } from "../src/replay.js";
import { UNLIMITED_MEMORY } from "../src/scheduler/scheduler.js";
import { readTable } from "../src/table/index.js";

let folder: string;
const made: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "replaybook-replay-"));
  made.push(folder);
});
afterAll(() => {
  for (const path of made) rmSync(path, { recursive: true });
});

const ROWS = [
  [0, 4, 0, 100, 200],
  [1, 1, 1, 10, 20],
  [1.5, 0, 1, 7, 9],
  [3, 2, 0, 50, 50],
];
async function* batches() {
  const column = (i: number) => ROWS.map((row) => row[i]!);
  const columns = {
    arrival_s: Float64Array.from(column(0)),
    runtime_s: Float64Array.from(column(1)),
    price_class: Uint8Array.from(column(2)),
    memory_initial_mib: Float32Array.from(column(3)),
    memory_peak_mib: Float32Array.from(column(4)),
  };
  yield { rows: ROWS.length, columns };
}

const task = (options: Partial<ReplayTask> = {}): ReplayTask => ({
  scheduler: "xx",
  config: { ...UNLIMITED_MEMORY, machines: 1, cores: 1, k: 1, shards: 1, prices: [1, 2], seed: 1 },
  rows: ROWS.length,
  from: 0,
  until: null,
  window: 60,
  sampleEvery: 2,
  folder,
  metadata: { trace_sha256: "abc" },
  ...options,
});

const rowsOf = (table: string) =>
  readTable(join(folder, `${table}.arrow`))
    .toArray()
    .map((row) => row.toJSON());

it("fills the tables of a scheduler, by hand", async () => {
  // The first runs 0 … 1 and, after the second and the third, 2 … 5; then the fourth.
  const result = await replay(task(), batches());
  expect(result).toEqual({
    ...{ scheduler: "xx", arrived: 4, finished: 4, unfinished: 0, preemptions: 1, cpu_s: 7, end_s: 7 },
    ...{ killed: 0, rejected: 0, swap_outs: 0, swap_ins: 0, swap_out_mib: 0, swap_in_mib: 0 },
    control_traffic: { polls: 4, placed_by_shard_0: 4 },
  });
  expect(readdirSync(folder)).toEqual([
    ...["invocations.arrow", "machines.arrow", "occupancy.arrow", "swaps.arrow", "windows.arrow"],
  ]);
  expect(rowsOf("swaps")).toEqual([]);
  expect(rowsOf("occupancy")).toEqual([
    { machine: 0, swapped_from_mib: 0, swapped_to_mib: 0, time_s: 7, swapped_mib_s: 0 },
  ]);
  const none = { swap_outs: 0, swap_ins: 0, memory_swapped_mib_s: 0, outcome: "finished", machine: 0 };
  expect(rowsOf("invocations")).toEqual([
    // Running: 125 MiB x 1 s, then held at 125 for 1 s, then 162.5 x 3 s.
    {
      ...{
        ...none,
        invocation: 0,
        price_class: 0,
        arrival_s: 0,
        runtime_s: 4,
        start_s: 0,
        finish_s: 5,
        preemptions: 1,
      },
      ...{ cpu_s: 4, memory_running_mib_s: 600, memory_resident_mib_s: 725 },
    },
    {
      ...{
        ...none,
        invocation: 1,
        price_class: 1,
        arrival_s: 1,
        runtime_s: 1,
        start_s: 1,
        finish_s: 2,
        preemptions: 0,
      },
      ...{ cpu_s: 1, memory_running_mib_s: 15, memory_resident_mib_s: 15 },
    },
    {
      ...{ ...none, invocation: 2, price_class: 1, arrival_s: 1.5, runtime_s: 0, start_s: 2, finish_s: 2 },
      ...{ preemptions: 0, cpu_s: 0, memory_running_mib_s: 0, memory_resident_mib_s: 4.5 },
    },
    {
      ...{
        ...none,
        invocation: 3,
        price_class: 0,
        arrival_s: 3,
        runtime_s: 2,
        start_s: 5,
        finish_s: 7,
        preemptions: 0,
      },
      ...{ cpu_s: 2, memory_running_mib_s: 100, memory_resident_mib_s: 200 },
    },
  ]);
  const swap = { swapped_mib: 0, swapped_max_mib: 0, swap_out_mib: 0, swap_in_mib: 0, machine: 0 };
  expect(rowsOf("machines")).toEqual([
    // At 2 the second and the third end; just before there were 125, 20 and 9 MiB.
    { ...swap, time_s: 2, busy_cores: 1, running: 1, waiting: 0, resident_mib: 125, resident_max_mib: 154 },
    { ...swap, time_s: 4, busy_cores: 1, running: 1, waiting: 1, resident_mib: 225, resident_max_mib: 225 },
    { ...swap, time_s: 6, busy_cores: 1, running: 1, waiting: 0, resident_mib: 50, resident_max_mib: 250 },
    { ...swap, time_s: 7, busy_cores: 1, running: 0, waiting: 0, resident_mib: 0, resident_max_mib: 50 },
  ]);
  expect(
    rowsOf("windows").map((row) => [row["price_class"], row["count"], row["latency_max_s"], row["slowdown_max"]]),
  ).toEqual([
    [0, 2, 5, 2],
    [1, 2, 1, 1],
  ]);
});

it("a stopped run has what happened by then, and says of the rest that it has not ended", async () => {
  const result = await replay(task({ until: 2.5 }), batches());
  expect(result).toMatchObject({ arrived: 3, finished: 2, unfinished: 1, preemptions: 1, cpu_s: 2.5, end_s: 2.5 });
  expect(
    rowsOf("invocations").map((row) => [row["start_s"], row["finish_s"], row["outcome"], row["cpu_s"], row["machine"]]),
  ).toEqual([
    [0, null, "unfinished", 1.5, 0],
    [1, 2, "finished", 1, 0],
    [2, 2, "finished", 0, 0],
    [null, null, "unfinished", 0, -1],
  ]);
  // Latency and slowdown of the unfinished count at their lower bound, its runtime; who never arrived does not count.
  expect(
    rowsOf("windows").map((row) => [row["count"], row["unfinished"], row["latency_max_s"], row["slowdown_max"]]),
  ).toEqual([
    [1, 1, 4, 1],
    [2, 0, 1, 1],
  ]);
  expect(rowsOf("machines").at(-1)).toMatchObject({ time_s: 2.5, busy_cores: 1, running: 1, waiting: 0 });
});

it("a stop after the last event goes on to that time, idle", async () => {
  const result = await replay(task({ until: 10 }), batches());
  expect(result).toMatchObject({ finished: 4, unfinished: 0, end_s: 10 });
  expect(rowsOf("machines").map((row) => [row["time_s"], row["busy_cores"]])).toEqual([
    [2, 1],
    [4, 1],
    [6, 1],
    [8, 0.5],
    [10, 0],
  ]);
});

it("every table says what it was made with", async () => {
  await replay(task(), batches());
  for (const table of ["invocations", "machines", "windows"]) {
    const { metadata } = readTable(join(folder, `${table}.arrow`)).schema;
    expect([metadata.get("table"), metadata.get("trace_sha256")]).toEqual([table, "abc"]);
  }
});

it("a pool is one machine, -1", async () => {
  await replay(task({ scheduler: "ideal", config: { ...task().config, machines: 3 } }), batches());
  expect(rowsOf("machines").map((row) => [row["machine"], row["busy_cores"]])).toEqual([
    [-1, 1.5],
    [-1, 1.5],
    [-1, 1],
  ]);
});

it("says how many have arrived", async () => {
  const said: number[] = [];
  await replay(task(), batches(), { progress: (arrived) => said.push(arrived) });
  expect(said).toEqual([4]);
});

it("a scheduler that does not exist is refused before anything is written", async () => {
  await expect(replay(task({ scheduler: "fifo" }), batches())).rejects.toThrow("invalid scheduler: fifo");
  expect(readdirSync(folder)).toEqual([]);
});
