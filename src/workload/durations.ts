import { PURPOSE } from "../random/index.js";
import { type CountTrace, DURATION_LEVELS } from "../trace/trace.js";
import type { Seconds } from "../units.js";
import { BracketTable } from "./bracket-table.js";
import type { FunctionKeys } from "./function-keys.js";
import { type Repairs, RowsByDay, repaired, type Source } from "./percentiles.js";
import { publishedDuration } from "./population.js";

const LEVELS = DURATION_LEVELS.length;

/** Percentile rows as found and used: how many needed which repair, and which could not be scaled to their average. */
export interface DurationReport {
  rows_used: number;
  rows_with_negative_percentiles: number;
  rows_with_descending_percentiles: number;
  /** Rows with an average but without all percentiles: every duration is the average. */
  rows_of_average_alone: number;
  unscaled_average_missing: number;
  unscaled_average_not_positive: number;
  unscaled_average_outside_minimum_maximum: number;
  unscaled_percentiles_all_zero: number;
}

/**
 * Runtimes of a count trace's functions. A function's durations have the percentiles of its row for the day; without one,
 * of the nearest day it has; without any, of a donor: a function drawn (keyed by the function) from those of its trigger
 * that have rows, or from all; in a trace without any, from the published population.
 *
 * A row is scaled so that its mean is the provider's Average, where 0 < Average and Minimum <= Average <= Maximum;
 * the percentiles are those of 30-second averages, and interpolation between them inflates the mean.
 * Runtime = duration x CPU fraction, cut to the longest runtime.
 */
export class Durations {
  readonly report: DurationReport = {
    rows_used: 0,
    rows_with_negative_percentiles: 0,
    rows_with_descending_percentiles: 0,
    rows_of_average_alone: 0,
    unscaled_average_missing: 0,
    unscaled_average_not_positive: 0,
    unscaled_average_outside_minimum_maximum: 0,
    unscaled_percentiles_all_zero: 0,
  };
  /** Runtimes in seconds before the cap; a profile is a row of it. */
  readonly table = new BracketTable(DURATION_LEVELS);
  private readonly trace: CountTrace;
  private readonly cpuFraction: number;
  private readonly maxRuntime: Seconds;
  private readonly rows: RowsByDay;
  private readonly profileOfRow: Int32Array;
  private readonly published = new Map<number, number>();
  private readonly donors = new Map<string | null, number[]>();
  private readonly everyDonor: number[];
  private readonly draws: ReturnType<FunctionKeys["of"]>;

  constructor(trace: CountTrace, keys: FunctionKeys, cpuFraction: number, maxRuntime: Seconds) {
    const { durations } = trace;
    this.trace = trace;
    this.cpuFraction = cpuFraction;
    this.maxRuntime = maxRuntime;
    this.rows = new RowsByDay(durations.length, durations.day, (row) =>
      isUsable(durations.percentiles, row, durations.average[row]!) ? durations.functionId[row]! : -1,
    );
    this.profileOfRow = new Int32Array(durations.length).fill(-1);
    this.everyDonor = this.rows.owners();
    for (const f of this.everyDonor) {
      const trigger = trace.functions.trigger[f] ?? null;
      const known = this.donors.get(trigger);
      if (known) known.push(f);
      else this.donors.set(trigger, [f]);
    }
    this.draws = keys.of(PURPOSE.donor);
  }

  /** The function's profile on a day of the trace, and where it came from. */
  of(functionId: number, day: number): { profile: number; source: Source } {
    const own = this.rows.nearest(functionId, day);
    if (own >= 0) {
      return { profile: this.ofRow(own), source: this.trace.durations.day[own] === day ? "own" : "nearest_day" };
    }
    const uniform = this.draws(functionId).uniform(0, 0);
    const donors = this.donors.get(this.trace.functions.trigger[functionId] ?? null) ?? this.everyDonor;
    if (donors.length === 0) return { profile: this.fromPopulation(functionId, uniform), source: "published" };
    const donor = donors[Math.floor(uniform * donors.length)]!;
    return { profile: this.ofRow(this.rows.nearest(donor, day)), source: "donor" };
  }

  /** Mean runtime of a profile, the cap included. */
  mean(profile: number): Seconds {
    return this.table.mean(profile, this.maxRuntime);
  }

  /** Longest runtime of a profile, the cap included. */
  longest(profile: number): Seconds {
    return Math.min(this.table.highest(profile), this.maxRuntime);
  }

  private ofRow(row: number): number {
    const known = this.profileOfRow[row]!;
    if (known >= 0) return known;
    const { report } = this;
    report.rows_used++;
    const repairs: Repairs = { negative: false, descending: false };
    const average = this.trace.durations.average[row]!;
    let percentiles = repaired(this.trace.durations.percentiles, row, LEVELS, repairs);
    if (percentiles === null) {
      percentiles = new Float64Array(LEVELS).fill(average);
      report.rows_of_average_alone++;
    } else {
      if (repairs.negative) report.rows_with_negative_percentiles++;
      if (repairs.descending) report.rows_with_descending_percentiles++;
    }
    const profile = this.add(percentiles, this.target(row, average));
    this.profileOfRow[row] = profile;
    return profile;
  }

  /** The mean, in ms, that a row is to have, or NaN. */
  private target(row: number, average: number): number {
    const { minimum, maximum } = this.trace.durations;
    if (Number.isNaN(average)) this.report.unscaled_average_missing++;
    else if (!(average > 0)) this.report.unscaled_average_not_positive++;
    else if (average < minimum[row]! || average > maximum[row]!) this.report.unscaled_average_outside_minimum_maximum++;
    else return average;
    return Number.NaN;
  }

  private add(percentiles: ArrayLike<number>, target: number): number {
    const perMs = this.cpuFraction / 1000;
    if (Number.isNaN(target)) return this.table.add(percentiles, perMs);
    const mean = meanOf(percentiles);
    if (mean === 0) this.report.unscaled_percentiles_all_zero++;
    return this.table.add(percentiles, mean === 0 ? perMs : (target / mean) * perMs);
  }

  private fromPopulation(functionId: number, uniform: number): number {
    const known = this.published.get(functionId);
    if (known !== undefined) return known;
    const { percentiles, average } = publishedDuration(uniform);
    const profile = this.add(percentiles, average);
    this.published.set(functionId, profile);
    return profile;
  }
}

/** All percentiles, or at least a positive average. */
function isUsable(percentiles: Float64Array, row: number, average: number): boolean {
  if (average > 0) return true;
  for (let i = row * LEVELS; i < (row + 1) * LEVELS; i++) if (Number.isNaN(percentiles[i]!)) return false;
  return true;
}

function meanOf(percentiles: ArrayLike<number>): number {
  const table = new BracketTable(DURATION_LEVELS);
  return table.mean(table.add(percentiles));
}
