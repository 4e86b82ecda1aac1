/**
 * A tournament over cores by (time of completion, sequence of what runs there), or over machines by (time, rank) of their
 * next events; see engine/winner-tree.ts.
 */
export class PoolTree {
  /** Completion by core; Infinity: idle. After a change, call `update`. */
  readonly time: Float64Array;
  /** Sequence of what completes there. */
  readonly sequence: Float64Array;
  private readonly half: number;
  private readonly winners: Int32Array;

  /** `cores` >= 1. */
  constructor(cores: number) {
    let half = 1;
    while (half < cores) half *= 2;
    this.half = half;
    this.time = new Float64Array(half).fill(Number.POSITIVE_INFINITY);
    this.sequence = new Float64Array(half);
    this.winners = new Int32Array(2 * half);
    for (let i = 0; i < half; i++) this.winners[half + i] = i;
    for (let i = half - 1; i > 0; i--) this.winners[i] = this.winners[2 * i]!;
  }

  /** The core with the earliest completion. */
  winner(): number {
    return this.winners[1]!;
  }

  /** The earliest completion; Infinity where no core has one. */
  next(): number {
    return this.time[this.winners[1]!]!;
  }

  /** Plays a core's matches again, its time or sequence having changed. */
  update(core: number): void {
    const { time, winners } = this;
    let node = core + this.half;
    let winner = core;
    let best = time[core]!;
    while (node > 1) {
      const rival = winners[node ^ 1]!;
      const theirs = time[rival]!;
      if (theirs <= best && (theirs < best || this.sequence[rival]! < this.sequence[winner]!)) {
        winner = rival;
        best = theirs;
      }
      node >>= 1;
      if (winner !== core && winner === winners[node]!) return;
      winners[node] = winner;
    }
  }
}
