import { OUTCOMES, type Values } from "../../table/index.js";
import type { RunFolder } from "../run-folder.js";

const FINISHED = OUTCOMES.indexOf("finished");
const UNFINISHED = OUTCOMES.indexOf("unfinished");

/** Columns that say how slow an invocation was. */
export const SLOWNESS_COLUMNS = ["invocation", "price_class", "arrival_s", "runtime_s", "finish_s", "outcome"] as const;

/** How slow invocations were, as statistics count them. */
export class Slowness {
  private readonly since: number;
  private readonly end: number;

  constructor(run: RunFolder, scheduler: string) {
    this.since = run.manifest.from_s + run.warmup;
    this.end = run.manifest.schedulers[scheduler]!.end_s;
  }

  /** Whether row i arrived after the warm-up and before the run's end. */
  counts({ arrival_s }: Readonly<Record<string, Values>>, i: number): boolean {
    return arrival_s![i]! >= this.since && arrival_s![i]! <= this.end;
  }

  /** Finish - arrival; of the unfinished what it is at least; Infinity of the killed and rejected. */
  latency({ arrival_s, runtime_s, finish_s, outcome }: Readonly<Record<string, Values>>, i: number): number {
    const what = outcome![i]!;
    if (what === FINISHED) return finish_s![i]! - arrival_s![i]!;
    return what === UNFINISHED ? Math.max(this.end - arrival_s![i]!, runtime_s![i]!) : Number.POSITIVE_INFINITY;
  }

  /** Whether the latency of row i may yet grow. */
  isOpen({ outcome }: Readonly<Record<string, Values>>, i: number): boolean {
    return outcome![i] === UNFINISHED;
  }
}

/** 1 + wait / runtime, at least 1; a runtime of 0 has none: NaN. */
export function slowdownOf(latency: number, runtime: number): number {
  return runtime > 0 ? 1 + Math.max(0, latency - runtime) / runtime : Number.NaN;
}
