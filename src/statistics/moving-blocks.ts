import { drawBlocks, percentileInterval, type UniformAt } from "./block-bootstrap.js";
import { quantileIndex } from "./quantile.js";

/** Equal slices that a span of time is cut into; a block is so many of them in a row. */
export const SLICES = 250;
const BLOCK = 10;
const REPLICATES = 400;
/** Blocks side by side that must have values before an interval says something. */
const LEAST_BLOCKS = 10;
/** About so many values share a bin. */
const BINS = 2048;

/** Slices where the blocks of one replicate begin. */
export type Draw = Int32Array;

/**
 * Draws of a moving-block bootstrap (Künsch 1989): blocks of a 25th of the time, which may begin at any slice and, past the end, go
 * on at the start (Politis and Romano 1992), so that every slice is drawn equally often; as many as fill the time.
 */
export function movingBlocks(uniform: UniformAt): Draw[] {
  return Array.from({ length: REPLICATES }, (_, i) => drawBlocks(uniform, i, SLICES, SLICES / BLOCK));
}

/** Which slice of [from, to] a time is in. */
export function sliceOf(time: number, from: number, to: number): number {
  return Math.min(SLICES - 1, Math.max(0, Math.floor(((time - from) / (to - from)) * SLICES)));
}

/** 95 % percentile interval of a statistic over the draws; null where one of them leaves it undefined (NaN). */
export function drawnInterval(
  draws: readonly Draw[],
  of: (draw: Draw, replicate: number) => number,
): { low: number; high: number } | null {
  const replicates = Float64Array.from(draws, of);
  return replicates.some(Number.isNaN) ? null : percentileInterval(replicates);
}

/**
 * Values with the slice of time that each is in, made for exact quantiles and means of many draws: values are put in bins by
 * size, and the bins' counts added up over sizes and slices, so that a draw finds its bin by halving and looks only at the
 * values in that. No NaN; Infinity may be. O(n log n) to make.
 */
export class SlicedValues {
  /** Whether values are spread over enough blocks for an interval. */
  readonly spread: boolean;
  /** Upper ends of the bins, ascending and different; values at the end itself are counted, the others also kept. */
  private readonly ends: Float64Array;
  /** below[b * stride + s]: values in bins before b and slices before s; slices go round twice at most. */
  private readonly below: Float64Array;
  private readonly sums: Float64Array;
  private readonly infinite: Float64Array;
  private readonly starts: Uint32Array;
  private readonly inner: Float64Array;
  private readonly innerSlice: Uint8Array;
  private readonly sorted: Uint8Array;

  /** `slices` are 0 … SLICES - 1. */
  constructor(values: Float64Array, slices: ArrayLike<number>) {
    const ends = binEnds(values);
    const bins = ends.length;
    this.ends = ends;
    this.below = new Float64Array((bins + 1) * STRIDE);
    this.sums = new Float64Array(STRIDE);
    this.infinite = new Float64Array(STRIDE);
    this.starts = new Uint32Array(bins + 1);
    this.sorted = new Uint8Array(bins);
    const bin = new Uint16Array(values.length);
    for (let i = 0; i < values.length; i++) {
      const [value, slice] = [values[i]!, slices[i]!];
      const b = binOf(ends, value);
      bin[i] = b;
      this.below[(b + 1) * STRIDE + slice + 1]!++;
      if (value === Number.POSITIVE_INFINITY) this.infinite[slice + 1]!++;
      else this.sums[slice + 1]! += value;
      if (value < ends[b]!) this.starts[b + 1]!++;
    }
    for (let b = 0; b < bins; b++) this.starts[b + 1]! += this.starts[b]!;
    this.inner = new Float64Array(this.starts[bins]!);
    this.innerSlice = new Uint8Array(this.starts[bins]!);
    const next = this.starts.slice(0, bins);
    for (let i = 0; i < values.length; i++) {
      const b = bin[i]!;
      if (!(values[i]! < ends[b]!)) continue;
      this.inner[next[b]!] = values[i]!;
      this.innerSlice[next[b]!++] = slices[i]!;
    }
    for (const table of [this.sums, this.infinite]) accumulate(table, 0);
    for (let b = 1; b <= bins; b++) {
      accumulate(this.below, b * STRIDE);
      for (let s = 0; s < STRIDE; s++) this.below[b * STRIDE + s]! += this.below[(b - 1) * STRIDE + s]!;
    }
    this.spread = this.blocksWithValues() >= LEAST_BLOCKS;
  }

