import { quantileIndex } from "./quantile.js";

/** A bin is what the leading bits of a double say: its exponent and so many bits after it. */
const BITS = 7;
const SHIFT = 20 - BITS;
/** Relative error of a quantile, at most: half a bin is 1/256 of its lower edge. */
export const SKETCH_ERROR = 1 / 256;

const number = new Float64Array(1);
const words = new Uint32Array(number.buffer);

/** A bin's values: from `edgeOf(bin)` on, and below `edgeOf(bin + 1)`. */
export function edgeOf(bin: number): number {
  words[0] = 0;
  words[1] = bin << SHIFT;
  return number[0]!;
}

/** A part of a sketch: how many values are from `from` on and below `to`; 0 and Infinity have both ends in common. */
export interface SketchBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/**
 * Quantiles of any number of values >= 0 in bounded memory, as in an HDR histogram: 128 bins of equal width to a factor of
 * two, and bins of their own for 0 and Infinity. A quantile (Hyndman and Fan's type 1) is within SKETCH_ERROR of the exact one; 0,
 * Infinity, the least and the largest value are exact. Sketches of parts add up, in any order, to that of the whole. At
 * most 2 MB, for values over all that a double can be; some 10 KB for those from a millisecond to an hour.
 */
export class Sketch {
  /** Values, of them 0 and Infinity. */
  count = 0;
  zeros = 0;
  infinite = 0;
  /** Of the finite values above 0; Infinity and 0 where there are none. */
  least = Number.POSITIVE_INFINITY;
  largest = 0;
  /** How many are in bin `from` + i. */
  private bins = new Float64Array(0);
  private from = 0;

  /** Adds `times` values of `value`, which is not NaN and not below 0. */
  add(value: number, times = 1): void {
    this.count += times;
    if (value === 0) {
      this.zeros += times;
      return;
    }
    if (value === Number.POSITIVE_INFINITY) {
      this.infinite += times;
      return;
    }
    number[0] = value;
    const place = (words[1]! >>> SHIFT) - this.from;
    if (place >= 0 && place < this.bins.length) this.bins[place]! += times;
    else this.addBeyond(place + this.from, times);
    if (value < this.least) this.least = value;
    if (value > this.largest) this.largest = value;
  }

  /** Adds 0. */
  addZero(): void {
    this.count++;
    this.zeros++;
  }

  /** Adds what another sketch has. */
  merge(other: Sketch): void {
    this.count += other.count;
    this.zeros += other.zeros;
    this.infinite += other.infinite;
    this.least = Math.min(this.least, other.least);
    this.largest = Math.max(this.largest, other.largest);
    other.each((bin, count) => this.addBeyond(bin, count));
  }

  /** All that has values, ascending. */
  all(): SketchBin[] {
    const found: SketchBin[] = [];
    if (this.zeros > 0) found.push({ from: 0, to: 0, count: this.zeros });
    this.each((bin, count) => found.push({ from: edgeOf(bin), to: edgeOf(bin + 1), count }));
    const { infinite } = this;
    if (infinite > 0) found.push({ from: Number.POSITIVE_INFINITY, to: Number.POSITIVE_INFINITY, count: infinite });
    return found;
  }

  /** Adds a bin of another sketch; its `least` and `largest` are to be set, too. */
  addBin({ from, to, count }: SketchBin): void {
    if (to === 0 || from === Number.POSITIVE_INFINITY) {
      this.add(from, count);
      return;
    }
    number[0] = from;
    this.count += count;
    this.addBeyond(words[1]! >>> SHIFT, count);
  }

  /** Quantile q, 0 < q <= 1; NaN where there are no values. */
  quantile(q: number): number {
    if (this.count === 0) return Number.NaN;
    let left = quantileIndex(this.count, q) - this.zeros;
    if (left < 0) return 0;
    if (left === this.count - this.zeros - this.infinite - 1) return this.largest;
    const { bins, from } = this;
    for (let i = 0; i < bins.length; i++) {
      left -= bins[i]!;
      if (left < 0) {
        const middle = (edgeOf(from + i) + edgeOf(from + i + 1)) / 2;
        return Math.min(this.largest, Math.max(this.least, middle));
      }
    }
    return Number.POSITIVE_INFINITY;
  }

  private each(tell: (bin: number, count: number) => void): void {
    const { bins, from } = this;
    for (let i = 0; i < bins.length; i++) if (bins[i]! > 0) tell(from + i, bins[i]!);
  }

  /** Forgets all values; memory stays as it is. */
  clear(): void {
    this.count = 0;
    this.zeros = 0;
    this.infinite = 0;
    this.least = Number.POSITIVE_INFINITY;
    this.largest = 0;
    this.bins.fill(0);
  }

  private addBeyond(bin: number, count: number): void {
    const { bins, from } = this;
    if (bins.length === 0) {
      this.bins = new Float64Array(4 << BITS);
      this.from = Math.max(0, bin - (2 << BITS));
    } else if (bin < from || bin >= from + bins.length) {
      const low = Math.min(from, Math.max(0, bin - (1 << BITS)));
      const high = Math.max(from + bins.length, bin + 1 + (1 << BITS));
      this.bins = new Float64Array(high - low);
      this.bins.set(bins, from - low);
      this.from = low;
    }
    this.bins[bin - this.from]! += count;
  }
}
