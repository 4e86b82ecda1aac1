import { Invalid } from "../../invalid.js";
import { batchesOf, SWAP_KINDS } from "../../table/index.js";
import type { MiB, Seconds } from "../../units.js";
import type { RunFolder } from "../run-folder.js";

const OUT = SWAP_KINDS.indexOf("out");
const IN = SWAP_KINDS.indexOf("in");
const KILL = SWAP_KINDS.indexOf("kill");

/** Moves of one machine, or of all: parallel arrays in order of time. */
export interface Moves {
  readonly time: Float64Array;
  /** Above 0: to swap; below: back. */
  readonly mib: Float64Array;
}

/** Kills of all machines, in order of time. */
export interface Kills {
  readonly time: Float64Array;
  readonly machine: Int32Array;
  readonly priceClass: Uint8Array;
}

/** What swap and memory were used for under one scheduler: swaps.arrow, machine by machine. */
export interface SwapHistory {
  /** Machines that there are, with or without a move; 1 for a central pool. */
  readonly machines: number;
  /** Per machine. */
  readonly moves: readonly Moves[];
  readonly kills: Kills;
  /** What is looked at: from the warm-up's end to the last arrivals. */
  readonly from: Seconds;
  readonly to: Seconds;
}

const READ = ["time_s", "machine", "price_class", "kind", "mib"] as const;

/**
 * Reads a scheduler's swaps.arrow; 16 bytes a move stay in memory. Throws Invalid where it is not there or not whole, and
 * where nothing comes after the warm-up.
 */
export async function swapHistory(run: RunFolder, scheduler: string): Promise<SwapHistory> {
  const { from_s, to_s } = run.manifest;
  if (!(to_s > from_s)) {
    throw new Invalid("run", run.folder, "all of it arrives at once", "arrivals over some time, to tell rates by");
  }
  if (!(to_s > from_s + run.warmup)) {
    throw new Invalid("warmup", `${run.warmup}s`, `--warmup of ${run.folder}`, "less than what was replayed lasts");
  }
  const { files } = run.table(`${scheduler}/swaps`);
  const counts = new Float64Array(run.manifest.machines);
  const killed = { time: [] as number[], machine: [] as number[], priceClass: [] as number[] };
  let central = false;
  for await (const { rows, columns } of batchesOf(files, READ)) {
    const { time_s, machine, price_class, kind } = columns;
    for (let i = 0; i < rows; i++) {
      if (machine![i]! < 0) central = true;
      const at = Math.max(0, machine![i]!);
      if (kind![i] !== KILL) counts[at]!++;
      else {
        killed.time.push(time_s![i]!);
        killed.machine.push(at);
        killed.priceClass.push(price_class![i]!);
      }
    }
  }
  const machines = central ? 1 : run.manifest.machines;
  const moves = Array.from({ length: machines }, (_, m) => ({
    time: new Float64Array(counts[m]!),
    mib: new Float64Array(counts[m]!),
  }));
  const filled = new Uint32Array(machines);
  for await (const { rows, columns } of batchesOf(files, READ)) {
    const { time_s, machine, kind, mib } = columns;
    for (let i = 0; i < rows; i++) {
      if (kind![i] === KILL) continue;
      const at = Math.max(0, machine![i]!);
      const n = filled[at]!++;
      moves[at]!.time[n] = time_s![i]!;
      moves[at]!.mib[n] = kind![i] === OUT ? mib![i]! : kind![i] === IN ? -mib![i]! : 0;
    }
  }
  return {
    machines,
    moves,
    kills: {
      time: Float64Array.from(killed.time),
      machine: Int32Array.from(killed.machine),
      priceClass: Uint8Array.from(killed.priceClass),
    },
    from: from_s + run.warmup,
    to: to_s,
  };
}

/** How much a machine has in swap: `mib[i]` from `time[i]` on, until the next. Before the first it is none. */
export interface Levels {
  readonly time: Float64Array;
  readonly mib: Float64Array;
}

/** The swap in use that moves make. A level that lasts no time never is; an empty swap is exactly 0. */
export function levelsOf({ time, mib }: Moves): Levels {
  const at = new Float64Array(time.length);
  const levels = new Float64Array(time.length);
  let rows = 0;
  let level = 0;
  let held = 0;
  for (let i = 0; i < time.length; i++) {
    level += mib[i]!;
    held += mib[i]! > 0 ? 1 : -1;
    if (held === 0) level = 0;
    if (rows > 0 && at[rows - 1] === time[i]) rows--;
    at[rows] = time[i]!;
    levels[rows++] = level;
  }
  return { time: at.subarray(0, rows), mib: levels.subarray(0, rows) };
}

/** Machine-days that are looked at. */
export function machineDays({ machines, from, to }: Pick<SwapHistory, "machines" | "from" | "to">): number {
  return (machines * (to - from)) / 86400;
}

/** MiB in a gigabyte of 10^9 bytes, as drives are sold. */
export const MIB_PER_GB: MiB = 1e9 / 1048576;
