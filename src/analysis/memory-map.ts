import { batchesOf } from "../table/index.js";
import type { RunFolder } from "./run-folder.js";

/** A cell of the memory heat map: some machines over some time; ends are not in it. */
export interface MemoryMapCell {
  readonly scheduler: string;
  readonly machine: number;
  readonly machine_end: number;
  readonly time_s: number;
  readonly time_end_s: number;
  /** Mean over machines and intervals' ends of the memory in RAM, over RAM. */
  readonly resident_share: number;
  /** The most that was in any one machine's swap at any time. */
  readonly swapped_mib: number;
}

const MACHINES = 40;
/** Cells of all columns of the map together, so that it stays readable and small. */
const CELLS = 3200;

/**
 * Memory in RAM and swap by machine and time, both in bins where there are many, for one of `among` schedulers that share
 * a chart; from machines.arrow. Empty where RAM was unlimited, or is one pool's.
 */
export async function memoryMap(run: RunFolder, scheduler: string, among = 1): Promise<MemoryMapCell[]> {
  if (run.ram === Number.POSITIVE_INFINITY) return [];
  const { machines, from_s, sample_every_s } = run.manifest;
  const { files } = run.table(`${scheduler}/machines`);
  let end = from_s;
  for await (const { rows, columns } of batchesOf(files, ["time_s", "machine"])) {
    if (rows > 0 && columns["machine"]![0]! < 0) return [];
    if (rows > 0) end = Math.max(end, columns["time_s"]![rows - 1]!);
  }
  const perBin = Math.ceil(machines / MACHINES);
  const across = Math.ceil(machines / perBin);
  const intervals = Math.max(1, Math.ceil((end - from_s) / sample_every_s - 1e-9));
  const perCell = Math.ceil(intervals / Math.max(12, Math.floor(CELLS / across / among)));
  const along = Math.ceil(intervals / perCell);
  const width = perCell * sample_every_s;
  const sums = new Float64Array(across * along);
  const counts = new Uint32Array(across * along);
  const swapped = new Float64Array(across * along);
  const names = ["time_s", "machine", "resident_mib", "swapped_max_mib"] as const;
  for await (const { rows, columns } of batchesOf(files, names)) {
    const { time_s, machine, resident_mib, swapped_max_mib } = columns;
    for (let i = 0; i < rows; i++) {
      // A row is at its interval's end.
      const column = Math.min(along - 1, Math.max(0, Math.ceil((time_s![i]! - from_s) / width - 1e-9) - 1));
      const cell = Math.floor(machine![i]! / perBin) * along + column;
      sums[cell]! += resident_mib![i]!;
      counts[cell]!++;
      swapped[cell] = Math.max(swapped[cell]!, swapped_max_mib![i]!);
    }
  }
  return [...counts.keys()].flatMap((cell): MemoryMapCell[] => {
    if (counts[cell] === 0) return [];
    const machine = Math.floor(cell / along) * perBin;
    const time_s = from_s + (cell % along) * width;
    return [
      {
        ...{ scheduler, machine, machine_end: Math.min(machines, machine + perBin) },
        ...{ time_s, time_end_s: Math.min(Math.max(end, time_s), time_s + width) },
        resident_share: sums[cell]! / counts[cell]! / run.ram,
        swapped_mib: swapped[cell]!,
      },
    ];
  });
}
