import type { Threefry } from "./threefry.js";

/** Draws one after another under one key, for what needs a number of draws that nobody knows beforehand. */
export class Stream {
  private readonly generator: Threefry;
  private drawn = 0;

  constructor(generator: Threefry) {
    this.generator = generator;
  }

  /** A double in [0, 1) with 53 random bits. */
  uniform(): number {
    return this.generator.uniform(this.drawn++, 0);
  }
}

/** Exponential with mean 1, of a uniform in [0, 1). */
export function exponential(uniform: number): number {
  return -Math.log(1 - uniform);
}

/** Pareto with the least value `minimum` > 0 and tail index `shape` > 0, of a uniform in [0, 1). */
export function pareto(uniform: number, minimum: number, shape: number): number {
  return minimum * Math.exp(exponential(uniform) / shape);
}

/** Standard normal. Marsaglia's polar method: unlike Box and Muller's it needs no sine, which Node versions round apart. */
export function normal(stream: Stream): number {
  for (;;) {
    const x = 2 * stream.uniform() - 1;
    const y = 2 * stream.uniform() - 1;
    const square = x * x + y * y;
    if (square > 0 && square < 1) return x * Math.sqrt((-2 * Math.log(square)) / square);
  }
}

/**
 * Natural logarithm of a gamma variate with this shape > 0 and scale 1; the logarithm, because variates of shapes near
 * zero underflow. Marsaglia, Tsang: A simple method for generating gamma variables, TOMS 26 (2000), with its boost below 1.
 */
export function logGamma(stream: Stream, shape: number): number {
  if (shape < 1) return logGamma(stream, shape + 1) - exponential(stream.uniform()) / shape;
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(stream);
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root * root * root;
    if (Math.log(1 - stream.uniform()) < 0.5 * x * x + d * (1 - v + Math.log(v))) return Math.log(d * v);
  }
}

/** Upper ends in (0, 1] of the categories with these weights, none negative and their sum above zero. */
export function cumulative(weights: readonly number[]): Float64Array {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  const ends = Float64Array.from(weights, (weight) => {
    sum += weight;
    return sum / total;
  });
  const last = weights.findLastIndex((weight) => weight > 0);
  ends.fill(1, last);
  return ends;
}

/** The category of a uniform in [0, 1), of `cumulative`'s ends. */
export function category(ends: Float64Array, uniform: number): number {
  let i = 0;
  while (uniform >= ends[i]!) i++;
  return i;
}
