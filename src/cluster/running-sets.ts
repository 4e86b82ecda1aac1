import { END, type MemoryRecords, ORDER, SEQUENCE } from "./memory-records.js";

/**
 * What runs on each machine: at m * cores …, by descending end, so the next to end is the last; of equal ends the later
 * sequence first.
 */
export class RunningSets {
  readonly cores: number;
  readonly ids: Int32Array;
  readonly ends: Float64Array;
  /** How many run, by machine. */
  readonly count: Int32Array;
  private readonly live: MemoryRecords;
  /** ORDER of the last in run order, by machine; NaN: to be looked for. */
  private readonly lastOrders: Float64Array;

  constructor(machines: number, cores: number, live: MemoryRecords) {
    this.cores = cores;
    this.ids = new Int32Array(machines * cores);
    this.ends = new Float64Array(machines * cores);
    this.count = new Int32Array(machines);
    this.live = live;
    this.lastOrders = new Float64Array(machines).fill(Number.NEGATIVE_INFINITY);
  }

  /** When the next ends; Infinity: nothing runs. */
  nextEnd(m: number): number {
    const n = this.count[m]!;
    return n > 0 ? this.ends[m * this.cores + n - 1]! : Number.POSITIVE_INFINITY;
  }

  /** ORDER of the last in run order; -Infinity: nothing runs. */
  lastOrder(m: number): number {
    const known = this.lastOrders[m]!;
    // biome-ignore lint/suspicious/noSelfCompare: NaN, in a hot path
    return known === known ? known : this.findLast(m);
  }

  /** Puts an invocation, whose END is set, among the others. A core must be free. */
  insert(m: number, id: number): void {
    const { ends, ids } = this;
    const { data } = this.live;
    const first = m * this.cores;
    const end = data[id + END]!;
    let p = first + this.count[m]!++;
    while (p > first) {
      const other = ends[p - 1]!;
      if (other >= end && (other > end || data[ids[p - 1]! + SEQUENCE]! > data[id + SEQUENCE]!)) break;
      ends[p] = other;
      ids[p] = ids[p - 1]!;
      p--;
    }
    ends[p] = end;
    ids[p] = id;
    const order = data[id + ORDER]!;
    if (order > this.lastOrders[m]!) this.lastOrders[m] = order;
  }

  /** Takes out the next to end, and returns its id. */
  popNext(m: number): number {
    const n = --this.count[m]!;
    const id = this.ids[m * this.cores + n]!;
    this.forget(m, n, id);
    return id;
  }

  /** Takes out the last in run order, and returns its id; there must be one. */
  popLast(m: number): number {
    const { ids } = this;
    const { data } = this.live;
    const order = this.lastOrder(m);
    const first = m * this.cores;
    let p = first;
    while (data[ids[p]! + ORDER]! !== order) p++;
    const id = ids[p]!;
    this.removeAt(m, p, id);
    return id;
  }

  /** Takes out an invocation. */
  remove(m: number, id: number): void {
    let p = m * this.cores;
    while (this.ids[p]! !== id) p++;
    this.removeAt(m, p, id);
  }

  private removeAt(m: number, p: number, id: number): void {
    const { ends, ids } = this;
    const n = --this.count[m]!;
    const last = m * this.cores + n;
    for (let q = p; q < last; q++) {
      ends[q] = ends[q + 1]!;
      ids[q] = ids[q + 1]!;
    }
    this.forget(m, n, id);
  }

  /** It is out, and n are left. */
  private forget(m: number, n: number, id: number): void {
    if (n === 0) this.lastOrders[m] = Number.NEGATIVE_INFINITY;
    else if (this.live.data[id + ORDER] === this.lastOrders[m]) this.lastOrders[m] = Number.NaN;
  }

  private findLast(m: number): number {
    const { ids } = this;
    const { data } = this.live;
    const first = m * this.cores;
    let order = Number.NEGATIVE_INFINITY;
    for (let p = first; p < first + this.count[m]!; p++) order = Math.max(order, data[ids[p]! + ORDER]!);
    this.lastOrders[m] = order;
    return order;
  }
}
