import { Invalid } from "../../invalid.js";
import type { MiB, Seconds } from "../../units.js";
import { capacity } from "../capacity.js";
import type { RunFolder } from "../run-folder.js";
import type { MachineSpread, SwapAnalysis, SwapQuestion } from "./answer.js";
import { backTest } from "./back-test.js";
import { BLOCKS, blockOf, replicates } from "./bootstrap.js";
import { swapBound } from "./bound.js";
import { judgeDrives } from "./drives.js";
import { declustered, type Observed } from "./excursions.js";
import { fleetClustering } from "./fleet.js";
import { levelsOf, machineDays, type SwapHistory, swapHistory } from "./history.js";
import { type KillRate, killRate } from "./kills.js";
import type { SwapRuns } from "./runs.js";
import { shortcut } from "./shortcut.js";
import { FAR, ratiosOf, sizeRows, sizesFor } from "./size-rows.js";
import { niceSizes } from "./sizes.js";
import { chosen, ENOUGH_CLUSTERS, LEAST_CLUSTERS, type Tail, TailIntervals, thresholdFits, visits } from "./tail.js";
import { swapTraffic } from "./traffic.js";

const DAY: Seconds = 86400;
/** Machine-time in which a size is outgrown once. */
const EVERY: readonly Seconds[] = [3600, DAY, 30 * DAY, 365 * DAY];
/** A shape above which the law has no variance, and a chance below which a fit is poor. */
const HEAVY = 0.5;
const POOR = 0.05;

/**
 * How much swap a machine needs, for which kill rate, at what price. Overflow (what extrapolations rest on) comes from
 * the replay at unlimited swap, kills from those at finite sizes. Throws Invalid where fewer than 20 clusters went to
 * swap and nothing at a finite size was replayed, which would leave nothing to say.
 */
export async function analyseSwap(runs: SwapRuns, scheduler: string, question: SwapQuestion): Promise<SwapAnalysis> {
  const { unlimited: run, finite } = runs;
  const history = await swapHistory(run, scheduler);
  const seed = run.manifest.seed;
  const bound = await swapBound(run, scheduler);
  const levels = history.moves.map(levelsOf);
  const observed: Observed = { levels, spans: [[history.from, history.to]] };
  const tails = thresholdFits(observed, bound.bound_mib);
  if (tails.length === 0 && finite.length === 0) throw tooFew(run, scheduler, observed);
  const tail = tails.length > 0 ? chosen(tails) : null;
  const found = tail && { tail, intervals: new TailIntervals(tail), drawn: replicates(tail, observed.spans, seed) };
  const kills = new Map<MiB, KillRate>();
  for (const { size, run: at } of finite) {
    kills.set(size, await killRate(at, scheduler, await swapHistory(at, scheduler), size, seed));
  }
  const peaks = levels.map(({ mib }) => mib.reduce((a, b) => Math.max(a, b), 0)).sort((a, b) => a - b);
  const peak_mib = { median: peaks[Math.ceil(peaks.length / 2) - 1]!, max: peaks.at(-1)! };
  const traffic = swapTraffic(history);
  const wanted = question.sizes ?? niceSizes(peak_mib.max);
  const sizes = [...new Set([...wanted, ...kills.keys()])].sort((a, b) => a - b);
  const fleet = tail && fleetClustering(tail.clusters, tail.diagnostics.threshold_mib, observed.spans);
  const rows = sizeRows(sizes, observed, found, kills, history, fleet, question.drives, traffic, seed);
  const sizes_for = found ? sizesFor(found, [...EVERY, question.every]) : [];
  const far = [...sizes_for, ...rows].some((of) => of.far);
  const drives_for_mib = sizes_for.find(({ every_s }) => every_s === question.every)?.size_mib.estimate ?? peak_mib.max;
  return {
    run: run.name,
    trace: run.manifest.trace.name,
    scheduler,
    machines: history.machines,
    ram_mib: run.ram,
    machine_days: machineDays(history),
    bound,
    peak_mib,
    tail: {
      chosen: tail?.diagnostics ?? null,
      thresholds: tails.map(({ diagnostics }) => diagnostics),
      refused: tail === null ? tooFew(run, scheduler, observed).message : null,
      warnings: tail === null ? [] : warnings(tail, blocksWith(tail, observed), far),
      sizes_for,
    },
    machine_spread: tail && machineSpread(tail, observed),
    fleet,
    sizes: rows,
    ratios: ratiosOf(rows),
    traffic,
    drives_for_mib,
    drives: judgeDrives(question.drives, drives_for_mib, traffic),
    shortcut: await shortcut(run, scheduler, levels, [history.from, history.to], writtenBy(history)),
    back_test: tail && backTest(observed, bound.bound_mib, seed),
    capacity: await capacity(run, scheduler),
  };
}

function warnings({ diagnostics, exposure }: Tail, blocks: number, far: boolean): string[] {
  const { clusters, shape_interval, p_value } = diagnostics;
  const upper = shape_interval.high.toFixed(2);
  const p = p_value < 0.001 ? "below 0.001" : p_value.toFixed(3);
  const days = Number((FAR * exposure).toPrecision(2));
  const few = clusters < ENOUGH_CLUSTERS;
  return [
    ...(few ? [`only ${clusters} clusters above the threshold, fewer than ${ENOUGH_CLUSTERS}`] : []),
    ...(blocks < LEAST_CLUSTERS ? [`the clusters fall into ${blocks} of ${BLOCKS} blocks of time: few occasions`] : []),
    ...(shape_interval.high > HEAVY
      ? [`the shape may be as large as ${upper}, above ${HEAVY}: sizes are guesses`]
      : []),
    ...(p_value < POOR ? [`no threshold fits well (p ${p}): the law is a rough one`] : []),
    ...(far ? [`what is marked ! comes less than once in ${days} machine-days, ten times those looked at`] : []),
  ];
}

function blocksWith({ clusters }: Tail, { spans }: Observed): number {
  return new Set(blockOf(clusters.start, spans, BLOCKS)).size;
}

function machineSpread(tail: Tail, observed: Observed): MachineSpread {
  const counts = new Float64Array(observed.levels.length);
  for (const machine of tail.clusters.machine) counts[machine]!++;
  const mean = tail.clusters.peak.length / counts.length;
  const variance = counts.reduce((sum, n) => sum + (n - mean) * (n - mean), 0) / Math.max(1, counts.length - 1);
  const own = [...counts.keys()].filter((machine) => counts[machine]! >= LEAST_CLUSTERS);
  const shapes = own.flatMap((machine) => {
    const alone = thresholdFits({ levels: [observed.levels[machine]!], spans: observed.spans }, tail.bound);
    if (alone.length === 0) return [];
    const { clusters, shape } = chosen(alone).diagnostics;
    return [{ machine, clusters, shape }];
  });
  return { dispersion: variance / mean, machines_with_enough: own.length, shapes };
}

function writtenBy({ moves, from, to }: SwapHistory): MiB[] {
  const during = (time: number) => time >= from && time <= to;
  return moves.map(({ time, mib }) => mib.reduce((sum, x, i) => sum + (x > 0 && during(time[i]!) ? x : 0), 0));
}

function tooFew(run: RunFolder, scheduler: string, observed: Observed): Invalid {
  const n = declustered(visits(observed)).peak.length;
  const wanted = `at least ${LEAST_CLUSTERS} to extrapolate from: a longer run, more load, or --sizes to measure kills`;
  return new Invalid("swap", `${n} clusters of visits`, `${run.folder}, ${scheduler}`, wanted);
}
