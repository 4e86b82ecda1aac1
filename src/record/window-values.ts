import { enough, quantiles } from "../statistics/quantile.js";
import { OUTCOMES } from "../table/index.js";

/** Quantiles of a row of windows.arrow, before the largest value. */
export const QUANTILES = [0.5, 0.9, 0.99, 0.999] as const;

/** What is kept of a window and class. */
export interface WindowValues {
  /** Invocations by index into OUTCOMES. */
  readonly outcomes: Float64Array;
  clear(): void;
  /** [mean, p50, p90, p99, p999, max] of latency, then of slowdown; NaN for what there are too few values for. */
  statistics(): number[];
}

/** Every value, for exact quantiles. */
export class ExactValues implements WindowValues {
  readonly outcomes = new Float64Array(OUTCOMES.length);
  readonly latency = new Latencies();
  readonly slowdown = new Slowdowns();

  clear(): void {
    this.outcomes.fill(0);
    this.latency.clear();
    this.slowdown.clear();
  }

  statistics(): number[] {
    return [...this.latency.statistics(), ...this.slowdown.statistics()];
  }
}

class Latencies {
  private list = new Float64Array(64);
  private length = 0;

  add(value: number, expected: number): void {
    if (this.length === this.list.length) this.list = longer(this.list, expected);
    this.list[this.length++] = value;
  }

  clear(): void {
    this.length = 0;
  }

  statistics(): number[] {
    return statisticsOf(this.list, this.length, 0);
  }
}

/** A slowdown of 1, the least there can be and mostly is, is only counted. */
class Slowdowns {
  private list = new Float64Array(64);
  private length = 0;
  private ones = 0;

  add(excess: number): void {
    const value = 1 + excess;
    if (value === 1) {
      this.ones++;
      return;
    }
    if (this.length === this.list.length) this.list = longer(this.list, 0);
    this.list[this.length++] = value;
  }

  clear(): void {
    this.length = 0;
    this.ones = 0;
  }

  statistics(): number[] {
    return statisticsOf(this.list, this.length, this.ones);
  }
}

function longer(list: Float64Array, expected: number): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(Math.max(2 * list.length, expected));
  longer.set(list);
  return longer;
}

/** Of the first `length` of a list and a number of ones. */
function statisticsOf(list: Float64Array, length: number, ones: number): number[] {
  const count = ones + length;
  const sum = new PreciseSum(ones);
  for (let i = 0; i < length; i++) sum.add(list[i]!);
  const found = quantiles(list, length, [...QUANTILES, 1], { value: 1, count: ones });
  const printed = QUANTILES.map((q, i) => (enough(count, q) ? found[i]! : Number.NaN));
  return [sum.value() / count, ...printed, found[QUANTILES.length]!];
}

/** A sum to twice the precision (Neumaier's), so that it does not depend on the order in which rows ended. */
export class PreciseSum {
  private sum: number;
  private lost = 0;

  constructor(start = 0) {
    this.sum = start;
  }

  add(value: number): void {
    const { sum } = this;
    const next = sum + value;
    this.lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    this.sum = next;
  }

  merge(other: PreciseSum): void {
    this.add(other.sum);
    this.lost += other.lost;
  }

  clear(): void {
    this.sum = 0;
    this.lost = 0;
  }

  value(): number {
    return this.sum + (Number.isFinite(this.sum) ? this.lost : 0);
  }
}
