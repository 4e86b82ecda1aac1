import { keyed, PURPOSE } from "../../src/random/index.js";
import { andersonDarling } from "../../src/statistics/anderson-darling.js";
import { clustering } from "../../src/statistics/extremal-index.js";
import {
  Excesses,
  exceededWith,
  fitGeneralisedPareto,
  type GeneralisedPareto,
  survival,
} from "../../src/statistics/generalised-pareto.js";
import { ExcessRates, type Interval, shapeInterval } from "../../src/statistics/profile-likelihood.js";

/** Share of simulations in which a 95 % interval holds the truth. */
export interface Coverage {
  readonly shape: number;
  /** Of the level that is exceeded once in ten times the observed time. */
  readonly level: number;
  /** Of the rate at which that level is exceeded. */
  readonly rate: number;
}

const holds = ({ low, high }: Interval, truth: number) => low <= truth && truth <= high;

/** Fits and their intervals for `simulations` lots of excesses of one law, whose events come at rate 1 an hour. */
function coverageOf(law: GeneralisedPareto, lots: readonly { excesses: Float64Array; exposure: number }[]): Coverage {
  const held = { shape: 0, level: 0, rate: 0 };
  for (const { excesses: values, exposure } of lots) {
    const excesses = new Excesses(values);
    const fit = fitGeneralisedPareto(excesses);
    const rates = new ExcessRates(excesses, fit, exposure);
    const rare = 1 / (10 * exposure);
    const truth = exceededWith(law, rare);
    const level = exceededWith(fit, Math.min(1, (rare * exposure) / values.length));
    if (holds(shapeInterval(excesses, fit), law.shape)) held.shape++;
    if (holds(rates.levelInterval(level, rare), truth)) held.level++;
    if (holds(rates.rateInterval(truth), rare * (survival(law, truth) > 0 ? 1 : 0))) held.rate++;
  }
  const n = lots.length;
  return { shape: held.shape / n, level: held.level / n, rate: held.rate / n };
}

/** Independent excesses, as many as a Poisson process of rate 1 has in a time `n`. */
export function independent(shape: number, n: number, simulations: number): Coverage {
  const law = { shape, scale: 2 };
  const lots = Array.from({ length: simulations }, (_, simulation) => {
    const draws = keyed(simulation, PURPOSE.sample).derive(n, Math.round(100 * shape));
    const values: number[] = [];
    let at = -Math.log(1 - draws.uniform(0, 1));
    for (let i = 0; at < n; i++) {
      values.push(exceededWith(law, 1 - draws.uniform(i, 0)));
      at -= Math.log(1 - draws.uniform(i + 1, 1));
    }
    return { excesses: Float64Array.from(values), exposure: n };
  });
  return coverageOf(law, lots);
}

/**
 * The autoregression X' = X / 2 + (0 or 1/2), its values uniform in (0, 1), put through a generalised Pareto's quantile
 * function. All about it is known: values above a threshold come in rising runs, the extremal index is 1/2 at every
 * threshold, and a run's last is above the threshold by that very generalised Pareto law. (Chernick: A limit theorem for
 * the maximum of autoregressive processes with uniform marginal distributions, Ann. Probab. 9, 1981.)
 */
export function autoregressive(shape: number, n: number, simulations: number): Coverage & { index: number } {
  const law = { shape, scale: 2 };
  const p = 0.004;
  const length = Math.round((2 * n) / p);
  let indices = 0;
  const lots = Array.from({ length: simulations }, (_, simulation) => {
    const draws = keyed(simulation, PURPOSE.sample).derive(n, Math.round(1000 * shape) + 1);
    const times: number[] = [];
    const values: number[] = [];
    let left = draws.uniform(0, 1);
    for (let t = 0; t < length; t++) {
      if ((t & 31) === 0) draws.block(t, 2);
      // 1 - X, so that what is near the top keeps its digits.
      left = (left + ((draws.x0 >>> (t & 31)) & 1)) / 2;
      if (left < p) {
        times.push(t);
        values.push(exceededWith(law, left / p));
      }
    }
    const gaps = Float64Array.from({ length: times.length - 1 }, (_, i) => times[i + 1]! - times[i]!);
    const { runGap, extremalIndex } = clustering(gaps, 1);
    indices += extremalIndex;
    const maxima = [values[0]!];
    for (const [i, gap] of gaps.entries()) {
      if (gap > runGap) maxima.push(values[i + 1]!);
      else maxima[maxima.length - 1] = Math.max(maxima.at(-1)!, values[i + 1]!);
    }
    return { excesses: Float64Array.from(maxima), exposure: (length * p) / 2 };
  });
  return { ...coverageOf(law, lots), index: indices / simulations };
}

/** A^2 of samples of n values from laws fitted to them, ascending. */
export function distancesFromFits(shape: number, n: number, simulations: number): Float64Array {
  const law = { shape, scale: 1 };
  const distances = Float64Array.from({ length: simulations }, (_, simulation) => {
    const draws = keyed(simulation, PURPOSE.sample).derive(7, Math.round(100 * shape));
    const values = Float64Array.from({ length: n }, (_, i) => exceededWith(law, 1 - draws.uniform(i, 0))).sort();
    return andersonDarling(values, fitGeneralisedPareto(new Excesses(values)));
  });
  return distances.sort();
}
