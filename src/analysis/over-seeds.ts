import { meanInterval } from "../statistics/student-t.js";

/** Fewer seeds than this give no interval. */
export const LEAST_SEEDS = 5;

/** One statistic of the same replay under several seeds. */
export interface OverSeeds {
  readonly seeds: number;
  /** Infinity where one of them is. */
  readonly mean: number;
  /** The least and the most of them. */
  readonly least: number;
  readonly most: number;
  /** Student's 95 % interval of the mean; null for fewer than LEAST_SEEDS, and where one is infinite. */
  readonly interval: { readonly low: number; readonly high: number } | null;
}

/** What the values of at least one seed come to. */
export function overSeeds(values: readonly number[]): OverSeeds {
  const seeds = values.length;
  const sum = values.reduce((total, value) => total + value, 0);
  const byT = seeds >= LEAST_SEEDS && Number.isFinite(sum) ? meanInterval(values) : null;
  return {
    seeds,
    mean: byT?.mean ?? sum / seeds,
    least: Math.min(...values),
    most: Math.max(...values),
    interval: byT && { low: byT.low, high: byT.high },
  };
}
