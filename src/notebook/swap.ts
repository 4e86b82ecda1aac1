import { basename, join, resolve } from "node:path";
import * as aq from "arquero";
import { machineSwap as machineSwapRows } from "../analysis/machine-swap.js";
import { memoryMap as memoryMapCells } from "../analysis/memory-map.js";
import { openRun, type RunFolder } from "../analysis/run-folder.js";
import type { SwapAnalysis } from "../analysis/swap/answer.js";
import { readDrives } from "../analysis/swap/drives.js";
import { groupRuns } from "../analysis/swap/runs.js";
import { niceSizes } from "../analysis/swap/sizes.js";
import { analyseSwap } from "../analysis/swap/swap-analysis.js";
import { swapRateRows } from "../chart/swap-rates.js";
import { Invalid } from "../invalid.js";
import { replaybook } from "./child.js";
import { flagsOf } from "./flags.js";
import { type AnyRun, folderOf } from "./latency.js";
import { placeFor } from "./place.js";
import { type Progress, ProgressLine, plainSeconds } from "./progress-line.js";

const MONTH_S = 30 * 86400;

/** What is asked of swap; all of it may be left out. */
export interface SwapQuestions {
  /** By default the first that moved something to swap. */
  readonly scheduler?: string;
  /** Sizes to replay at, such as ["8GB", "16GB"], so that kills are measured; the runs are kept in data/runs. */
  readonly sizes?: readonly string[];
  /** Sizes to tell about without a replay, MiB; by default round ones up to half as much again as there was at once. */
  readonly also?: readonly number[];
  /** Drives are judged for the size that a machine outgrows once in so many seconds; 30 days by default. */
  readonly every?: number;
  /** A catalogue of drives in place of data/prices/drives.json. */
  readonly drives?: string;
}

/** How much swap machines need, in a notebook: the analysis, and its parts as tables for Arquero. */
export class Swap {
  /** Everything that `replaybook swap --json` prints. */
  readonly analysis: SwapAnalysis;

  constructor(analysis: SwapAnalysis) {
    this.analysis = analysis;
  }

  /**
   * A row per size: how often it was outgrown, by what was seen and by the fitted law; kills as measured, and as foretold from
   * the other sizes; its price. Rates are a machine-day. What the chart swap-rates takes.
   */
  sizes(): aq.ColumnTable {
    const rates = swapRateRows(this.analysis);
    const rows = this.analysis.sizes.map((of, i) => ({
      ...rates[i],
      overflows: of.overflows,
      kills: of.kills?.kills ?? null,
      kills_per_million: of.kills?.all.per_million ?? null,
      foretold_per_machine_day: of.predicted_kills?.per_machine_day ?? null,
      far: of.far,
      any_overflow_in_a_day: of.any_overflow_in_a_day,
      any_kill_in_a_day: of.any_kill_in_a_day,
      machines_above: of.machines_above.max,
      drive: of.drive,
    }));
    return tableOf(rows);
  }

  /** A row per size and price class: arrivals, and how many of them were killed in the replay at that size. */
  kills(): aq.ColumnTable {
    return tableOf(
      this.analysis.sizes.flatMap(({ size_mib, kills }) =>
        (kills?.classes ?? []).map((of) => ({ scheduler: this.analysis.scheduler, size_mib, ...of })),
      ),
    );
  }

  /** A row per threshold that was tried: what the law fitted there is like; `chosen` marks the one that is used. */
  thresholds(): aq.ColumnTable {
    const { chosen, thresholds } = this.analysis.tail;
    const rows = thresholds.map(({ shape_interval: { low, high }, ...of }) => ({
      ...of,
      ...{ shape_low: low, shape_high: high, chosen: of.threshold_mib === chosen?.threshold_mib },
    }));
    return tableOf(rows);
  }

  /** A row per time: the size that a machine outgrows once in it, with the wider of its 95 % intervals; far: a guess. */
  sizesFor(): aq.ColumnTable {
    const rows = this.analysis.tail.sizes_for.map(({ every_s, size_mib: { estimate, profile, bootstrap }, far }) => ({
      ...{ every_s, size_mib: estimate, far },
      ...{ low_mib: Math.min(profile.low, bootstrap.low), high_mib: Math.max(profile.high, bootstrap.high) },
    }));
    return tableOf(rows);
  }

