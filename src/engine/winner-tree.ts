/**
 * A tournament over a fixed number of leaves, each with the time of its next event (Infinity: none). The winner is the
 * leaf with the least time, of equal ones the lowest index. Changing a leaf costs O(log leaves), and usually far less:
 * a match whose winner stays another leaf ends the update.
 */
export class WinnerTree {
  /** Next event time by leaf. After a change, call `update`. */
  readonly time: Float64Array;
  private readonly half: number;
  private readonly winners: Int32Array;

  /** `leaves` >= 1. */
  constructor(leaves: number) {
    let half = 1;
    while (half < leaves) half *= 2;
    this.half = half;
    this.time = new Float64Array(half).fill(Number.POSITIVE_INFINITY);
    this.winners = new Int32Array(2 * half);
    for (let i = 0; i < half; i++) this.winners[half + i] = i;
    for (let i = half - 1; i > 0; i--) this.winners[i] = this.winners[2 * i]!;
  }

  /** The leaf with the earliest event. */
  winner(): number {
    return this.winners[1]!;
  }

  /** The earliest event's time; Infinity where no leaf has one. */
  next(): number {
    return this.time[this.winners[1]!]!;
  }

  /** Plays a leaf's matches again, its time having changed. (The time is not an argument: a double would be boxed.) */
  update(leaf: number): void {
    const { time, winners } = this;
    let node = leaf + this.half;
    let winner = leaf;
    let best = time[leaf]!;
    while (node > 1) {
      const rival = winners[node ^ 1]!;
      const theirs = time[rival]!;
      if (theirs <= best && (theirs < best || rival < winner)) {
        winner = rival;
        best = theirs;
      }
      node >>= 1;
      if (winner !== leaf && winner === winners[node]!) return;
      winners[node] = winner;
    }
  }
}
