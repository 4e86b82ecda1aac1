import { blockWords, kernel, MOST_BLOCKS } from "./threefry-kernel.js";

/** A double in [0, 1) with 53 random bits, from the words of a block. */
export function uniformOf(x0: number, x1: number): number {
  return ((x0 >>> 5) * 67108864 + (x1 >>> 6)) / 9007199254740992;
}

/**
 * Threefry-2x32 with 20 rounds: a counter-based generator. A block is a pure function of a 64-bit key and a 64-bit
 * counter, so any draw can be made alone and in any order. Only 32-bit integer operations: the same on every engine.
 *
 * Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3. SC'11. Its rotation constants and key parity.
 */
export class Threefry {
  private readonly k0: number;
  private readonly k1: number;
  private readonly k2: number;
  /** The two 32-bit words of the block made last, as int32. */
  x0 = 0;
  x1 = 0;

  /** The key's two words; only their lower 32 bits count. */
  constructor(key0: number, key1: number) {
    this.k0 = key0 | 0;
    this.k1 = key1 | 0;
    this.k2 = 0x1bd11bda ^ this.k0 ^ this.k1;
  }

  /** Makes the block of a counter; its words are then in x0 and x1. */
  block(counter0: number, counter1: number): void {
    const { k0, k1, k2 } = this;
    let a = (counter0 + k0) | 0;
    let b = (counter1 + k1) | 0;
    a = (a + b) | 0;
    b = ((b << 13) | (b >>> 19)) ^ a;
    a = (a + b) | 0;
    b = ((b << 15) | (b >>> 17)) ^ a;
    a = (a + b) | 0;
    b = ((b << 26) | (b >>> 6)) ^ a;
    a = (a + b) | 0;
    b = ((b << 6) | (b >>> 26)) ^ a;
    a = (a + k1) | 0;
    b = (b + k2 + 1) | 0;
    a = (a + b) | 0;
    b = ((b << 17) | (b >>> 15)) ^ a;
    a = (a + b) | 0;
    b = ((b << 29) | (b >>> 3)) ^ a;
    a = (a + b) | 0;
    b = ((b << 16) | (b >>> 16)) ^ a;
    a = (a + b) | 0;
    b = ((b << 24) | (b >>> 8)) ^ a;
    a = (a + k2) | 0;
    b = (b + k0 + 2) | 0;
    a = (a + b) | 0;
    b = ((b << 13) | (b >>> 19)) ^ a;
    a = (a + b) | 0;
    b = ((b << 15) | (b >>> 17)) ^ a;
    a = (a + b) | 0;
    b = ((b << 26) | (b >>> 6)) ^ a;
    a = (a + b) | 0;
    b = ((b << 6) | (b >>> 26)) ^ a;
    a = (a + k0) | 0;
    b = (b + k1 + 3) | 0;
    a = (a + b) | 0;
    b = ((b << 17) | (b >>> 15)) ^ a;
    a = (a + b) | 0;
    b = ((b << 29) | (b >>> 3)) ^ a;
    a = (a + b) | 0;
    b = ((b << 16) | (b >>> 16)) ^ a;
    a = (a + b) | 0;
    b = ((b << 24) | (b >>> 8)) ^ a;
    a = (a + k1) | 0;
    b = (b + k2 + 4) | 0;
    a = (a + b) | 0;
    b = ((b << 13) | (b >>> 19)) ^ a;
    a = (a + b) | 0;
    b = ((b << 15) | (b >>> 17)) ^ a;
    a = (a + b) | 0;
    b = ((b << 26) | (b >>> 6)) ^ a;
    a = (a + b) | 0;
    b = ((b << 6) | (b >>> 26)) ^ a;
    this.x0 = (a + k2) | 0;
    this.x1 = (b + k0 + 5) | 0;
  }

  /** A double in [0, 1) with 53 random bits, of a counter. */
  uniform(counter0: number, counter1: number): number {
    this.block(counter0, counter1);
    return uniformOf(this.x0, this.x1);
  }

  /**
   * The blocks of `count` counters: of (counter0, counter1), and of those that `step0` and `step1` lead to. Their words go
   * into `into`, two each, as int32: the same as `block` gives one by one.
   */
  blocks(counter0: number, counter1: number, step0: number, step1: number, count: number, into: Int32Array): void {
    for (let from = 0; from < count; from += MOST_BLOCKS) {
      const made = Math.min(MOST_BLOCKS, count - from);
      this.make(counter0 + from * step0, counter1 + from * step1, step0, step1, made);
      for (let i = 0; i < 2 * made; i++) into[2 * from + i] = blockWords[i]!;
    }
  }

  /** The uniforms of `count` consecutive counters, from (first, counter1) on, into `into`: as `uniform` gives them. */
  uniforms(first: number, count: number, counter1: number, into: Float64Array): void {
    for (let from = 0; from < count; from += MOST_BLOCKS) {
      const made = Math.min(MOST_BLOCKS, count - from);
      this.make(first + from, counter1, 1, 0, made);
      for (let i = 0; i < made; i++) into[from + i] = uniformOf(blockWords[2 * i]!, blockWords[2 * i + 1]!);
    }
  }

  /**
   * Which uniforms of `count` consecutive counters, from (first, counter1) on, are below `bound`: their places among them go
   * into `into`, ascending. Returns how many.
   */
  below(bound: number, first: number, counter1: number, count: number, into: Uint32Array): number {
    let found = 0;
    for (let from = 0; from < count; from += MOST_BLOCKS) {
      const made = Math.min(MOST_BLOCKS, count - from);
      this.make(first + from, counter1, 1, 0, made);
      for (let i = 0; i < made; i++) {
        if (uniformOf(blockWords[2 * i]!, blockWords[2 * i + 1]!) < bound) into[found++] = from + i;
      }
    }
    return found;
  }

  /** Makes up to MOST_BLOCKS blocks in blockWords. */
  private make(counter0: number, counter1: number, step0: number, step1: number, count: number): void {
    if (kernel !== null) {
      kernel.blocks(this.k0, this.k1, counter0, counter1, step0, step1, 8 * count);
      return;
    }
    for (let i = 0; i < count; i++) {
      this.block(counter0 + i * step0, counter1 + i * step1);
      blockWords[2 * i] = this.x0;
      blockWords[2 * i + 1] = this.x1;
    }
  }

  /** The generator whose key is this one's block of a counter: an independent stream. */
  derive(counter0: number, counter1: number): Threefry {
    this.block(counter0, counter1);
    return new Threefry(this.x0, this.x1);
  }
}
