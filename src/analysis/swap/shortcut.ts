import { normalExceededWith, normalSurvival } from "../../statistics/normal.js";
import type { MiB } from "../../units.js";
import { intervalRows } from "../intervals.js";
import type { RunFolder } from "../run-folder.js";
import type { Levels } from "./history.js";

/** Share of machine-time that the sizes below are to suffice for. */
const SHARE = 0.999;

/** How far off the drafts' ways to size swap are. */
export interface Shortcut {
  /** Memory in RAM over machines and sampling intervals, as shares of RAM. */
  readonly utilisation_mean: number;
  readonly utilisation_deviation: number;
  /** Swap that suffices for 99.9 % of machine-time, were memory in use normal with that mean and deviation, and in fact. */
  readonly predicted_mib: MiB;
  readonly observed_mib: MiB;
  /** Share of machine-time with something in swap, by the same guess and in fact. */
  readonly predicted_share: number;
  readonly observed_share: number;
  /** The most that one machine wrote to swap in all, which the drafts take for the space, and the most at once. */
  readonly written_mib: MiB;
  readonly at_once_mib: MiB;
}

/**
 * Sizes swap as the drafts do, by memory utilisation alone ("providers can estimate the amount of swap space required by
 * looking at memory utilization"), taken as normal beyond RAM; and by all that is ever written. Null where no sampling
 * interval counts.
 */
export async function shortcut(
  run: RunFolder,
  scheduler: string,
  levels: readonly Levels[],
  span: readonly [from: number, to: number],
  written: readonly MiB[],
): Promise<Shortcut | null> {
  let n = 0;
  let sum = 0;
  let squares = 0;
  for await (const { rows, columns, counts } of intervalRows(run, scheduler, ["resident_mib"])) {
    for (let i = 0; i < rows; i++) {
      if (counts[i] === 0) continue;
      const resident = columns.resident_mib[i]!;
      n++;
      sum += resident;
      squares += resident * resident;
    }
  }
  if (n === 0) return null;
  const mean = sum / n;
  const deviation = Math.sqrt(Math.max(0, squares / n - mean * mean));
  const { share, quantile, most } = occupied(levels, span);
  const beyond = (run.ram - mean) / deviation;
  return {
    utilisation_mean: mean / run.ram,
    utilisation_deviation: deviation / run.ram,
    predicted_mib: Math.max(0, mean + deviation * normalExceededWith(1 - SHARE) - run.ram),
    observed_mib: quantile,
    predicted_share: deviation > 0 ? normalSurvival(beyond) : 0,
    observed_share: share,
    written_mib: written.reduce((a, b) => Math.max(a, b), 0),
    at_once_mib: most,
  };
}

/** Of machine-time in a span: the share with something in swap, what suffices for SHARE of it, and the most. */
function occupied(levels: readonly Levels[], [from, to]: readonly [number, number]) {
  const held: (readonly [mib: number, seconds: number])[] = [];
  let some = 0;
  for (const { time, mib } of levels) {
    for (const [i, start] of time.entries()) {
      if (mib[i] === 0) continue;
      const seconds = Math.min(to, time[i + 1] ?? to) - Math.max(from, start);
      if (seconds <= 0) continue;
      held.push([mib[i]!, seconds]);
      some += seconds;
    }
  }
  held.sort((a, b) => b[0] - a[0]);
  const total = levels.length * (to - from);
  let above = 0;
  let i = 0;
  while (i < held.length && above + held[i]![1] <= (1 - SHARE) * total) above += held[i++]![1];
  return { share: some / total, quantile: held[i]?.[0] ?? 0, most: held[0]?.[0] ?? 0 };
}
