import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { machineSwap } from "../../src/analysis/machine-swap.js";
import { memoryMap } from "../../src/analysis/memory-map.js";
import { openRun } from "../../src/analysis/run-folder.js";
import { MACHINES, OCCUPANCY } from "../../src/table/index.js";
import { handMadeRun, write } from "./hand-made-run.js";

/** [time_s, machine, resident_mib, swapped_max_mib, swap_out_mib] */
type Row = readonly [number, number, number, number, number];

/** A run of machines with 100 MiB, sampled every 10 s to 40 s, whose swap was used. */
async function made(rows: readonly Row[], machines: number, ram = "100MiB") {
  const options = { prices: "1", cores: "4", warmup: "0", scheduler: "", ram };
  const folder = await handMadeRun({ xx: {} }, { machines, options, to_s: 40 });
  const column = (index: number) => Float64Array.from(rows, (row) => row[index]!);
  const batch = {
    ...{ time_s: column(0), machine: Int32Array.from(rows, ([, machine]) => machine), resident_mib: column(2) },
    ...{ swapped_max_mib: column(3), swap_out_mib: column(4) },
  };
  rmSync(join(folder, "xx/machines.arrow"));
  await write(join(folder, "xx/machines.arrow"), MACHINES, batch, rows.length);
  const bins = [
    // machine, from, to, seconds: 98 % empty, 1.5 % up to 10 MiB, 0.5 % up to 20
    [0, 0, 0, 98],
    [0, 19, 20, 0.5],
    [0, 9, 10, 1.5],
  ] as const;
  const held = {
    machine: Int32Array.from(bins, ([machine]) => machine),
    swapped_from_mib: Float64Array.from(bins, ([, from]) => from),
    swapped_to_mib: Float64Array.from(bins, ([, , to]) => to),
    time_s: Float64Array.from(bins, ([, , , seconds]) => seconds),
  };
  await write(join(folder, "xx/occupancy.arrow"), OCCUPANCY, held, bins.length);
  const run = openRun(folder);
  Object.assign(run.manifest.schedulers["xx"]!, { swap_outs: 3 });
  return run;
}

const ROWS: Row[] = [
  [10, 0, 20, 0, 0],
  [10, 1, 40, 0, 0],
  [20, 0, 60, 15, 15],
  [20, 1, 100, 0, 0],
  [30, 0, 80, 19.5, 12],
  [30, 1, 100, 0, 0],
  [35, 0, 0, 2, 0],
  [35, 1, 50, 0, 0],
];

describe("the memory map", () => {
  it("has a cell a machine and interval where they are few, the last one as long as the run", async () => {
    const cells = await memoryMap(await made(ROWS, 2), "xx");
    expect(cells).toHaveLength(8);
    expect(cells[1]).toEqual({
      ...{ scheduler: "xx", machine: 0, machine_end: 1, time_s: 10, time_end_s: 20 },
      ...{ resident_share: 0.6, swapped_mib: 15 },
    });
    expect(cells[7]).toMatchObject({ machine: 1, time_s: 30, time_end_s: 35, resident_share: 0.5 });
  });

  it("of many machines has the mean share of RAM of some together, and the most in the swap of one", async () => {
    const rows = Array.from({ length: 100 }, (_, machine): Row => [10, machine, machine % 3, machine, 0]);
    const cells = await memoryMap(await made(rows, 100), "xx");
    expect(cells).toHaveLength(34);
    expect(cells[0]).toMatchObject({ machine: 0, machine_end: 3, resident_share: 0.01, swapped_mib: 2 });
    expect(cells[33]).toMatchObject({ machine: 99, machine_end: 100, resident_share: 0, swapped_mib: 99 });
  });

  it("is empty where RAM is unlimited, and where all machines are one pool", async () => {
    expect(await memoryMap(await made(ROWS, 2, "unlimited"), "xx")).toEqual([]);
    expect(await memoryMap(await made([[10, -1, 5, 0, 0]], 2), "xx")).toEqual([]);
  });
});

describe("a machine's swap", () => {
  it("is the most at once, what it did not exceed for 99 % of the time, and all that was written", async () => {
    expect(await machineSwap(await made(ROWS, 2), "xx")).toEqual([
      { scheduler: "xx", machine: 0, peak_mib: 19.5, p99_mib: 10, written_mib: 27 },
      { scheduler: "xx", machine: 1, peak_mib: 0, p99_mib: 0, written_mib: 0 },
    ]);
  });

  it("is not told where nothing was swapped", async () => {
    const run = await made(ROWS, 2);
    Object.assign(run.manifest.schedulers["xx"]!, { swap_outs: 0 });
    expect(await machineSwap(run, "xx")).toEqual([]);
  });
});
