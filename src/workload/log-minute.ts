import { MinuteRows } from "./minute-rows.js";

/** The invocations of a minute of a log, with the rows they and their callers have in the log. */
export class LogMinute extends MinuteRows {
  /** Row in the log; ~row for a copy that superposing added. */
  private source = new Int32Array(0);
  private parent = new Int32Array(0);
  /** Row of the workload that a row of the log became; -1: none so far. Empty in a log without parents. */
  private readonly became: Int32Array;
  private readonly tally: { invocations: number; parents_lost: number };

  constructor(parentRows: number, tally: { invocations: number; parents_lost: number }) {
    super();
    this.became = new Int32Array(parentRows).fill(-1);
    this.tally = tally;
  }

  override reserve(rows: number): void {
    super.reserve(rows);
    if (this.source.length === this.arrival.length) return;
    const { source, parent } = this;
    this.source = new Int32Array(this.arrival.length);
    this.source.set(source);
    this.parent = new Int32Array(this.arrival.length);
    this.parent.set(parent);
  }

  put(
    source: number,
    parent: number,
    arrival: number,
    functionId: number,
    runtime: number,
    priceClass: number,
    initial: number,
    peak: number,
  ): void {
    const i = this.length++;
    this.reserve(this.length);
    this.source[i] = source;
    this.parent[i] = parent;
    this.arrival[i] = arrival;
    this.functionId[i] = functionId;
    this.runtime[i] = runtime;
    this.priceClass[i] = priceClass;
    this.initial[i] = initial;
    this.peak[i] = peak;
  }

  /** Writes the callers of `count` rows from place `from` of the order into a batch's parent column at `at`. */
  link(column: Int32Array, at: number, from: number, count: number): void {
    const { became, tally } = this;
    for (let k = 0; became.length > 0 && k < count; k++) {
      const i = this.order[from + k]!;
      const parent = this.parent[i]!;
      if (parent >= 0) {
        column[at + k] = became[parent]!;
        if (became[parent]! < 0) tally.parents_lost++;
      }
      if (this.source[i]! >= 0) became[this.source[i]!] = tally.invocations + k;
    }
    tally.invocations += count;
  }
}
