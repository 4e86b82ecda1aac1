import { quantiles } from "../statistics/quantile.js";
import { intervalRows } from "./intervals.js";
import type { RunFolder } from "./run-folder.js";
import type { MemoryUse } from "./summary.js";

const COLUMNS = ["machine", "resident_mib", "resident_max_mib", "swapped_max_mib", "swap_out_mib"] as const;

/**
 * What RAM and swap of a machine were used for under one scheduler, from machines.arrow: the median over the intervals
 * that utilisation looks at, maxima and traffic over the whole run. Null where RAM was unlimited.
 */
export async function memoryUse(run: RunFolder, scheduler: string): Promise<MemoryUse | null> {
  if (run.ram === Number.POSITIVE_INFINITY) return null;
  const resident: number[] = [];
  const out = new Float64Array(run.manifest.machines);
  let most = 0;
  let swapped = 0;
  let central = false;
  for await (const { rows, columns, counts } of intervalRows(run, scheduler, COLUMNS)) {
    const { machine, resident_mib, resident_max_mib, swapped_max_mib, swap_out_mib } = columns;
    for (let i = 0; i < rows; i++) {
      if (machine[i]! < 0) central = true;
      if (counts[i] === 1) resident.push(resident_mib[i]!);
      most = Math.max(most, resident_max_mib[i]!);
      swapped = Math.max(swapped, swapped_max_mib[i]!);
      out[Math.max(0, machine[i]!)]! += swap_out_mib[i]!;
    }
  }
  const values = Float64Array.from(resident);
  const [median] = quantiles(values, values.length, [0.5]) as [number];
  return {
    ram_mib: central ? run.ram * run.manifest.machines : run.ram,
    resident_mib: { median, max: most },
    swapped_max_mib: swapped,
    swapped_out_max_mib: out.reduce((a, b) => Math.max(a, b), 0),
  };
}
