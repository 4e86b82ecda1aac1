import { countRange } from "../../statistics/poisson-mixture.js";
import type { MiB } from "../../units.js";

/** Kills over overflows, at a size where both are known. */
export interface KillRatio {
  readonly size_mib: MiB;
  /** Kills and overflows, a machine-day. */
  readonly kills: number;
  readonly overflows: number;
  readonly ratio: number;
}

/** Sizes at which something was killed and the unlimited replay went above, by size. */
export function killRatios(
  known: readonly { readonly size_mib: MiB; readonly kills: number; readonly overflows: number }[],
): KillRatio[] {
  return known
    .filter(({ kills, overflows }) => kills > 0 && overflows > 0)
    .map((of) => ({ ...of, ratio: of.kills / of.overflows }))
    .sort((a, b) => a.size_mib - b.size_mib);
}

/** A ratio, and the standard error of its logarithm, from the numbers of kills that it rests on. */
export interface RatioEstimate {
  readonly ratio: number;
  readonly error: number;
}

/**
 * The ratio at a size that was not replayed: between two sizes that were, linear in its logarithm; beyond the outermost,
 * theirs. Null where none is known. `ratios` ascend by size; `days` are the machine-days that their rates are from.
 */
export function ratioAt(ratios: readonly KillRatio[], size: MiB, days: number): RatioEstimate | null {
  if (ratios.length === 0) return null;
  const above = ratios.findIndex(({ size_mib }) => size_mib >= size);
  // Kills over overflows of the same time: what varies is mostly their numbers.
  const variance = ({ kills, overflows }: KillRatio) => 1 / (kills * days) + 1 / (overflows * days);
  if (above <= 0) {
    const [last, next] = above === 0 ? [ratios[0]!, ratios[1]] : [ratios.at(-1)!, ratios.at(-2)];
    // How it goes on is as unsure as it was on the way to the outermost.
    const trend = Math.log(last.ratio / (next ?? last).ratio);
    return { ratio: last.ratio, error: Math.sqrt(variance(last) + trend * trend) };
  }
  const [a, b] = [ratios[above - 1]!, ratios[above]!];
  const share = (size - a.size_mib) / (b.size_mib - a.size_mib);
  const error = Math.sqrt((1 - share) * (1 - share) * variance(a) + share * share * variance(b));
  return { ratio: a.ratio * Math.exp(share * Math.log(b.ratio / a.ratio)), error };
}

/** Kills that overflows at a size predict. */
export interface PredictedKills {
  /** A machine-day. */
  readonly per_machine_day: number;
  /** In as much time as was looked at, with the 95 % range of their number. */
  readonly kills: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Kills foretold for `days` machine-days from the overflows a machine-day and replicates of them. The range holds what
 * the overflows, their number and the ratio are unsure by; `normal` gives standard normals for the latter.
 */
export function predictedKills(
  overflows: number,
  drawn: Float64Array,
  { ratio, error }: RatioEstimate,
  days: number,
  normal: (replicate: number) => number,
): PredictedKills {
  const means = drawn.map((rate, r) => rate * days * Math.exp(error * normal(r)));
  const { low, high } = countRange(means);
  const per_machine_day = ratio * overflows;
  return {
    per_machine_day,
    kills: per_machine_day * days,
    low: Math.floor(ratio * low),
    high: Math.ceil(ratio * high),
  };
}
