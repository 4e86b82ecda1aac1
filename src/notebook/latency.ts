import * as aq from "arquero";
import { type CcdfRow, ccdf as ccdfRows } from "../analysis/ccdf.js";
import { compare as compareRuns } from "../analysis/compare.js";
import type { CompareQuestion } from "../analysis/comparison.js";
import { crowding as crowdingRows, type Step } from "../analysis/crowding.js";
import { type LatencyQuestion, latencyRows, latency as latencyTable } from "../analysis/latency-groups.js";
import { type Question, schedulersOf } from "../analysis/question.js";
import { openRun, RunFolder } from "../analysis/run-folder.js";
import { starvation as starvationRows } from "../analysis/starvation.js";
import { warmUp as foundWarmUp } from "../analysis/warm-up.js";
import type { Run } from "./run.js";

/** A run as a cell has it: from open or openRun, or its folder's path. */
export type AnyRun = Run | RunFolder | string;

/**
 * Latency or slowdown by class, or by what `by` says: a row per scheduler and group that has arrivals. Infinity: killed or rejected
 * ones reach it; null: too few. `lower_bounds` names what may truly be larger, `lower_bound` says whether p99 is.
 *
 * @example await show(await latency(run, { by: "trigger", of: "latency" }));
 */
export async function latency(run: AnyRun, question: LatencyQuestion = {}): Promise<aq.ColumnTable> {
  return tableOf(latencyRows(await latencyTable(folderOf(run), question)));
}

/** Shares of latencies (or slowdowns, by `of`) above a value, for the chart latency-ccdf. See analysis/ccdf. */
export async function ccdf(run: AnyRun, question: Question = {}): Promise<aq.ColumnTable> {
  return tableOf<CcdfRow>(await ccdfRows(folderOf(run), question));
}

/**
 * p99 of slowdown and latency during a load step over that before it, with an interval.
 *
 * @example await show(await crowding(run, { step: "50s..80s", before: "0s..50s" }));
 */
export async function crowding(run: AnyRun, question: Step): Promise<aq.ColumnTable> {
  return tableOf(await crowdingRows(folderOf(run), question));
}

/** Who of each class waited longest, and how many never finished. */
export async function starvation(
  run: AnyRun,
  question: Pick<Question, "scheduler" | "warmupCut"> = {},
): Promise<aq.ColumnTable> {
  return tableOf(await starvationRows(folderOf(run), question));
}

/** Where MSER-5 sees the warm-up end for each scheduler, in seconds from the start; null: it cannot tell, and why. */
export async function warmUp(run: AnyRun, question: Pick<Question, "scheduler"> = {}): Promise<aq.ColumnTable> {
  const folder = folderOf(run);
  const { found } = await foundWarmUp(folder, schedulersOf(folder, question), { warmupCut: "mser-5" });
  return tableOf(found);
}

/**
 * Paired differences between the schedulers of a run, or between runs of the same workloads: a row per pair, class (null: all),
 * quantity and statistic. Five or more seeds, or blocks of time of one, give intervals.
 *
 * @example await show(await compare(open("runs/a"), open("runs/b"), { endedOnly: true }));
 */
export async function compare(...of: readonly (AnyRun | CompareQuestion)[]): Promise<aq.ColumnTable> {
  const { comparisons } = await compared(of);
  const rows = comparisons.flatMap(({ baseline, other, interval, runs, differences }) =>
    differences.map((row) => ({ baseline, other, ...row, interval, workloads: runs.length })),
  );
  return tableOf(rows);
}

/** Of the same pairs: shares of invocations for which the other has a lower, a higher, the same latency. */
export async function shares(...of: readonly (AnyRun | CompareQuestion)[]): Promise<aq.ColumnTable> {
  const { comparisons } = await compared(of);
  return tableOf(
    comparisons.flatMap(({ baseline, other, shares: own }) => own.map((row) => ({ baseline, other, ...row }))),
  );
}

function compared(of: readonly (AnyRun | CompareQuestion)[]) {
  const isRun = (one: AnyRun | CompareQuestion): one is AnyRun => typeof one === "string" || "folder" in one;
  const question = of.find((one): one is CompareQuestion => !isRun(one));
  return compareRuns(of.filter(isRun).map(folderOf), question);
}

/** Its folder, opened. */
export function folderOf(run: AnyRun): RunFolder {
  if (run instanceof RunFolder) return run;
  return openRun(typeof run === "string" ? run : run.folder);
}

function tableOf<Row extends object>(rows: readonly Row[]): aq.ColumnTable {
  return aq.from([...rows]);
}
