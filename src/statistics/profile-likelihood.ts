import { type Excesses, type Fit, LEAST_SHAPE, logTerm } from "./generalised-pareto.js";
import { crossing, maximum } from "./search.js";

/** Ends of a 95 % interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** What twice a log-likelihood falls by at the ends of a 95 % interval: that quantile of chi-square with one degree. */
const DROP = 3.841458820694124;
const MOST_SHAPE = 10;

/** 95 % profile-likelihood interval of the shape, within -1 … 10. */
export function shapeInterval(excesses: Excesses, fit: Fit): Interval {
  const deviance = (shape: number) => 2 * (fit.logLikelihood - likelihoodOfShape(excesses, shape)) - DROP;
  return {
    low: crossing(deviance, fit.shape, LEAST_SHAPE, 1e-4),
    high: crossing(deviance, fit.shape, outside(deviance, fit.shape, 0.25, MOST_SHAPE), 1e-4),
  };
}

/** Log-likelihood of a shape at the scale that suits it best. */
function likelihoodOfShape(excesses: Excesses, shape: number): number {
  const { count, mean } = excesses;
  if (Math.abs(shape) < 1e-7) return -count * Math.log(mean) - count;
  const likelihood = (theta: number, a: number) => -count * Math.log(shape / theta) - (1 + 1 / shape) * a;
  const tiny = 1e-9 / excesses.largest;
  const { most } = shape > 0 ? excesses.best(likelihood, tiny) : excesses.best(likelihood, undefined, -tiny);
  return most;
}

/**
 * Events that come at a constant rate and whose sizes exceed a threshold by a generalised Pareto law: `fit` of
 * `excesses`, which were seen over `exposure` (machine-days, say). Tells how often a level is exceeded, and the level for
 * a rate, each with a 95 % interval by the profile of the joint likelihood of rate, shape and scale.
 */
export class ExcessRates {
  private readonly excesses: Excesses;
  private readonly exposure: number;
  private readonly most: number;

  constructor(excesses: Excesses, fit: Fit, exposure: number) {
    this.excesses = excesses;
    this.exposure = exposure;
    const n = excesses.count;
    this.most = fit.logLikelihood + n * Math.log(n / exposure) - n;
  }

  /** Interval of the rate at which an excess of y > 0 is exceeded. */
  rateInterval(y: number): Interval {
    const rate = this.excesses.count / this.exposure;
    const deviance = (logRate: number) => this.deviance(y, Math.exp(logRate)) - DROP;
    const [low, high] = [Math.log(rate) - 40, Math.log(rate) + 3];
    const best = maximum((x) => -deviance(x), low, high, 1e-3);
    if (deviance(best) >= 0) return { low: 0, high: 0 };
    const least = crossing(deviance, best, low, 1e-4);
    return { low: least <= low ? 0 : Math.exp(least), high: Math.exp(crossing(deviance, best, high, 1e-4)) };
  }

  /** Interval of the excess that is exceeded at a rate below the events' own; `level` is the estimate, above 0. */
  levelInterval(level: number, rate: number): Interval {
    const deviance = (y: number) => this.deviance(y, rate) - DROP;
    const far = outside(deviance, level, level / 4, 1e9 * level);
    const high = deviance(far) < 0 ? Number.POSITIVE_INFINITY : crossing(deviance, level, far, 1e-5 * level);
    return { low: crossing(deviance, level, 1e-6 * level, 1e-5 * level), high };
  }

  /** Twice what the log-likelihood falls by where an excess of y is to be exceeded at `rate`. */
  private deviance(y: number, rate: number): number {
    const { excesses, exposure } = this;
    const n = excesses.count;
    const likelihood = (theta: number, a: number, b: number) => {
      const depth = logTerm(theta, y);
      const s = bestInverseScale(n, depth, rate * exposure, b, Math.max(0, -theta));
      return n * (Math.log(rate) + depth * s) - rate * exposure * Math.exp(depth * s) + n * Math.log(s) - b * s - a;
    };
    return 2 * (this.most - excesses.best(likelihood, -1 / Math.max(excesses.largest, y)).most);
  }
}

/** Where n L s - r e^(L s) + n log s - b s, which is concave in s, is largest at s >= least. Newton within a bracket. */
function bestInverseScale(n: number, depth: number, r: number, b: number, least: number): number {
  const slope = (s: number) => n * depth - r * depth * Math.exp(depth * s) + n / s - b;
  if (least > 0 && slope(least) <= 0) return least;
  let low = least;
  let high = Number.POSITIVE_INFINITY;
  let s = Math.max(n / Math.max(b, 1e-300), 2 * least);
  for (let i = 0; i < 200; i++) {
    const at = slope(s);
    if (at > 0) low = s;
    else high = s;
    const growth = r * depth * depth * Math.exp(depth * s);
    let next = s + at / (growth + n / (s * s));
    if (!(next > low && next < high)) next = high === Number.POSITIVE_INFINITY ? 2 * s : (low + high) / 2;
    if (Math.abs(next - s) <= 1e-12 * s) return next;
    s = next;
  }
  return s;
}

/** A place beyond `from`, at most `limit`, where f is no longer below zero; or the limit. Steps double. */
function outside(f: (x: number) => number, from: number, step: number, limit: number): number {
  for (let by = step; from + by < limit; by *= 2) if (f(from + by) >= 0) return from + by;
  return limit;
}
