import { quantiles } from "../statistics/quantile.js";
import { intervalRows } from "./intervals.js";
import type { RunFolder } from "./run-folder.js";
import type { Utilisation } from "./summary.js";

const COLUMNS = ["machine", "busy_cores"] as const;

/**
 * Utilisation under one scheduler, from machines.arrow: over the intervals of full length that begin at the end of the
 * warm-up or later and end no later than the part of the trace that was replayed. Null where there is none.
 */
export async function utilisation(run: RunFolder, scheduler: string): Promise<Utilisation | null> {
  const { machines } = run.manifest;
  const busy = new Float64Array(machines);
  let central = false;
  let intervals = 0;
  for await (const { rows, columns, counts, intervals: more } of intervalRows(run, scheduler, COLUMNS)) {
    const { machine, busy_cores } = columns;
    intervals += more;
    for (let i = 0; i < rows; i++) {
      if (counts[i] === 0) continue;
      if (machine[i]! < 0) central = true;
      busy[Math.max(0, machine[i]!)]! += busy_cores[i]!;
    }
  }
  if (intervals === 0) return null;
  if (central) return { mean: busy[0]! / intervals / (machines * run.cores), spread: null };
  return spreadOver(busy.map((sum) => sum / intervals / run.cores));
}

function spreadOver(machines: Float64Array): Utilisation {
  const n = machines.length;
  const mean = machines.reduce((a, b) => a + b, 0) / n;
  const variance = machines.reduce((sum, x) => sum + (x - mean) * (x - mean), 0) / n;
  const [median, max] = quantiles(machines, n, [0.5, 1]) as [number, number];
  const min = machines.reduce((a, b) => Math.min(a, b));
  return { mean, spread: { min, median, max, deviation: Math.sqrt(variance) } };
}
