import { keyed, PURPOSE, type Threefry } from "../random/index.js";

/**
 * Which invocations' rows are kept: each with probability `share`, the same ones whatever the scheduler. The draw is
 * keyed by the invocation's number.
 */
export class RowSampling {
  /** By row of the batch opened last, 1 where it is kept. The next `open` overwrites it. */
  marks = new Uint8Array(0);
  /** Those that are, ascending: the first `count`. */
  kept = new Uint32Array(0);
  count = 0;
  private readonly share: number;
  private readonly random: Threefry;
  private first = -1;

  /** 0 < share < 1. */
  constructor(share: number, seed: number) {
    this.share = share;
    this.random = keyed(seed, PURPOSE.record);
  }

  /** Draws for a batch of so many invocations from number `first` on; where it is the same as before, there is nothing to do. */
  open(first: number, rows: number): void {
    if (first === this.first && rows === this.marks.length) return;
    if (rows !== this.marks.length) {
      this.marks = new Uint8Array(rows);
      this.kept = new Uint32Array(rows);
    } else this.marks.fill(0);
    this.first = first;
    const { kept, marks, random, share } = this;
    const high = Math.floor(first / 4294967296);
    const untilNext = Math.min(rows, (high + 1) * 4294967296 - first);
    this.count = random.below(share, first, high, untilNext, kept);
    if (untilNext < rows) {
      const more = kept.subarray(this.count);
      const count = random.below(share, 0, high + 1, rows - untilNext, more);
      for (let i = 0; i < count; i++) more[i]! += untilNext;
      this.count += count;
    }
    for (let i = 0; i < this.count; i++) marks[kept[i]!] = 1;
  }
}
