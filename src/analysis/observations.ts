import { enough, quantiles } from "../statistics/quantile.js";
import type { Estimate, Quantiles } from "./summary.js";

const CHUNK = 65536;
const QUANTILES = [0.5, 0.99, 0.999] as const;

/** Observations of one quantity; memory is what they need and at most one chunk more. */
export class Observations {
  length = 0;
  sum = 0;
  /** Smallest of those that may still grow. */
  leastOpen = Number.POSITIVE_INFINITY;
  private readonly full: Float64Array[] = [];
  private filling = new Float64Array(CHUNK);
  private at = 0;

  /** Not NaN. */
  add(value: number): void {
    if (this.at === CHUNK) {
      this.full.push(this.filling);
      this.filling = new Float64Array(CHUNK);
      this.at = 0;
    }
    this.filling[this.at++] = value;
    this.length++;
    this.sum += value;
  }

  /** Of an invocation that has not ended: its value can only grow. */
  addOpen(value: number): void {
    this.add(value);
    if (value < this.leastOpen) this.leastOpen = value;
  }

  /** Moves the values to `target` from `offset` on, and forgets them. */
  moveTo(target: Float64Array, offset: number): void {
    let to = offset;
    for (let i = 0; i < this.full.length; i++, to += CHUNK) {
      target.set(this.full[i]!, to);
      this.full[i] = NOTHING;
    }
    target.set(this.filling.subarray(0, this.at), to);
    this.filling = NOTHING;
  }
}

const NOTHING = new Float64Array(0);

/** Estimates of one quantity. */
export type Estimates = Quantiles & { readonly mean: Estimate };

/** Estimates of each group's observations, and of all together. The observations are used up. */
export function estimate(groups: readonly Observations[]): { each: Estimates[]; all: Estimates } {
  const length = groups.reduce((sum, group) => sum + group.length, 0);
  const values = new Float64Array(length);
  let from = 0;
  const each = groups.map((group) => {
    group.moveTo(values, from);
    const own = values.subarray(from, from + group.length);
    from += group.length;
    return estimates(own, group.sum, group.leastOpen);
  });
  const sum = groups.reduce((total, group) => total + group.sum, 0);
  const leastOpen = Math.min(...groups.map((group) => group.leastOpen));
  return { each, all: estimates(values, sum, leastOpen) };
}

/** Reorders the values. */
function estimates(values: Float64Array, sum: number, leastOpen: number): Estimates {
  const n = values.length;
  const found = quantiles(values, n, QUANTILES);
  const [p50, p99, p999] = QUANTILES.map((q, i) => bounded(enough(n, q) ? found[i]! : null, leastOpen));
  const mean = n > 0 ? sum / n : null;
  const meanIsBound = mean !== null && mean < Number.POSITIVE_INFINITY && leastOpen < Number.POSITIVE_INFINITY;
  return { p50: p50!, p99: p99!, p999: p999!, mean: { value: mean, lower_bound: meanIsBound } };
}

function bounded(value: number | null, leastOpen: number): Estimate {
  return { value, lower_bound: value !== null && value < Number.POSITIVE_INFINITY && leastOpen <= value };
}
