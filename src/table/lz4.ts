const MAGIC = 0x184d2204;
const LONGEST_BLOCK = [65536, 262144, 1048576, 4194304];

/**
 * Unpacks one LZ4 frame (https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md), as Arrow's compressed buffers are.
 * Checksums are passed over. Throws RangeError where the frame is damaged.
 */
export function unpackLz4(frame: Uint8Array): Uint8Array<ArrayBuffer> {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (view.getUint32(0, true) !== MAGIC) throw new RangeError("no LZ4 frame");
  const flags = view.getUint8(4);
  const longest = LONGEST_BLOCK[((view.getUint8(5) >> 4) & 7) - 4];
  if (longest === undefined) throw new RangeError("unknown LZ4 block size");
  const hasSize = (flags & 8) !== 0;
  let at = 7 + (hasSize ? 8 : 0) + ((flags & 1) !== 0 ? 4 : 0);
  let out = new Uint8Array(hasSize ? Number(view.getBigUint64(6, true)) : 4 * frame.length);
  let length = 0;
  for (;;) {
    const word = view.getUint32(at, true);
    at += 4;
    if (word === 0) return out.subarray(0, length);
    const size = word & 0x7fffffff;
    if (at + size > frame.length) throw new RangeError("LZ4 frame cut short");
    if (length + longest > out.length && !hasSize) {
      const larger = new Uint8Array(2 * (length + longest));
      larger.set(out.subarray(0, length));
      out = larger;
    }
    if (word >>> 31) {
      out.set(frame.subarray(at, at + size), length);
      length += size;
    } else length = unpackBlock(frame, at, at + size, out, length);
    at += size + ((flags & 16) !== 0 ? 4 : 0);
  }
}

/** Appends an unpacked block to `out` at `to`; gives the new length. Matches may reach back into earlier blocks. */
function unpackBlock(from: Uint8Array, start: number, end: number, out: Uint8Array, to: number): number {
  let at = start;
  let length = to;
  const extended = (nibble: number): number => {
    let sum = nibble;
    if (nibble < 15) return sum;
    for (let byte = 255; byte === 255; sum += byte) byte = from[at++]!;
    return sum;
  };
  while (at < end) {
    const token = from[at++]!;
    const literals = extended(token >> 4);
    if (at + literals > end || length + literals > out.length) throw new RangeError("damaged LZ4 block");
    out.set(from.subarray(at, at + literals), length);
    at += literals;
    length += literals;
    if (at >= end) break;
    const back = from[at]! | (from[at + 1]! << 8);
    at += 2;
    const match = extended(token & 15) + 4;
    if (back === 0 || back > length || length + match > out.length) throw new RangeError("damaged LZ4 block");
    for (const last = length + match; length < last; length++) out[length] = out[length - back]!;
  }
  return length;
}
