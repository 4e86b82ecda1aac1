import { batchesOf } from "../../table/index.js";
import type { MiB } from "../../units.js";
import type { RunFolder } from "../run-folder.js";

/** What swap cannot exceed in a run: see `swapBound`. */
export interface SwapBound {
  readonly bound_mib: MiB;
  /** Most invocations that were placed on one machine, and unfinished, at once. */
  readonly most_placed: number;
  readonly largest_memory_mib: MiB;
}

/**
 * The deterministic bound: as many invocations as were ever placed and unfinished on one machine at once, each as large
 * as the largest of the workload, less the RAM. Invocations count from their arrival. 16 bytes an invocation are in memory.
 */
export async function swapBound(run: RunFolder, scheduler: string): Promise<SwapBound> {
  const machines = run.manifest.machines;
  const invocations = run.table(`${scheduler}/invocations`).files;
  const columns = ["machine", "arrival_s", "finish_s"] as const;
  const counts = new Float64Array(machines);
  for await (const batch of batchesOf(invocations, ["machine"])) {
    for (let i = 0; i < batch.rows; i++) counts[Math.max(0, batch.columns["machine"]![i]!)]!++;
  }
  const arrivals = Array.from(counts, (count) => new Float64Array(count));
  const finishes = Array.from(counts, (count) => new Float64Array(count));
  const filled = new Float64Array(machines);
  for await (const batch of batchesOf(invocations, columns)) {
    const { machine, arrival_s, finish_s } = batch.columns;
    for (let i = 0; i < batch.rows; i++) {
      const m = Math.max(0, machine![i]!);
      const at = filled[m]!++;
      arrivals[m]![at] = arrival_s![i]!;
      const finish = finish_s![i]!;
      finishes[m]![at] = Number.isNaN(finish) ? Number.POSITIVE_INFINITY : finish;
    }
  }
  const most = arrivals.reduce((most, times, m) => Math.max(most, mostAtOnce(times.sort(), finishes[m]!.sort())), 0);
  let largest = 0;
  for await (const batch of batchesOf(run.table("workload").files, ["memory_initial_mib", "memory_peak_mib"])) {
    const { memory_initial_mib, memory_peak_mib } = batch.columns;
    for (let i = 0; i < batch.rows; i++) largest = Math.max(largest, memory_initial_mib![i]!, memory_peak_mib![i]!);
  }
  const bound_mib = Math.max(0, most * largest - run.ram);
  return { bound_mib, most_placed: most, largest_memory_mib: largest };
}

/** Most that are between a start and an end at once; ends go before starts of the same time. Both ascend. */
export function mostAtOnce(starts: Float64Array, ends: Float64Array): number {
  let most = 0;
  let ended = 0;
  for (let i = 0; i < starts.length; i++) {
    while (ends[ended]! <= starts[i]!) ended++;
    most = Math.max(most, i + 1 - ended);
  }
  return most;
}
