import { WinnerTree } from "../engine/winner-tree.js";
import { keyed, PURPOSE, type Threefry } from "../random/index.js";

/** Invocations whose polls are drawn at a time; a power of two. */
const AHEAD = 512;

/** Draws made from one 53-bit uniform are together worth this many bits at most, so each is uniform to 2^-21 or better. */
const BITS_OF_A_BLOCK = 32;

/** How many draws from 0 … n - 1 share a uniform. */
function drawsOfABlock(n: number): number {
  return Math.max(1, Math.floor(BITS_OF_A_BLOCK / Math.log2(n + 1)));
}

/**
 * Draws as many distinct numbers of 0 … n - 1 as `into` has places, fewer than n; keyed by `key`. See PowerOfK, which
 * draws the same for the invocation whose sequence that is.
 */
export function drawDistinct(random: Threefry, n: number, key: number, into: Int32Array): void {
  const k = into.length;
  const perBlock = drawsOfABlock(n);
  const high = Math.floor(key / 4294967296) * 65536;
  let rest = 0;
  for (let j = 0; j < k; j++) {
    if (j % perBlock === 0) rest = random.uniform(key, high + j / perBlock);
    const bound = n - k + j + 1;
    const u = rest * bound;
    let drawn = u | 0;
    rest = u - drawn;
    for (let before = 0; before < j; before++) if (into[before]! === drawn) drawn = bound - 1;
    into[j] = drawn;
  }
}

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
  private first = 0;
  /** Arrival that the first of the drawn invocations is; may lie before the current arrivals. */
  private drawnFrom = 0;
  private readonly all: WinnerTree | null;

  /** `load` is the disciplines' own, by machine. */
  constructor(machines: number, k: number, seed: number, load: Int32Array) {
    this.machines = machines;
    this.k = Math.min(k, machines);
    this.load = load;
    this.random = keyed(seed, PURPOSE.placement);
    this.perBlock = drawsOfABlock(machines);
    this.rest = new Float64Array(AHEAD);
    this.sample = new Int32Array(k < machines ? AHEAD * k : 0);
    this.all = k < machines ? null : new WinnerTree(machines);
    for (let m = 0; m < machines; m++) this.changed(m);
  }

  /** Sequence of the invocation that is arrival 0 from now on. */
  open(first: number): void {
    this.drawnFrom = Number.MAX_SAFE_INTEGER;
    this.first = first;
  }

  /** The machine for arrival `i`. Ask in ascending order. */
  choose(i: number): number {
    this.polls += this.k;
    if (this.all !== null) return this.all.winner();
    const { load, sample, k } = this;
    let drawn = i - this.drawnFrom;
    if (drawn < 0 || drawn >= AHEAD) drawn = this.draw(i);
    let best = sample[drawn]!;
    let least = load[best]!;
    for (let at = drawn + AHEAD; at < k * AHEAD; at += AHEAD) {
      const m = sample[at]!;
      const l = load[m]!;
      // Without a branch, which would be mispredicted every other time: all ones where l < least, or equal and m < best.
      const better = (l - least - ((m - best) >>> 31)) >> 31;
      best += (m - best) & better;
      least += (l - least) & better;
    }
    return best;
  }

  /** To be told after every change of a machine's load. */
  changed(m: number): void {
    if (this.all === null) return;
    this.all.time[m] = this.load[m]!;
    this.all.update(m);
  }

  /** Draws for the AHEAD invocations around arrival `i`; returns its place among them. */
  private draw(i: number): number {
    const { machines, k, perBlock, random, rest, sample } = this;
    const sequence = this.first + i;
    const place = sequence % AHEAD;
    const from = sequence - place;
    this.drawnFrom = i - place;
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
    return place;
  }
}
