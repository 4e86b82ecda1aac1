import { enough, quantiles } from "../statistics/quantile.js";
import { Sketch } from "../statistics/sketch.js";

const QUANTILES = [0.5, 0.9, 0.99, 0.999] as const;

/** The latencies, or slowdowns, of a window and class. */
export interface WindowValues {
  /** Adds a latency, or by how much a slowdown is above 1; `expected` values may be known to come in all. */
  add(value: number, expected: number): void;
  clear(): void;
  /** [mean, p50, p90, p99, p999, max], NaN for what there are too few values for. */
  statistics(): number[];
}

/** Both of a window and class. */
export interface WindowCell {
  readonly latency: WindowValues;
  readonly slowdown: WindowValues;
}

/** Every value, for exact quantiles. */
export const exactCell = (): WindowCell => ({ latency: new Latencies(), slowdown: new Slowdowns() });

/** A sketch, whose quantiles are within SKETCH_ERROR, in memory that does not grow with the values. */
export const sketchCell = (): WindowCell => ({ latency: new Sketched(0), slowdown: new Sketched(1) });

class Latencies implements WindowValues {
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
class Slowdowns implements WindowValues {
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

  clear(): void {
    this.sum = 0;
    this.lost = 0;
  }

  value(): number {
    return this.sum + (Number.isFinite(this.sum) ? this.lost : 0);
  }
}

/** Of values from `floor` on, told as what they have above it. */
class Sketched implements WindowValues {
  private readonly floor: number;
  private readonly sketch = new Sketch();
  private readonly sum = new PreciseSum();

  constructor(floor: number) {
    this.floor = floor;
  }

  add(value: number): void {
    this.sketch.add(this.floor + value === this.floor ? 0 : value);
    this.sum.add(value);
  }

  clear(): void {
    this.sketch.clear();
    this.sum.clear();
  }

  statistics(): number[] {
    const { floor, sketch } = this;
    const { count } = sketch;
    const printed = QUANTILES.map((q) => (enough(count, q) ? floor + sketch.quantile(q) : Number.NaN));
    return [floor + this.sum.value() / count, ...printed, floor + sketch.quantile(1)];
  }
}
