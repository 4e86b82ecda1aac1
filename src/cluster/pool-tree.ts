import { leastOfFour, ROOT, WinnerTree } from "../engine/winner-tree.js";

/**
 * A tournament over cores by (time of completion, sequence of what runs there), or over machines by (time, rank) of their
 * next events.
 */
export class PoolTree extends WinnerTree {
  /** By leaf, what decides between equal times: the lower one wins. */
  readonly sequence: Float64Array;

  /** `leaves` >= 1. */
  constructor(leaves: number) {
    super(leaves);
    this.sequence = new Float64Array(leaves);
  }

  /** Plays a leaf's matches again, its time or sequence having changed. */
  override update(leaf: number): void {
    const { times, winners } = this;
    let at = this.first + leaf;
    while (at > ROOT) {
      at = (at - ROOT - 1) >> 2;
      const from = 4 * (at + 1);
      let best = leastOfFour(times, from);
      if (tied(times, from, times[best]!)) best = this.lowest(from, best);
      at += ROOT;
      const winner = winners[best]!;
      if (winner !== leaf && winner === winners[at]) return;
      winners[at] = winner;
      times[at] = times[best]!;
    }
  }

  /** Of four entries from `from` on, of those that have the time of `best` the one of the lowest sequence. */
  private lowest(from: number, best: number): number {
    const { times, winners, sequence } = this;
    let lowest = best;
    for (let at = from; at < from + 4; at++) {
      if (times[at] === times[best] && sequence[winners[at]!]! < sequence[winners[lowest]!]!) lowest = at;
    }
    return lowest;
  }
}

/** Whether several of four entries from `at` on have this time, which is not Infinity. Without a branch; see WinnerTree. */
function tied(times: Float64Array, at: number, least: number): boolean {
  const first = +(times[at] === least) + +(times[at + 1] === least);
  const last = +(times[at + 2] === least) + +(times[at + 3] === least);
  return (+(first + last > 1) & +(least < Number.POSITIVE_INFINITY)) !== 0;
}
