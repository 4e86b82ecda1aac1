import { Invalid } from "../invalid.js";
import { mser5 } from "../statistics/mser.js";
import type { Seconds } from "../units.js";
import { observedRows } from "./observed-rows.js";
import { type Question, secondsOf } from "./question.js";
import type { RunFolder } from "./run-folder.js";

/** What is left out at the start, and why. */
export interface WarmUp {
  /** The run's own --warmup, a time that was asked for, or MSER-5. */
  readonly rule: "run" | "fixed" | "mser-5";
  /** Arrivals of so long after the start are left out, the same for all schedulers. */
  readonly cut_s: Seconds;
  /** What MSER-5 found for each scheduler, the latest of which is the cut; null where it failed, and why. Empty by other rules. */
  readonly found: readonly {
    readonly scheduler: string;
    readonly cut_s: Seconds | null;
    readonly why: string | null;
  }[];
}

/** Parts of a run whose mean latencies MSER-5 looks at: a fifth of them, 200, are its batches. */
const BINS = 1000;

/**
 * The warm-up that a question asks for. MSER-5 looks at the mean latency of the arrivals of every thousandth of the run (who was
 * killed or rejected is not in it, the unfinished have what they have so far); where it fails for every scheduler, the run's own
 * warm-up is kept. Throws Invalid, also for a time at which no more invocations arrive.
 */
export async function warmUp(
  run: RunFolder,
  schedulers: readonly string[],
  { warmupCut }: Question,
  where = "warmupCut",
): Promise<WarmUp> {
  if (warmupCut === undefined) return { rule: "run", cut_s: run.warmup, found: [] };
  if (warmupCut !== "mser-5") {
    return { rule: "fixed", cut_s: cutOf(warmupCut, where, [run]), found: [] };
  }
  const found: { scheduler: string; cut_s: Seconds | null; why: string | null }[] = [];
  for (const scheduler of schedulers) found.push({ scheduler, ...(await settled(run, scheduler)) });
  const cuts = found.flatMap(({ cut_s }) => (cut_s === null ? [] : [cut_s]));
  return { rule: "mser-5", cut_s: cuts.length > 0 ? Math.max(...cuts) : run.warmup, found };
}

/** A cut as it is asked for of some runs: checked, "mser-5" as it is. Throws Invalid, also where one of them was over by then. */
export function checkedCut(cut: Seconds | string, where: string, runs: readonly RunFolder[]): Seconds | "mser-5" {
  return cut === "mser-5" ? cut : cutOf(cut, where, runs);
}

function cutOf(cut: Seconds | string, where: string, runs: readonly RunFolder[]): Seconds {
  const seconds = secondsOf("warmup-cut", cut, where, "mser-5 or a time such as 90s");
  for (const run of runs) {
    const lasted = Math.max(...run.schedulers.map((scheduler) => run.lasted(scheduler)));
    if (seconds === 0 || seconds < lasted) continue;
    const expected = `less than ${Number(lasted.toPrecision(6))}s, for which invocations arrive`;
    throw new Invalid("warmup-cut", cut, `${where}, ${run.folder}`, expected);
  }
  return seconds;
}

async function settled(run: RunFolder, scheduler: string): Promise<{ cut_s: Seconds | null; why: string | null }> {
  const { from_s, to_s } = run.manifest;
  const width = (to_s - from_s) / BINS;
  const sum = new Float64Array(BINS);
  const count = new Float64Array(BINS);
  const look = { of: "latency", since: from_s, endedOnly: false } as const;
  for await (const { rows, columns, counts, value } of observedRows(run, scheduler, look)) {
    const { arrival_s } = columns;
    for (let i = 0; i < rows; i++) {
      if (counts[i] === 0 || value[i] === Number.POSITIVE_INFINITY) continue;
      const bin = Math.floor((arrival_s[i]! - from_s) / width);
      if (!(bin < BINS)) continue;
      sum[bin]! += value[i]!;
      count[bin]!++;
    }
  }
  const there = Array.from(sum.keys()).filter((bin) => count[bin]! > 0);
  const { cut, why } = mser5(there.map((bin) => sum[bin]! / count[bin]!));
  if (cut !== null) return { cut_s: cut === 0 ? 0 : there[cut]! * width, why: null };
  const least = "fewer than 50 of the run's 1000 parts have arrivals";
  return { cut_s: null, why: why === "too short" ? least : "latency does not settle within the first half" };
}
