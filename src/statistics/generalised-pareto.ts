import { maximum } from "./search.js";

/** A generalised Pareto distribution of values above 0; shape 0 is the exponential, below 0 it ends at -scale / shape. */
export interface GeneralisedPareto {
  readonly shape: number;
  readonly scale: number;
}

/** Chance to exceed x >= 0. */
export function survival({ shape, scale }: GeneralisedPareto, x: number): number {
  const theta = shape / scale;
  if (1 + theta * x <= 0) return 0;
  return Math.exp(-logTerm(theta, x) / scale);
}

/** The value that is exceeded with chance p, 0 < p <= 1. */
export function exceededWith({ shape, scale }: GeneralisedPareto, p: number): number {
  const depth = -Math.log(p);
  return Math.abs(shape) < 1e-9 ? scale * depth : (scale * Math.expm1(shape * depth)) / shape;
}

/** log(1 + theta x) / theta, which is x at theta 0. */
export function logTerm(theta: number, x: number): number {
  return Math.abs(theta * x) < 1e-8 ? x * (1 - (theta * x) / 2) : Math.log1p(theta * x) / theta;
}

/** Least shape that is looked at: below it the likelihood has no maximum. */
export const LEAST_SHAPE = -1;
/** Range of v = log(1 + theta x largest), from an end just above the largest value to shapes far above 2. */
const FROM = -12;
const TO = 22;
/** Nodes of v an interpolated sum rests on, and how many of them a first look skips. */
const STEP = 0.125;
const STRIDE = 8;
const NODES = Math.round((TO - FROM) / STEP) + 1;
/** Nodes that one interpolated sum is made of. */
const POINTS = 6;
const WIDTH = 1e-7;

/** A likelihood as a function of theta = shape / scale, of A, the sum of log(1 + theta x), and of B = A / theta. */
export type Likelihood = (theta: number, a: number, b: number) => number;

/**
 * Values above 0 whose law is asked for, with what every likelihood of them is made of: that of a theta and a scale is
 * -n log scale - B / scale - A. (Grimshaw: Computing maximum likelihood estimates for the generalized Pareto
 * distribution, Technometrics 35, 1993.) log B is smooth in v; between nodes, each of which costs a logarithm a value, it
 * is interpolated, with an error below 1e-8.
 */
export class Excesses {
  readonly values: Float64Array;
  readonly largest: number;
  readonly mean: number;
  /** log B at the nodes that have been asked for. */
  private readonly nodes = new Float64Array(NODES).fill(Number.NaN);

  /** One value or more, none negative and not all zero. */
  constructor(values: Float64Array) {
    this.values = values;
    let sum = 0;
    let largest = 0;
    for (const x of values) {
      sum += x;
      if (x > largest) largest = x;
    }
    this.largest = largest;
    this.mean = sum / values.length;
  }

  get count(): number {
    return this.values.length;
  }

  /** The largest likelihood of the thetas in (from, to), and where it is. */
  best(
    likelihood: Likelihood,
    from = Number.NEGATIVE_INFINITY,
    to = Number.POSITIVE_INFINITY,
  ): { readonly theta: number; readonly most: number } {
    const { largest } = this;
    const v = (theta: number) => (theta * largest <= -1 ? FROM : Math.log1p(theta * largest));
    const [low, high] = [Math.max(FROM, v(from)), Math.min(TO, v(to))];
    const at = (x: number) => {
      const theta = Math.expm1(x) / largest;
      const b = Math.exp(this.logB(x));
      return likelihood(theta, theta * b, b);
    };
    let best = (low + high) / 2;
    let most = at(best);
    for (let node = Math.ceil((low - FROM) / STEP); FROM + node * STEP <= high; node += STRIDE) {
      const x = FROM + node * STEP;
      const found = at(x);
      if (found > most) {
        most = found;
        best = x;
      }
    }
    const reach = STRIDE * STEP;
    best = maximum(at, Math.max(low, best - reach), Math.min(high, best + reach), WIDTH);
    return { theta: Math.expm1(best) / largest, most: at(best) };
  }

  private logB(v: number): number {
    const place = (v - FROM) / STEP;
    const first = Math.min(NODES - POINTS, Math.max(0, Math.floor(place) - POINTS / 2 + 1));
    const t = place - first;
    let sum = 0;
    for (let i = 0; i < POINTS; i++) {
      let weight = 1;
      for (let j = 0; j < POINTS; j++) if (j !== i) weight *= (t - j) / (i - j);
      if (weight !== 0) sum += weight * this.node(first + i);
    }
    return sum;
  }

  private node(index: number): number {
    const known = this.nodes[index]!;
    if (!Number.isNaN(known)) return known;
    const { values } = this;
    const theta = Math.expm1(FROM + index * STEP) / this.largest;
    let b = 0;
    if (theta === 0) b = this.count * this.mean;
    else {
      for (let i = 0; i < values.length; i++) b += Math.log1p(theta * values[i]!);
      b /= theta;
    }
    const found = Math.log(b);
    this.nodes[index] = found;
    return found;
  }
}

/** A law fitted to values, and how well it does. */
export interface Fit extends GeneralisedPareto {
  readonly logLikelihood: number;
}

/** The law under which the values are likeliest, of those with a shape of -1 or above. */
export function fitGeneralisedPareto(excesses: Excesses): Fit {
  const { count } = excesses;
  const scaleAt = (theta: number, b: number) => (theta < 0 ? Math.min(b / count, LEAST_SHAPE / theta) : b / count);
  let scale = excesses.mean;
  const { theta, most } = excesses.best((at, a, b) => {
    scale = scaleAt(at, b);
    return -count * Math.log(scale) - b / scale - a;
  });
  // The likelihood was asked for last where it is largest.
  return { shape: theta * scale, scale, logLikelihood: most };
}
