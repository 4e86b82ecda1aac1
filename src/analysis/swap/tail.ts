import { andersonDarling, goodnessOfFit } from "../../statistics/anderson-darling.js";
import {
  Excesses,
  exceededWith,
  type Fit,
  fitGeneralisedPareto,
  survival,
} from "../../statistics/generalised-pareto.js";
import { ExcessRates, type Interval, shapeInterval } from "../../statistics/profile-likelihood.js";
import type { MiB } from "../../units.js";
import { type Clusters, declustered, type Excursions, excursions, exposureOf, type Observed } from "./excursions.js";

/** Fewer clusters than this are not extrapolated from. */
export const LEAST_CLUSTERS = 20;
/** With fewer than this, estimates are said to be unsure. */
export const ENOUGH_CLUSTERS = 50;
/** Chance of so large a distance from the fitted law below which a threshold is not taken, nor any that lies below it:
 * the second is less, as there are several that may fall short by chance. */
const LEAST_CHANCE = 0.05;
const LEAST_CHANCE_ABOVE = 0.01;
/** Thresholds tried: shares of the machines' visits to swap whose peak is at most the threshold. */
const SHARES = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995] as const;

/** What the peaks over one threshold come to. */
export interface ThresholdFit {
  readonly threshold_mib: MiB;
  /** Excursions above it, and clusters of them, whose ratio is the extremal index (here of all machines' gaps). */
  readonly excursions: number;
  readonly clusters: number;
  readonly extremal_index: number;
  /** A gap longer than this, seconds, parts clusters. */
  readonly run_gap_s: number;
  readonly shape: number;
  readonly shape_interval: Interval;
  readonly scale_mib: MiB;
  /** scale - shape x threshold: the same at every threshold above one from which the law holds. */
  readonly modified_scale_mib: MiB;
  /** Anderson and Darling's distance from the law, and the chance of one as large were the law true. */
  readonly anderson_darling: number;
  readonly p_value: number;
}

/** Peaks over a threshold: what a tail is extrapolated from. */
export interface Tail {
  readonly diagnostics: ThresholdFit;
  readonly clusters: Clusters;
  readonly fit: Fit;
  /** Machine-days. */
  readonly exposure: number;
  /** Nothing is estimated to be above this. */
  readonly bound: MiB;
}

/** Excursions above nothing, the visits to swap; their peaks say where thresholds may lie. */
export function visits(observed: Observed): Excursions {
  return excursions(observed, 0);
}

/** Fits at every threshold that leaves LEAST_CLUSTERS clusters, ascending. */
export function thresholdFits(observed: Observed, bound: MiB): Tail[] {
  const peaks = visits(observed).peak.slice().sort();
  if (peaks.length === 0) return [];
  const at = (share: number) => (share === 0 ? 0 : peaks[Math.ceil(share * peaks.length) - 1]!);
  const thresholds = [...new Set(SHARES.map(at))];
  return thresholds.map((threshold) => fitAbove(observed, threshold, bound)).filter((tail) => tail !== null);
}

/** The fit of the peaks over one threshold; null where there are fewer than LEAST_CLUSTERS. */
export function fitAbove(observed: Observed, threshold: MiB, bound: MiB): Tail | null {
  const clusters = declustered(excursions(observed, threshold));
  const n = clusters.peak.length;
  if (n < LEAST_CLUSTERS) return null;
  const excesses = new Excesses(clusters.peak.map((peak) => peak - threshold).sort());
  const fit = fitGeneralisedPareto(excesses);
  const distance = andersonDarling(excesses.values, fit);
  const diagnostics = {
    threshold_mib: threshold,
    excursions: clusters.excursions,
    clusters: n,
    extremal_index: clusters.extremalIndex,
    run_gap_s: clusters.runGap,
    shape: fit.shape,
    shape_interval: shapeInterval(excesses, fit),
    scale_mib: fit.scale,
    modified_scale_mib: fit.scale - fit.shape * threshold,
    anderson_darling: distance,
    p_value: goodnessOfFit(distance, fit.shape),
  };
  return { diagnostics, clusters, fit, exposure: exposureOf(observed), bound };
}

/**
 * The threshold that is extrapolated from: the lowest whose law fits (p >= 0.05), above which every other does (p >=
 * 0.01) and has a shape that agrees with its own (lies in its interval, or it in the other's). Thresholds that leave fewer than 50 clusters have no say
 * while there are others. Where none is such, the one that fits best. `tails` ascend and are not empty.
 */
export function chosen(tails: readonly Tail[]): Tail {
  const enough = tails.filter(({ diagnostics }) => diagnostics.clusters >= ENOUGH_CLUSTERS);
  const all = enough.length > 0 ? enough : tails;
  const holds = (interval: Interval, shape: number) => interval.low <= shape && shape <= interval.high;
  const agree = ({ diagnostics: a }: Tail, { diagnostics: b }: Tail) =>
    holds(a.shape_interval, b.shape) || holds(b.shape_interval, a.shape);
  const from = all.findIndex((tail, i) => {
    if (tail.diagnostics.p_value < LEAST_CHANCE) return false;
    return all.slice(i).every((other) => other.diagnostics.p_value >= LEAST_CHANCE_ABOVE && agree(tail, other));
  });
  if (from >= 0) return all[from]!;
  return all.reduce((a, b) => (b.diagnostics.p_value > a.diagnostics.p_value ? b : a));
}

/** An estimate and its 95 % interval. */
export interface Estimated extends Interval {
  readonly estimate: number;
}

/** How often a machine's swap grows above `size`, a machine-day: by the law, `size` being at or above its threshold. */
export function rateAbove(tail: Tail, size: MiB): number {
  if (size >= tail.bound) return 0;
  const { fit, clusters, exposure, diagnostics } = tail;
  return (clusters.peak.length / exposure) * survival(fit, size - diagnostics.threshold_mib);
}

/** The size that is outgrown `rate` times a machine-day, a rate below that of the threshold; capped by the bound. */
export function sizeFor(tail: Tail, rate: number): MiB {
  const { fit, clusters, exposure, diagnostics, bound } = tail;
  const level = exceededWith(fit, Math.min(1, (rate * exposure) / clusters.peak.length));
  return Math.min(bound, diagnostics.threshold_mib + level);
}

/** Profile-likelihood intervals of both, as if machines and clusters were independent. */
export class TailIntervals {
  private readonly tail: Tail;
  private readonly rates: ExcessRates;

  constructor(tail: Tail) {
    this.tail = tail;
    const { threshold_mib } = tail.diagnostics;
    const excesses = new Excesses(tail.clusters.peak.map((peak) => peak - threshold_mib));
    this.rates = new ExcessRates(excesses, tail.fit, tail.exposure);
  }

  rateAbove(size: MiB): Estimated {
    const estimate = rateAbove(this.tail, size);
    if (size >= this.tail.bound) return { estimate, low: 0, high: 0 };
    const { low, high } = this.rates.rateInterval(size - this.tail.diagnostics.threshold_mib);
    // Beyond the law's end the estimate is none, and so is the lower limit.
    return { estimate, low: Math.min(low, estimate), high };
  }

  sizeFor(rate: number): Estimated {
    const { bound, diagnostics } = this.tail;
    const { threshold_mib } = diagnostics;
    const estimate = sizeFor(this.tail, rate);
    const { low, high } = this.rates.levelInterval(Math.max(1e-6, estimate - threshold_mib), rate);
    return { estimate, low: Math.min(bound, threshold_mib + low), high: Math.min(bound, threshold_mib + high) };
  }
}
