import { normal, Stream, type Threefry } from "../../random/index.js";
import { DURATION_LEVELS } from "../../trace/trace.js";
import { AZURE, ODDITIES, TRIGGERS } from "./azure-figures.js";
import { azureDraws, byScore, Quantiles } from "./azure-quantiles.js";

/** A row of the durations file, ms; whole numbers. Percentiles at DURATION_LEVELS. */
export interface DurationRow {
  readonly average: number;
  readonly count: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly percentiles: readonly number[];
}

const AVERAGES = new Quantiles(AZURE.averageDuration_ms);
/** How much a function's invocations say of its duration: busy ones are short, those above BUSY a day all the more. */
const RATE_TELLS = 0.35;
const BUSY = 1e5;
const BUSY_TELLS = 0.28;
/** A function's average of one day against another, as a deviation of its logarithm. */
const DAILY = 0.06;
/** How the longest of many half minutes grows with their number beyond a hundred, as a power; two hours is the longest of all. */
const OUTLIERS = 0.45;
const LONGEST_MS = 7200000;
/** Standard normal quantiles of the levels between the least and the greatest. */
const Z = { 1: -2.326, 25: -0.674, 75: 0.674, 99: 2.326 } as const;

/**
 * Where each function's average duration lies in the population, 0 … 1: evenly, so that its quantiles are met, in an order that
 * depends on its trigger and its invocations.
 */
export function durationRanks(trigger: Uint8Array, invocations: Float64Array, seed: number): Float64Array {
  const draws = azureDraws(seed, "duration ranks");
  const n = trigger.length;
  const byRate = byScore(n, (f) => invocations[f]!);
  const rate = new Float64Array(n);
  byRate.forEach((f, rank) => {
    rate[f] = Math.sqrt(12) * ((rank + 0.5) / n - 0.5);
  });
  const noise = Math.sqrt(1 - RATE_TELLS * RATE_TELLS);
  const order = byScore(n, (f) => {
    const busy = BUSY_TELLS * Math.max(0, Math.log(invocations[f]! / BUSY));
    const own = noise * normal(new Stream(draws.derive(f, 0)));
    return AZURE.triggers[TRIGGERS[trigger[f]!]!].duration - RATE_TELLS * rate[f]! + own - busy;
  });
  const ranks = new Float64Array(n);
  order.forEach((f, rank) => {
    ranks[f] = (rank + 0.5) / n;
  });
  return ranks;
}

/**
 * A function's row. `rank`: 0 … 1 among all; `windows`: half minutes of the day that it ran in, of whose averages the
 * percentiles are; `typical`, the same on all days, gives the shape, `daily` the day's difference, which `first` has none of.
 * `clean`: Count is the invocations and percentiles 0 and 100 are Minimum and Maximum.
 */
export function durationRow(
  rank: number,
  invocations: number,
  windows: number,
  typical: Threefry,
  daily: Threefry,
  first: boolean,
  clean: boolean,
): DurationRow {
  const shape = new Stream(typical);
  const day = new Stream(daily);
  const wander = first ? 1 : Math.exp(DAILY * normal(day));
  const average = Math.round(AVERAGES.at(rank) * wander);
  const count = clean ? invocations : countOf(invocations, day);
  if (count === 1)
    return { average, count, minimum: average, maximum: average, percentiles: DURATION_LEVELS.map(() => average) };
  const spread = Math.min(2, 0.55 * Math.exp(1.1 * normal(shape)));
  const upper = spread * Math.exp(0.25 + 0.45 * normal(shape));
  const lower = spread * Math.exp(-0.35 + 0.5 * normal(shape));
  const seen = Math.max(1, Math.min(count, windows));
  const furthest = Math.min(4, Math.sqrt(2 * Math.log(seen + 1)) * 0.85);
  const at = (z: number): number => {
    const cut = Math.max(-furthest, Math.min(furthest, z));
    return Math.exp((cut > 0 ? Math.min(upper, 2.2) : Math.min(lower, 1.8)) * cut);
  };
  const outlier = Math.exp(OUTLIERS * Math.max(0, Math.log(seen / 100)) * 2 * shape.uniform());
  const levels = [at(-furthest), at(Z[1]), at(Z[25]), 1, at(Z[75]), at(Z[99]), at(furthest) * outlier];
  const unit = average / (meanOf(levels) * (0.83 + 0.32 * day.uniform()));
  const longest = Math.max(average, LONGEST_MS);
  const percentiles = levels.map((level) => Math.min(longest, Math.round(unit * level)));
  return { average, count, percentiles, ...extremes(percentiles, average, count, day, clean) };
}

/** Least and greatest single durations; with many invocations they lie outside the half minutes' averages. */
function extremes(percentiles: readonly number[], average: number, count: number, day: Stream, clean: boolean) {
  const [least, most] = [Math.min(percentiles[0]!, average), Math.max(percentiles.at(-1)!, average)];
  const chance = clean ? 0 : count <= 30 ? 0.1 : count <= 3000 ? 0.18 : count <= 1e5 ? 0.7 : 0.95;
  const [low, high] = [day.uniform() < chance, day.uniform() < chance];
  return {
    minimum: low ? Math.floor(least * day.uniform()) : least,
    maximum: high ? Math.max(most, Math.min(LONGEST_MS, Math.ceil(most * Math.exp(1.6 * day.uniform())))) : most,
  };
}

/** Count is of durations, not of invocations: the two agree for most functions only. */
function countOf(invocations: number, day: Stream): number {
  const uniform = day.uniform();
  if (uniform < ODDITIES.countFarBelow) return Math.max(1, Math.round(invocations * (0.2 + 0.75 * day.uniform())));
  if (uniform > ODDITIES.countFarBelow + ODDITIES.countOff) return invocations;
  return Math.max(1, Math.round(invocations * (1 + 0.012 * normal(day))));
}

/** The mean of a distribution with these percentiles at DURATION_LEVELS, log-uniform between them. */
function meanOf(levels: readonly number[]): number {
  let mean = 0;
  for (let i = 1; i < levels.length; i++) {
    const [low, high] = [levels[i - 1]!, levels[i]!];
    const width = (DURATION_LEVELS[i]! - DURATION_LEVELS[i - 1]!) / 100;
    mean += width * (high > low * 1.000001 ? (high - low) / Math.log(high / low) : low);
  }
  return mean;
}

/** What a clock that went back leaves in a row. */
export function negative(row: DurationRow): DurationRow {
  return { ...row, average: -41 * (row.average + 1), minimum: -1027 * (row.average + 1) };
}
