import { batchesOf } from "../table/index.js";
import type { MiB } from "../units.js";
import type { RunFolder } from "./run-folder.js";

/** What one machine's swap held and was given over a whole run. */
export interface MachineSwap {
  readonly scheduler: string;
  readonly machine: number;
  /** The most at once, exact. */
  readonly peak_mib: MiB;
  /** What it did not exceed for 99 % of the time; to 1/128 or 1 MiB, the bins of occupancy.arrow. */
  readonly p99_mib: MiB;
  readonly written_mib: MiB;
}

const SHARE = 0.99;

/** Space against traffic, machine by machine, from machines.arrow and occupancy.arrow. Empty where nothing was swapped. */
export async function machineSwap(run: RunFolder, scheduler: string): Promise<MachineSwap[]> {
  const facts = run.manifest.schedulers[scheduler];
  if (run.ram === Number.POSITIVE_INFINITY || !((facts?.swap_outs ?? 0) > 0)) return [];
  const { machines } = run.manifest;
  const peak = new Float64Array(machines);
  const written = new Float64Array(machines);
  const moved = ["machine", "swapped_max_mib", "swap_out_mib"] as const;
  for await (const { rows, columns } of batchesOf(run.table(`${scheduler}/machines`).files, moved)) {
    const { machine, swapped_max_mib, swap_out_mib } = columns;
    for (let i = 0; i < rows; i++) {
      const at = Math.max(0, machine![i]!);
      peak[at] = Math.max(peak[at]!, swapped_max_mib![i]!);
      written[at]! += swap_out_mib![i]!;
    }
  }
  const bins = Array.from(peak, () => [] as { readonly to: MiB; readonly seconds: number }[]);
  const held = ["machine", "swapped_to_mib", "time_s"] as const;
  for await (const { rows, columns } of batchesOf(run.table(`${scheduler}/occupancy`).files, held)) {
    const { machine, swapped_to_mib, time_s } = columns;
    for (let i = 0; i < rows; i++) {
      bins[Math.max(0, machine![i]!)]!.push({ to: swapped_to_mib![i]!, seconds: time_s![i]! });
    }
  }
  return bins.map((of, machine) => ({
    ...{ scheduler, machine, peak_mib: peak[machine]!, written_mib: written[machine]! },
    p99_mib: Math.min(peak[machine]!, heldFor(of)),
  }));
}

/** The upper end of the bin below whose end the machine was for SHARE of the time. */
function heldFor(bins: { readonly to: MiB; readonly seconds: number }[]): MiB {
  bins.sort((a, b) => a.to - b.to);
  const all = bins.reduce((sum, { seconds }) => sum + seconds, 0);
  let sum = 0;
  for (const { to, seconds } of bins) {
    sum += seconds;
    if (sum >= SHARE * all) return to;
  }
  return 0;
}