  /** Mean of the values of a draw; NaN where it has none. */
  mean(draw: Draw): number {
    const n = this.countBefore(this.ends.length, draw);
    if (n === 0) return Number.NaN;
    return over(this.infinite, 0, draw) > 0 ? Number.POSITIVE_INFINITY : over(this.sums, 0, draw) / n;
  }

  /** Quantile q (type 1) of the values of a draw; NaN where it has none. */
  quantile(q: number, draw: Draw): number {
    const n = this.countBefore(this.ends.length, draw);
    if (n === 0) return Number.NaN;
    const wanted = quantileIndex(n, q);
    let low = 0;
    let high = this.ends.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.countBefore(middle + 1, draw) > wanted) high = middle;
      else low = middle + 1;
    }
    return this.within(low, wanted - this.countBefore(low, draw), draw);
  }

  /** Value `index` of a bin's, of a draw. */
  private within(bin: number, index: number, draw: Draw): number {
    const [from, to] = [this.starts[bin]!, this.starts[bin + 1]!];
    if (this.sorted[bin] === 0) this.sort(bin);
    const weight = new Uint8Array(SLICES);
    for (const start of draw) for (let s = start; s < start + BLOCK; s++) weight[s % SLICES]!++;
    let seen = 0;
    for (let i = from; i < to; i++) {
      seen += weight[this.innerSlice[i]!]!;
      if (seen > index) return this.inner[i]!;
    }
    return this.ends[bin]!;
  }

  private sort(bin: number): void {
    const [from, to] = [this.starts[bin]!, this.starts[bin + 1]!];
    const values = this.inner.slice(from, to);
    const slices = this.innerSlice.slice(from, to);
    const order = Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
    for (const [i, k] of order.entries()) {
      this.inner[from + i] = values[k]!;
      this.innerSlice[from + i] = slices[k]!;
    }
    this.sorted[bin] = 1;
  }

  private countBefore(bin: number, draw: Draw): number {
    return over(this.below, bin * STRIDE, draw);
  }

  private blocksWithValues(): number {
    const last = this.ends.length * STRIDE;
    let blocks = 0;
    for (let s = 0; s < SLICES; s += BLOCK) if (this.below[last + s + BLOCK]! > this.below[last + s]!) blocks++;
    return blocks;
  }
}

/** Slices, once round and a block more, and the empty start. */
const STRIDE = SLICES + BLOCK + 1;

/** Turns the counts of slices, at 1 … SLICES from `at`, into those before each slice, past the end going on at the start. */
function accumulate(table: Float64Array, at: number): void {
  for (let s = 1; s <= SLICES; s++) table[at + s]! += table[at + s - 1]!;
  const all = table[at + SLICES]!;
  for (let s = SLICES + 1; s < STRIDE; s++) table[at + s] = all + table[at + s - SLICES]!;
}

/** What the blocks of a draw hold. */
function over(table: Float64Array, at: number, draw: Draw): number {
  let sum = 0;
  for (let i = 0; i < draw.length; i++) sum += table[at + draw[i]! + BLOCK]! - table[at + draw[i]!]!;
  return sum;
}

/** Ends of bins of about equally many values, the last of which is the largest value. */
function binEnds(values: Float64Array): Float64Array {
  const sorted = values.slice().sort();
  const n = sorted.length;
  const bins = Math.min(BINS, Math.ceil(n / 8));
  const ends: number[] = [];
  for (let b = 1; b <= bins; b++) {
    const end = sorted[Math.ceil((b * n) / bins) - 1]!;
    if (end !== ends.at(-1)) ends.push(end);
  }
  return Float64Array.from(ends);
}

/** The first bin whose end is not below the value. */
function binOf(ends: Float64Array, value: number): number {
  let low = 0;
  let high = ends.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ends[middle]! >= value) high = middle;
    else low = middle + 1;
  }
  return low;
}
