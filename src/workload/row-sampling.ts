import { keyed, PURPOSE, type Threefry } from "../random/index.js";

/** A power of two. */
const AT_ONCE = 512;

/**
 * Which invocations' rows are kept: each with probability `share`, the same ones whatever the scheduler. The draw is
 * keyed by the invocation's number.
 */
export class RowSampling {
  private readonly share: number;
  private readonly random: Threefry;
  private readonly drawn = new Float64Array(AT_ONCE);
  private marks = new Uint8Array(0);
  private first = 0;
  /** How many marks are those of `first` and what follows it. */
  private rows = 0;

  /** 0 < share < 1. */
  constructor(share: number, seed: number) {
    this.share = share;
    this.random = keyed(seed, PURPOSE.record);
  }

  /** By row, 1 where that invocation is kept, of so many from number `first` on. The next call overwrites it. */
  of(first: number, rows: number): Uint8Array {
    if (first === this.first && rows <= this.rows) return this.marks;
    if (this.marks.length < rows) this.marks = new Uint8Array(rows);
    this.first = first;
    this.rows = rows;
    for (let row = 0; row < rows; ) row += this.mark(row);
    return this.marks;
  }

  /** Marks some rows from one on; returns how many. Their numbers are all below the next 2^32, as AT_ONCE divides it. */
  private mark(row: number): number {
    const { drawn, marks, share } = this;
    const from = this.first + row;
    const count = Math.min(AT_ONCE - (from % AT_ONCE), this.rows - row);
    this.random.uniforms(from, count, Math.floor(from / 4294967296), drawn);
    for (let i = 0; i < count; i++) marks[row + i] = drawn[i]! < share ? 1 : 0;
    return count;
  }
}
