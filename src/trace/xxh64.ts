/** The primes of XXH64 as halves, high and low: https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md */
const P1_HIGH = 0x9e3779b1;
const P1_LOW = 0x85ebca87;
const P2_HIGH = 0xc2b2ae3d;
const P2_LOW = 0x27d4eb4f;
const P3_HIGH = 0x165667b1;
const P3_LOW = 0x9e3779f9;
const P4_HIGH = 0x85ebca77;
const P4_LOW = 0xc2b2ae63;
const P5_HIGH = 0x27d4eb2f;
const P5_LOW = 0x165667c5;
const STRIPE = 32;

/**
 * XXH64 with seed 0 of bytes that come in pieces: the checksum at a zstd frame's end is its low half. JavaScript has no
 * fast 64-bit integers, so every number is two 32-bit halves.
 */
export class Xxh64 {
  /** The four accumulators, and their high halves. */
  private readonly low = Int32Array.of(P1_LOW + P2_LOW, P2_LOW, 0, -P1_LOW);
  private readonly high: Int32Array;
  private readonly rest = Buffer.alloc(STRIPE);
  private length = 0;
  /** The high half of what `times` or `mixed` gave. */
  private carry = 0;

  constructor() {
    const sum = (P1_LOW >>> 0) + (P2_LOW >>> 0) > 0xffffffff ? 1 : 0;
    this.high = Int32Array.of(P1_HIGH + P2_HIGH + sum, P2_HIGH, 0, ~P1_HIGH);
  }

  /** Adds the next bytes. */
  update(bytes: Uint8Array): void {
    const held = this.length % STRIPE;
    this.length += bytes.length;
    let at = 0;
    if (held > 0) {
      at = Math.min(STRIPE - held, bytes.length);
      this.rest.set(bytes.subarray(0, at), held);
      if (held + at < STRIPE) return;
      this.stripes(this.rest, 0, STRIPE);
    }
    const whole = at + STRIPE * Math.floor((bytes.length - at) / STRIPE);
    this.stripes(bytes, at, whole);
    this.rest.set(bytes.subarray(whole));
  }

  /** The low 32 bits of the hash of all bytes so far, as an unsigned number. */
  low32(): number {
    const { low, high, rest, length } = this;
    let a = P5_LOW;
    let b = P5_HIGH;
    if (length >= STRIPE) {
      [b, a] = this.merged();
      for (let lane = 0; lane < 4; lane++) {
        const one = this.mixed(0, 0, high[lane]!, low[lane]!);
        const folded = this.times(b ^ this.carry, a ^ one, P1_HIGH, P1_LOW);
        a = (folded + P4_LOW) | 0;
        b = (this.carry + P4_HIGH + over(a, P4_LOW)) | 0;
      }
    }
    const before = a;
    a = (a + length) | 0;
    b = (b + Math.floor(length / 4294967296) + over(a, before, length)) | 0;
    let at = 0;
    const held = length % STRIPE;
    for (; at + 8 <= held; at += 8) {
      a ^= this.mixed(0, 0, rest.readInt32LE(at + 4), rest.readInt32LE(at));
      b ^= this.carry;
      a = this.times(...turned(b, a, 27), P1_HIGH, P1_LOW);
      a = (a + P4_LOW) | 0;
      b = (this.carry + P4_HIGH + over(a, P4_LOW)) | 0;
    }
    if (at + 4 <= held) {
      a ^= this.times(0, rest.readInt32LE(at), P1_HIGH, P1_LOW);
      b ^= this.carry;
      a = this.times(...turned(b, a, 23), P2_HIGH, P2_LOW);
      a = (a + P3_LOW) | 0;
      b = (this.carry + P3_HIGH + over(a, P3_LOW)) | 0;
      at += 4;
    }
    for (; at < held; at++) {
      a ^= this.times(0, rest[at]!, P5_HIGH, P5_LOW);
      b ^= this.carry;
      a = this.times(...turned(b, a, 11), P1_HIGH, P1_LOW);
      b = this.carry;
    }
    a = this.times(b, a ^ (b >>> 1), P2_HIGH, P2_LOW);
    b = this.carry;
    a = this.times(b ^ (b >>> 29), a ^ ((a >>> 29) | (b << 3)), P3_HIGH, P3_LOW);
    return (a ^ this.carry) >>> 0;
  }

  /** Takes in bytes[from, to), a whole number of stripes. */
  private stripes(bytes: Uint8Array, from: number, to: number): void {
    const { low, high } = this;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = from; at < to; at += 8) {
      const lane = ((at - from) >> 3) & 3;
      low[lane] = this.mixed(high[lane]!, low[lane]!, view.getInt32(at + 4, true), view.getInt32(at, true));
      high[lane] = this.carry;
    }
  }

  /** The accumulators turned by 1, 7, 12 and 18 and added up: high half, low half. */
  private merged(): [number, number] {
    let sum = 0;
    let top = 0;
    for (const [lane, by] of [1, 7, 12, 18].entries()) {
      const [b, a] = turned(this.high[lane]!, this.low[lane]!, by);
      sum = (sum + a) | 0;
      top = (top + b + over(sum, a)) | 0;
    }
    return [top, sum];
  }

  /** A round: (accumulator + lane x P2) turned by 31, x P1. */
  private mixed(high: number, low: number, laneHigh: number, laneLow: number): number {
    const product = this.times(laneHigh, laneLow, P2_HIGH, P2_LOW);
    const a = (low + product) | 0;
    const b = (high + this.carry + over(a, product)) | 0;
    return this.times((b << 31) | (a >>> 1), (a << 31) | (b >>> 1), P1_HIGH, P1_LOW);
  }

  /** The low half of a product; its high half goes to `carry`. */
  private times(high: number, low: number, byHigh: number, byLow: number): number {
    const a0 = low & 0xffff;
    const a1 = low >>> 16;
    const b0 = byLow & 0xffff;
    const b1 = byLow >>> 16;
    const p00 = Math.imul(a0, b0);
    const p01 = Math.imul(a0, b1);
    const p10 = Math.imul(a1, b0);
    const middle = (p00 >>> 16) + (p01 & 0xffff) + (p10 & 0xffff);
    const top = Math.imul(a1, b1) + (p01 >>> 16) + (p10 >>> 16) + (middle >>> 16);
    this.carry = (top + Math.imul(high, byLow) + Math.imul(low, byHigh)) | 0;
    return (middle << 16) | (p00 & 0xffff);
  }
}

/** 1 where a sum of 32 bits is less than what was added, so that it ran over; else 0. */
function over(sum: number, part: number, other = part): number {
  return sum >>> 0 < part >>> 0 || sum >>> 0 < other >>> 0 ? 1 : 0;
}

/** Turned to the left by fewer than 32 bits: high half, low half. */
function turned(high: number, low: number, by: number): [number, number] {
  return [(high << by) | (low >>> (32 - by)), (low << by) | (high >>> (32 - by))];
}
