import type { Interval } from "../../statistics/profile-likelihood.js";
import type { Dollars, MiB, Seconds } from "../../units.js";
import type { Capacity } from "../capacity.js";
import type { BackTest } from "./back-test.js";
import type { SwapBound } from "./bound.js";
import type { Drive, DriveVerdict } from "./drives.js";
import type { FleetClustering, Simultaneous } from "./fleet.js";
import type { KillRatio, PredictedKills } from "./kill-prediction.js";
import type { KillRate } from "./kills.js";
import type { Shortcut } from "./shortcut.js";
import type { ThresholdFit } from "./tail.js";
import type { SwapTraffic } from "./traffic.js";

/** What is asked. */
export interface SwapQuestion {
  /** Sizes to tell about; by default some between nothing and half as much again as there was. */
  readonly sizes?: readonly MiB[];
  /** Drives are judged for the size that a machine outgrows once in so long. */
  readonly every: Seconds;
  readonly drives: readonly Drive[];
}

/** An estimate with both of its 95 % intervals: by profile likelihood, and by blocks of time drawn again. */
export interface TwiceEstimated {
  readonly estimate: number;
  readonly profile: Interval;
  readonly bootstrap: Interval;
}

/** The size that a machine outgrows once in so long, in machine-time. */
export interface SizeFor {
  readonly every_s: Seconds;
  readonly size_mib: TwiceEstimated;
  /** More than ten times as long as was observed, machine by machine. */
  readonly far: boolean;
}

/** One size of swap. */
export interface SizeRow {
  readonly size_mib: MiB;
  /** Declustered up-crossings that were seen, and a machine-day. */
  readonly overflows: number;
  readonly overflows_per_machine_day: number;
  /** By the fitted law; null below its threshold or where there is none. */
  readonly fitted_per_machine_day: TwiceEstimated | null;
  /** More than ten times the observed machine-days lie between overflows by the law. */
  readonly far: boolean;
  /** What a replay with so much swap killed; null where there is none. */
  readonly kills: KillRate | null;
  /** Predicted from the overflows and the ratio at the other sizes; null where no ratio is known. */
  readonly predicted_kills: PredictedKills | null;
  /** Chance that any machine of the fleet overflows, or kills (measured, else predicted, as where none was; null:
   * neither), in a day. */
  readonly any_overflow_in_a_day: number;
  readonly any_kill_in_a_day: number | null;
  /** Machines above the size at once, were swap unlimited. */
  readonly machines_above: Simultaneous;
  /** Least dollars a machine and month of a drive that fails on nothing, in as many as it takes; null: no price known. */
  readonly machine_month: Dollars | null;
  readonly drive: string | null;
}

/** What was fitted, or why nothing was. */
export interface TailReport {
  readonly chosen: ThresholdFit | null;
  readonly thresholds: readonly ThresholdFit[];
  /** Why nothing is extrapolated; null where something is. */
  readonly refused: string | null;
  readonly warnings: readonly string[];
  readonly sizes_for: readonly SizeFor[];
}

/** How machines differ: the numbers of their clusters, over their mean; 1 where they are alike (Poisson). */
export interface MachineSpread {
  readonly dispersion: number;
  readonly machines_with_enough: number;
  /** Fits of machines that have LEAST_CLUSTERS clusters of their own. */
  readonly shapes: readonly { readonly machine: number; readonly clusters: number; readonly shape: number }[];
}

/** How much swap machines need under one scheduler. Plain data, but that numbers may be Infinity. */
export interface SwapAnalysis {
  readonly run: string;
  readonly trace: string;
  readonly scheduler: string;
  readonly machines: number;
  readonly ram_mib: MiB;
  readonly machine_days: number;
  readonly bound: SwapBound;
  /** The most that was in swap at once: over machines the median, and the most. */
  readonly peak_mib: { readonly median: number; readonly max: number };
  readonly tail: TailReport;
  readonly machine_spread: MachineSpread | null;
  readonly fleet: FleetClustering | null;
  readonly sizes: readonly SizeRow[];
  readonly ratios: readonly KillRatio[];
  readonly traffic: SwapTraffic;
  /** The size that the drives are judged for. */
  readonly drives_for_mib: MiB;
  readonly drives: readonly DriveVerdict[];
  readonly shortcut: Shortcut | null;
  readonly back_test: BackTest | null;
  readonly capacity: readonly Capacity[];
}
