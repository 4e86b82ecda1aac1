import { WinnerTree } from "../engine/winner-tree.js";
import { keyed, PURPOSE, type Threefry } from "../random/index.js";

/** Invocations whose polls are drawn at a time. */
const AHEAD = 512;

/**
 * Polls k distinct machines chosen uniformly and takes the one with the fewest placed-and-unfinished invocations, of
 * equal ones the lowest index. k >= machines: all of them, without a draw.
 *
 * Draw j of an invocation is word j + 1 of its own stream (word 0 chooses its shard), so that changing k, the cut or
 * another scheduler changes no other draw. The sample of distinct machines is Floyd's: one draw a machine, no rejection.
 */
export class PowerOfK {
  /** Machines polled so far. */
  polls = 0;
  private readonly machines: number;
  private readonly k: number;
  private readonly load: Int32Array;
  private readonly random: Threefry;
  private readonly sample: Int32Array;
  private drawnFrom = -1;
  private readonly all: WinnerTree | null;

  /** `load` is the disciplines' own, by machine. */
  constructor(machines: number, k: number, seed: number, load: Int32Array) {
    this.machines = machines;
    this.k = Math.min(k, machines);
    this.load = load;
    this.random = keyed(seed, PURPOSE.placement);
    this.sample = new Int32Array(k < machines ? AHEAD * k : 0);
    this.all = k < machines ? null : new WinnerTree(machines);
    for (let m = 0; m < machines; m++) this.all?.set(m, 0);
  }

  /** The machine for an invocation. Ask for ascending sequences. */
  choose(sequence: number): number {
    this.polls += this.k;
    if (this.all !== null) return this.all.winner();
    const { load, sample, k } = this;
    let i = sequence - this.drawnFrom;
    if (i >= AHEAD || this.drawnFrom < 0) {
      this.draw(sequence);
      i = 0;
    }
    let best = sample[i * k]!;
    let least = load[best]!;
    for (let j = i * k + 1; j < i * k + k; j++) {
      const m = sample[j]!;
      const l = load[m]!;
      if (l < least || (l === least && m < best)) {
        best = m;
        least = l;
      }
    }
    return best;
  }

  /** To be told after every change of a machine's load. */
  changed(m: number): void {
    this.all?.set(m, this.load[m]!);
  }

  private draw(from: number): void {
    const { machines, k, random, sample } = this;
    this.drawnFrom = from;
    for (let i = 0; i < AHEAD; i++) {
      const sequence = from + i;
      const high = Math.floor(sequence / 4294967296) << 16;
      const at = i * k;
      for (let j = 0; j < k; j++) {
        const word = j + 1;
        if (j === 0 || (word & 1) === 0) random.block(sequence, high | (word >> 1));
        const bits = ((word & 1) === 0 ? random.x0 : random.x1) >>> 0;
        const bound = machines - k + j + 1;
        let m = Math.floor((bits * bound) / 4294967296);
        for (let before = at; before < at + j; before++) {
          if (sample[before] === m) {
            m = bound - 1;
            break;
          }
        }
        sample[at + j] = m;
      }
    }
  }
}
