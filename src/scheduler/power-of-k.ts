import { WinnerTree } from "../engine/winner-tree.js";
import { keyed, PURPOSE, type Threefry } from "../random/index.js";

/** Invocations whose polls are drawn at a time; a power of two. */
const AHEAD = 512;

/** Draws made from one 53-bit uniform are together worth this many bits at most, so each is uniform to 2^-21 or better. */
const BITS_OF_A_BLOCK = 32;

/**
 * Polls k distinct machines chosen uniformly and takes the one with the fewest placed-and-unfinished invocations, of
 * equal ones the lowest index. k >= machines: all of them, without a draw.
 *
 * The draws are keyed by the invocation, so that changing k, the cut or another scheduler changes no other draw. The
 * sample of distinct machines is Floyd's: one draw a machine, no rejection. Several small draws share a 53-bit uniform:
 * the integer part of u x n is one draw, the fraction left is the next u.
 */
export class PowerOfK {
  /** Machines polled so far. */
  polls = 0;
  private readonly machines: number;
  private readonly k: number;
  private readonly load: Int32Array;
  private readonly random: Threefry;
  private readonly perBlock: number;
  private readonly rest: Float64Array;
  /** Poll j of the i-th invocation since `drawnFrom` is at j * AHEAD + i. */
  private readonly sample: Int32Array;
  private drawnFrom = -AHEAD;
  private readonly all: WinnerTree | null;

  /** `load` is the disciplines' own, by machine. */
  constructor(machines: number, k: number, seed: number, load: Int32Array) {
    this.machines = machines;
    this.k = Math.min(k, machines);
    this.load = load;
    this.random = keyed(seed, PURPOSE.placement);
    this.perBlock = Math.max(1, Math.floor(BITS_OF_A_BLOCK / Math.log2(machines + 1)));
    this.rest = new Float64Array(AHEAD);
    this.sample = new Int32Array(k < machines ? AHEAD * k : 0);
    this.all = k < machines ? null : new WinnerTree(machines);
    for (let m = 0; m < machines; m++) this.all?.set(m, 0);
  }

  /** The machine for an invocation. Ask for ascending sequences. */
  choose(sequence: number): number {
    this.polls += this.k;
    if (this.all !== null) return this.all.winner();
    const { load, sample, k } = this;
    let i = (sequence - this.drawnFrom) | 0;
    if (i >= AHEAD) {
      this.draw(sequence - (sequence % AHEAD));
      i = sequence % AHEAD;
    }
    let best = sample[i]!;
    let least = load[best]!;
    for (let at = i + AHEAD; at < k * AHEAD; at += AHEAD) {
      const m = sample[at]!;
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
    const { machines, k, perBlock, random, rest, sample } = this;
    this.drawnFrom = from;
    const high = Math.floor(from / 4294967296) * 65536;
    for (let j = 0; j < k; j++) {
      if (j % perBlock === 0) random.uniforms(from, AHEAD, high + j / perBlock, rest);
      const bound = machines - k + j + 1;
      const at = j * AHEAD;
      for (let i = 0; i < AHEAD; i++) {
        const u = rest[i]! * bound;
        let m = u | 0;
        rest[i] = u - m;
        for (let before = i; before < at; before += AHEAD) if (sample[before]! === m) m = bound - 1;
        sample[at + i] = m;
      }
    }
  }
}