  /** A row per part of the time that a fit is held against, and size: overflows predicted, with their 95 % range, and seen. */
  backTest(): aq.ColumnTable {
    const splits = this.analysis.back_test?.splits ?? [];
    return tableOf(splits.flatMap(({ split, rows }) => (rows ?? []).map((row) => ({ split, ...row }))));
  }

  /** A row per drive of the catalogue: its shares of space, speed and wear (above 1 it fails), and its price. */
  drives(): aq.ColumnTable {
    const { drives, machines } = this.analysis;
    const rows = drives.map(({ fails_on, machine_month, ...of }) => ({
      ...of,
      fails_on: fails_on.join(" "),
      machine_month,
      fleet_month: machine_month === null ? null : machine_month * machines,
    }));
    return tableOf(rows);
  }
}

/**
 * How much swap the machines of a run need, which is one at unlimited swap or, in a list, that and the same at finite sizes.
 * Further `sizes` are replayed, in processes of their own. Throws Invalid as `replaybook swap` does.
 *
 * @example const need = await swap(run, { sizes: ["8GB", "16GB"] }); await show(need.sizes());
 */
export async function swap(
  runs: AnyRun | readonly AnyRun[],
  { scheduler, sizes = [], also, every = MONTH_S, drives: catalogue }: SwapQuestions = {},
  progress?: Progress,
): Promise<Swap> {
  const drives = readDrives(catalogue);
  const given = [runs].flat().map((run) => folderOf(run as AnyRun));
  const [group, ...others] = groupRuns(given);
  if (group === undefined || others.length > 0) {
    throw new Invalid("runs", given.length, "of different replays", "runs that differ in the size of swap alone");
  }
  const of = scheduler ?? swapping(group.unlimited)[0]!;
  const all = [...given];
  const line = new ProgressLine(progress);
  for (const size of sizes) all.push(await atSize(group.unlimited, of, size, line));
  if (sizes.length > 0) line.end(`replayed with ${sizes.join(", ")} of swap (${plainSeconds(line.seconds)})`);
  const held = await machineSwapRows(group.unlimited, of);
  const told = also ?? niceSizes(held.reduce((most, { peak_mib }) => Math.max(most, peak_mib), 0));
  return new Swap(await analyseSwap(groupRuns(all)[0]!, of, { sizes: told, every, drives }));
}

/** Memory in RAM and swap by machine and time, for the chart memory-heat-map; by default of all that moved to swap. */
export async function memoryMap(run: AnyRun, scheduler?: string): Promise<aq.ColumnTable> {
  const folder = folderOf(run);
  const schedulers = scheduler === undefined ? swapping(folder) : [scheduler];
  const cells = await Promise.all(schedulers.map((of) => memoryMapCells(folder, of, schedulers.length)));
  return tableOf(cells.flat());
}

/** What each machine's swap held at most, and was given in all, for the chart occupancy-and-traffic. */
export async function machineSwap(run: AnyRun, scheduler?: string): Promise<aq.ColumnTable> {
  const folder = folderOf(run);
  const schedulers = scheduler === undefined ? swapping(folder) : [scheduler];
  return tableOf((await Promise.all(schedulers.map((of) => machineSwapRows(folder, of)))).flat());
}

/** Those that moved something to swap; the first where none did. */
function swapping({ manifest, schedulers }: RunFolder): string[] {
  const moved = schedulers.filter((scheduler) => (manifest.schedulers[scheduler]?.swap_outs ?? 0) > 0);
  return moved.length > 0 ? moved : schedulers.slice(0, 1);
}

/** The same replay at a finite size, where there is none yet. */
async function atSize(run: RunFolder, scheduler: string, size: string, line: ProgressLine): Promise<RunFolder> {
  const name = `swap-${size}-${scheduler}-of-${basename(resolve(run.folder))}`;
  const folder = placeFor("runs", name, [], [resolve(run.folder), run.manifest.workload.sha256]);
  const flags = flagsOf({ from: join(run.folder, "run.json"), scheduler, swap: size, reuse: true, force: true });
  await replaybook(["replay", ...flags, "--json", `--output=${folder}`], line);
  return openRun(folder);
}

function tableOf<Row extends object>(rows: readonly Row[]): aq.ColumnTable {
  return aq.from([...rows]);
}
