import { LogHistogram } from "../statistics/log-histogram.js";
import { batchesOf } from "../table/index.js";
import type { RunFolder } from "./run-folder.js";

/** A point of a panel of the trace overview. */
export interface OverviewPoint {
  /** arrivals: x seconds, y arrivals a second from there on; runtime: s, memory: MiB, and the share at most so; functions: so many of the busiest, and their share. */
  readonly panel: "arrivals" | "runtime" | "memory" | "functions";
  readonly x: number;
  readonly y: number;
  /** Lines or areas of one panel apart, such as a trigger. */
  readonly series?: string;
}

const BINS = 240;
const SHARES = [
  0.001,
  0.002,
  0.005,
  ...Array.from({ length: 99 }, (_, i) => (i + 1) / 100),
  0.995,
  0.998,
  0.999,
  0.9999,
  1,
];
/** A point a factor of about 1.25 in the curve of functions. */
const PER_DECADE = 10;

/**
 * What the workload of a run is like: arrivals over time, the distributions of runtimes and of memory at the end (within
 * 0.5 %), and how far the invocations go to a few functions. Without what the trace does not say.
 */
export async function workloadOverview(run: RunFolder): Promise<OverviewPoint[]> {
  const { from_s, to_s } = run.manifest;
  const width = binWidth((to_s - from_s) / BINS);
  const counts = new Float64Array(Math.max(1, Math.ceil((to_s - from_s) / width - 1e-9)));
  const runtime = new LogHistogram();
  const memory = new LogHistogram();
  const calls = new Map<number, number>();
  const { files } = run.table("workload");
  for await (const { rows, columns } of batchesOf(files, ["arrival_s", "runtime_s", "memory_peak_mib", "function"])) {
    const { arrival_s, runtime_s, memory_peak_mib, function: id } = columns;
    for (let i = 0; i < rows; i++) {
      const bin = Math.floor((arrival_s![i]! - from_s) / width);
      counts[Math.min(counts.length - 1, Math.max(0, bin))]!++;
      runtime.add(runtime_s![i]!);
      if (memory_peak_mib![i]! > 0) memory.add(memory_peak_mib![i]!);
      if (id![i]! >= 0) calls.set(id![i]!, (calls.get(id![i]!) ?? 0) + 1);
    }
  }
  const arrivals = Array.from(counts, (count, i): OverviewPoint => {
    const start = from_s + i * width;
    return { panel: "arrivals", x: start, y: count / (Math.min(to_s, start + width) - start || width) };
  });
  return [...arrivals, ...distribution("runtime", runtime), ...distribution("memory", memory), ...popularity(calls)];
}

/** The least of 1, 2, 5, 10, 15, 30 s, min … that is not below `least`. */
export function binWidth(least: number): number {
  const steps = [1, 2, 5, 10, 15, 30];
  const hours = [1, 2, 3, 6, 12, 24].map((hour) => 3600 * hour);
  const small = [0.001, 0.01, 0.1].flatMap((unit) => [1, 2, 5].map((digit) => digit * unit));
  const all = [...small, ...steps, ...steps.map((minutes) => 60 * minutes), ...hours];
  return all.find((width) => width >= least - 1e-9) ?? 86400 * Math.ceil(least / 86400);
}

function distribution(panel: "runtime" | "memory", values: LogHistogram): OverviewPoint[] {
  if (!(values.largest > 0)) return [];
  const points = SHARES.map((share) => ({ panel, x: values.quantile(share), y: share }));
  return points.filter(({ x }, i) => x > 0 && x !== points[i + 1]?.x);
}

function popularity(calls: ReadonlyMap<number, number>): OverviewPoint[] {
  if (calls.size < 2) return [];
  const counts = [...calls.values()].sort((a, b) => b - a);
  const all = counts.reduce((a, b) => a + b);
  const points: OverviewPoint[] = [];
  let sum = 0;
  let next = 1;
  for (const [i, count] of counts.entries()) {
    sum += count;
    if (i + 1 < next && i + 1 < counts.length) continue;
    points.push({ panel: "functions", x: i + 1, y: sum / all });
    next = Math.max(i + 2, (i + 1) * Math.exp(Math.LN10 / PER_DECADE));
  }
  return points;
}
