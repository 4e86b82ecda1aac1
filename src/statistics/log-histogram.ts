import { quantileIndex } from "./quantile.js";

/** Bins per factor e: neighbouring edges are 1 % apart, so that a bin's middle is within 0.5 % of all its values. */
const PER_E = 100;
/** ln of the least value told from 0, and of the largest told from infinity: 1e-9 and 1e15, rounded outwards. */
const LOWEST = -21;
const HIGHEST = 35;

/**
 * Weighted quantiles of values >= 0 of any number in bounded memory: a histogram with bins of equal width in the logarithm. A
 * quantile is within 0.5 % of the exact one (Hyndman and Fan's type 1); the least and the largest value are exact.
 */
export class LogHistogram {
  /** Sum of the weights. */
  weight = 0;
  /** Of the values with a weight; NaN while there are none. */
  least = Number.NaN;
  largest = Number.NaN;
  private readonly bins = new Float64Array((HIGHEST - LOWEST) * PER_E + 1);

  /** Adds a value that stands for `weight` (a whole number; 0 adds nothing) of them. */
  add(value: number, weight = 1): void {
    if (weight === 0) return;
    this.weight += weight;
    if (!(value >= this.least)) this.least = value;
    if (!(value <= this.largest)) this.largest = value;
    const place = value > 0 ? Math.floor((Math.log(value) - LOWEST) * PER_E) + 1 : 0;
    this.bins[Math.min(this.bins.length - 1, Math.max(0, place))]! += weight;
  }

  /** Quantile q, 0 < q <= 1; NaN where there are no values. */
  quantile(q: number): number {
    if (this.weight === 0) return Number.NaN;
    const wanted = quantileIndex(this.weight, q);
    if (wanted === this.weight - 1) return this.largest;
    let bin = 0;
    for (let seen = this.bins[0]!; seen <= wanted; seen += this.bins[bin]!) bin++;
    const middle = bin === 0 ? 0 : Math.exp((bin - 0.5) / PER_E + LOWEST);
    return Math.min(this.largest, Math.max(this.least, middle));
  }
}
