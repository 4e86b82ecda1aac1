/** Bytes of a page, read from front to back; every read beyond them throws a RangeError. */
export class PageBytes {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  /** The next `length` bytes. */
  take(length: number): Uint8Array {
    if (!(length >= 0 && length <= this.left)) throw new RangeError("a page ends too early");
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  /** Four bytes, little endian. */
  uint32(): number {
    this.at += 4;
    return this.view.getUint32(this.at - 4, true);
  }

  /** An unsigned LEB128 of up to 32 bits. */
  varint(): number {
    let value = 0;
    for (let scale = 1; scale <= 268435456; scale *= 128) {
      const byte = this.view.getUint8(this.at++);
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw new RangeError("a number is too long");
  }

  /** A zigzag LEB128 of 64 bits. */
  zigzag(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.view.getUint8(this.at++);
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n));
    }
    throw new RangeError("a number is too long");
  }
}

/**
 * `count` numbers of `width` bits, 0 … 32, as runs and packed in groups of eight.
 * https://parquet.apache.org/docs/file-format/data-pages/encodings/ (RLE / bit-packing hybrid)
 */
export function hybrid(page: PageBytes, width: number, count: number): Uint32Array {
  if (!(width <= 32)) throw new RangeError("too many bits");
  const values = new Uint32Array(count);
  const runBytes = (width + 7) >> 3;
  for (let n = 0; n < count; ) {
    const header = page.varint();
    const length = Math.floor(header / 2);
    if (header % 2 === 1) {
      const wanted = Math.min(8 * length, count - n);
      const packed = page.take(Math.min(length * width, page.left));
      if (8 * packed.length < wanted * width) throw new RangeError("a page ends too early");
      unpackBits(packed, width, values, n, wanted);
      n += wanted;
    } else {
      const bytes = page.take(runBytes);
      let value = 0;
      for (let i = runBytes - 1; i >= 0; i--) value = value * 256 + bytes[i]!;
      values.fill(value, n, Math.min(count, n + length));
      n += length;
    }
  }
  return values;
}

/** By number of bits: 1, 2, 4 … */
const POWERS = Float64Array.of(1, ...new Array<number>(48));
for (let bits = 1; bits < POWERS.length; bits++) POWERS[bits] = 2 * POWERS[bits - 1]!;

/** Puts `count` numbers of `width` bits, the lowest bit first, into `values` from `to` on. */
function unpackBits(packed: Uint8Array, width: number, values: Uint32Array, to: number, count: number): void {
  let bits = 0;
  let buffer = 0;
  let at = 0;
  const scale = POWERS[width]!;
  for (let i = 0; i < count; i++) {
    while (bits < width) {
      buffer += packed[at++]! * POWERS[bits]!;
      bits += 8;
    }
    const value = buffer % scale;
    values[to + i] = value;
    buffer = (buffer - value) / scale;
    bits -= width;
  }
}

/** `count` whole numbers as differences in blocks. Their sums wrap at 64 bits (of `bits`: 32 or 64). */
export function deltas(page: PageBytes, count: number, bits: 32 | 64): BigInt64Array {
  const blockSize = page.varint();
  const miniblocks = page.varint();
  const total = page.varint();
  const perMiniblock = blockSize / miniblocks;
  const whole = perMiniblock >= 8 && perMiniblock % 8 === 0 && miniblocks <= 65536;
  if (!whole || total !== count) throw new RangeError("no block of differences");
  const values = new BigInt64Array(count);
  let value = page.zigzag();
  if (count > 0) values[0] = value;
  for (let n = 1; n < count; ) {
    const least = page.zigzag();
    const widths = page.take(miniblocks);
    for (let m = 0; m < miniblocks && n < count; m++) {
      const width = widths[m]!;
      if (width > 64) throw new RangeError("too many bits");
      const packed = page.take((width * perMiniblock) / 8);
      for (let i = 0; i < perMiniblock && n < count; i++) {
        value = BigInt.asIntN(bits, value + least + bitsAt(packed, i * width, width));
        values[n++] = value;
      }
    }
  }
  return values;
}

function bitsAt(packed: Uint8Array, start: number, width: number): bigint {
  let value = 0n;
  let got = 0;
  for (let bit = start; got < width; ) {
    const within = bit & 7;
    const taken = Math.min(8 - within, width - got);
    value |= BigInt((packed[bit >> 3]! >> within) & ((1 << taken) - 1)) << BigInt(got);
    got += taken;
    bit += taken;
  }
  return value;
}

/** `count` byte strings, each after its length. */
export function plainStrings(page: PageBytes, count: number): Uint8Array[] {
  return strings(count, () => page.take(page.uint32()));
}

/** `count` byte strings of `length` bytes. */
export function fixedStrings(page: PageBytes, count: number, length: number): Uint8Array[] {
  if (!(length > 0)) throw new RangeError("strings without a length");
  return strings(count, () => page.take(length));
}

/** `count` byte strings, all lengths before all bytes. */
export function lengthStrings(page: PageBytes, count: number): Uint8Array[] {
  const lengths = deltas(page, count, 32);
  return strings(count, (i) => page.take(Number(lengths[i])));
}

/** `count` byte strings as what each adds to the front of the one before; of no more than `most` bytes together. */
export function deltaStrings(page: PageBytes, count: number, most: number): Uint8Array[] {
  const fronts = deltas(page, count, 32);
  const lengths = deltas(page, count, 32);
  let before: Uint8Array = new Uint8Array(0);
  let total = 0;
  return strings(count, (i) => {
    const front = Number(fronts[i]);
    const rest = page.take(Number(lengths[i]));
    total += front + rest.length;
    if (!(front >= 0 && front <= before.length) || total > most) throw new RangeError("a front that is not there");
    const whole = new Uint8Array(front + rest.length);
    whole.set(before.subarray(0, front));
    whole.set(rest, front);
    before = whole;
    return whole;
  });
}

function strings(count: number, next: (i: number) => Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let i = 0; i < count; i++) found.push(next(i));
  return found;
}

/** Values of `width` bytes whose first bytes stand together, then their second … as they would stand one by one. */
export function unsplit(page: PageBytes, count: number, width: number): PageBytes {
  const split = page.take(count * width);
  const joined = new Uint8Array(split.length);
  for (let i = 0; i < count; i++) for (let b = 0; b < width; b++) joined[i * width + b] = split[b * count + i]!;
  return new PageBytes(joined);
}
