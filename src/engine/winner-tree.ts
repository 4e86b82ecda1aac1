/** Where the root is, so that the four that play a match begin at a multiple of four. */
export const ROOT = 3;

/**
 * A tournament over a fixed number of leaves, each with the time of its next event (Infinity: none). The winner is the
 * leaf with the least time, of equal ones the lowest index. Changing a leaf costs O(log leaves), and usually far less:
 * a match whose winner stays another leaf ends the update.
 *
 * Who wins a match is as good as random, so a branch on it is mispredicted half of the time, which costs more than all
 * else here: matches of four are decided by arithmetic on comparisons, and the four times lie side by side.
 */
export class WinnerTree {
  /** Next event time by leaf. After a change, call `update`. */
  readonly time: Float64Array;
  /** By entry, the winner below it and its time. The four below entry ROOT + x begin at 4 (x + 1). */
  protected readonly times: Float64Array;
  protected readonly winners: Int32Array;
  /** Where the leaves begin. */
  protected readonly first: number;

  /** `leaves` >= 1. */
  constructor(leaves: number) {
    let width = 1;
    this.first = ROOT;
    for (; width < leaves; width *= 4) this.first += width;
    const { first } = this;
    this.times = new Float64Array(first + width).fill(Number.POSITIVE_INFINITY);
    this.winners = new Int32Array(first + width);
    for (let i = 0; i < width; i++) this.winners[first + i] = i;
    for (let at = first - 1; at >= ROOT; at--) this.winners[at] = this.winners[4 * (at - ROOT + 1)]!;
    this.time = this.times.subarray(first, first + leaves);
  }

  /** The leaf with the earliest event. */
  winner(): number {
    return this.winners[ROOT]!;
  }

  /** The earliest event's time; Infinity where no leaf has one. */
  next(): number {
    return this.times[ROOT]!;
  }

  /** Plays a leaf's matches again, its time having changed. (The time is not an argument: a double would be boxed.) */
  update(leaf: number): void {
    const { times, winners } = this;
    let at = this.first + leaf;
    while (at > ROOT) {
      at = (at - ROOT - 1) >> 2;
      const best = leastOfFour(times, 4 * (at + 1));
      at += ROOT;
      const winner = winners[best]!;
      if (winner !== leaf && winner === winners[at]) return;
      winners[at] = winner;
      times[at] = times[best]!;
    }
  }
}

/** Of four entries from `at` on, the one with the least time, of equal ones the first. */
export function leastOfFour(times: Float64Array, at: number): number {
  const one = at + (+(times[at + 1]! < times[at]!) | 0);
  const two = at + 2 + (+(times[at + 3]! < times[at + 2]!) | 0);
  return one + ((two - one) & -(+(times[two]! < times[one]!) | 0));
}
