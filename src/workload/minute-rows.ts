/** A bucket with more rows than this is sorted by comparison instead of by insertion. */
const LARGE_BUCKET = 24;

/** Rows of a slice of a minute, about: what is drawn of them, 29 bytes each, stays in a core's cache until they are sorted and taken. */
const SLICE_ROWS = 8192;

/**
 * The invocations of one minute, in parallel arrays as long as the busiest minute so far, and the order in which they
 * arrive. Rows that arrive at one instant stay in the order in which they were put in. Of a busy minute, the rows of each
 * of some equal slices of time lie together.
 */
export class MinuteRows {
  length = 0;
  arrival = new Float64Array(0);
  functionId = new Uint32Array(0);
  runtime = new Float64Array(0);
  initial = new Float32Array(0);
  peak = new Float32Array(0);
  priceClass = new Uint8Array(0);
  /** order[k] is the k-th row to arrive; known after `sort`. */
  order = new Uint32Array(0);
  /** Where a row goes that is the k-th to be put in, after `begin`; otherwise rows go where they come. */
  places = new Uint32Array(0);
  private ends = new Uint32Array(0);
  private slices = 1;
  /** By slice, where its rows end. */
  private last = new Uint32Array(0);

  /** Makes room for so many rows in all, keeping those there are. */
  reserve(rows: number): void {
    if (rows <= this.arrival.length) return;
    const size = Math.max(1024, rows + (rows >> 1));
    this.arrival = larger(this.arrival, new Float64Array(size));
    this.functionId = larger(this.functionId, new Uint32Array(size));
    this.runtime = larger(this.runtime, new Float64Array(size));
    this.initial = larger(this.initial, new Float32Array(size));
    this.peak = larger(this.peak, new Float32Array(size));
    this.priceClass = larger(this.priceClass, new Uint8Array(size));
    this.order = new Uint32Array(size);
    this.ends = new Uint32Array(size);
  }

  /** Begins a minute of so many rows, which arrive at these times, all within [start, start + span). Row k goes to `places[k]`. */
  begin(times: Float64Array, rows: number, start: number, span: number): void {
    this.reserve(rows);
    this.length = rows;
    if (this.places.length < rows) this.places = new Uint32Array(this.arrival.length);
    const slices = Math.max(1, Math.ceil(rows / SLICE_ROWS));
    if (this.last.length < slices) this.last = new Uint32Array(2 * slices);
    this.slices = slices;
    const { last, places } = this;
    last.fill(0, 0, slices);
    const perSecond = slices / span;
    for (let k = 0; k < rows; k++) last[bucketOf(times[k]!, start, perSecond, slices)]!++;
    for (let s = 0, sum = 0; s < slices; s++) {
      const first = sum;
      sum += last[s]!;
      last[s] = first;
    }
    for (let k = 0; k < rows; k++) places[k] = last[bucketOf(times[k]!, start, perSecond, slices)]!++;
  }

  /** Orders the rows by arrival, all within [start, start + span). Linear. */
  sort(start: number, span: number): void {
    const { slices } = this;
    for (let s = 0, first = 0; s < slices; s++) {
      const end = s + 1 < slices ? this.last[s]! : this.length;
      this.sortSlice(first, end, start + (s * span) / slices, span / slices);
      first = end;
    }
  }

  /** Orders the rows of a slice: into a bucket per row, then inside each bucket. */
  private sortSlice(first: number, last: number, start: number, span: number): void {
    const { arrival, order, ends } = this;
    const n = last - first;
    ends.fill(0, 0, n);
    const perSecond = n / span;
    for (let i = first; i < last; i++) ends[bucketOf(arrival[i]!, start, perSecond, n)]!++;
    for (let b = 0, sum = first; b < n; b++) {
      sum += ends[b]!;
      ends[b] = sum;
    }
    for (let i = last - 1; i >= first; i--) order[--ends[bucketOf(arrival[i]!, start, perSecond, n)]!] = i;
    for (let b = 0; b < n; b++) {
      const from = ends[b]!;
      const to = b + 1 < n ? ends[b + 1]! : last;
      if (to - from > 1) sortBucket(order, arrival, from, to);
    }
  }

  /** How many rows from place `from` of the order up to `to` have a runtime of `runtime` or more. */
  atLeast(runtime: number, from: number, to: number): number {
    let count = 0;
    for (let k = from; k < to; k++) if (this.runtime[this.order[k]!]! >= runtime) count++;
    return count;
  }

  /** The first position in `order` whose row arrives at `time` or later. */
  firstAt(time: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.arrival[this.order[middle]!]! < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function bucketOf(time: number, start: number, perSecond: number, buckets: number): number {
  const bucket = ((time - start) * perSecond) | 0;
  return bucket < buckets ? bucket : buckets - 1;
}

function sortBucket(order: Uint32Array, arrival: Float64Array, from: number, to: number): void {
  if (to - from > LARGE_BUCKET) {
    if (isOrdered(order, arrival, from, to)) return;
    order.subarray(from, to).sort((a, b) => arrival[a]! - arrival[b]! || a - b);
    return;
  }
  for (let k = from + 1; k < to; k++) {
    const row = order[k]!;
    const time = arrival[row]!;
    let j = k - 1;
    while (j >= from && arrival[order[j]!]! > time) {
      order[j + 1] = order[j]!;
      j--;
    }
    order[j + 1] = row;
  }
}

function isOrdered(order: Uint32Array, arrival: Float64Array, from: number, to: number): boolean {
  for (let k = from + 1; k < to; k++) if (arrival[order[k]!]! < arrival[order[k - 1]!]!) return false;
  return true;
}

function larger<T extends Float64Array | Float32Array | Uint32Array | Uint8Array>(values: T, into: T): T {
  into.set(values);
  return into;
}
