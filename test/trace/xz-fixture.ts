/**
 * An xz file that stores `content` as it is: one stream, one block, LZMA2 chunks without compression, CRC32.
 * https://tukaani.org/xz/xz-file-format.txt
 */
export function storedXz(content: Uint8Array): Buffer {
  const flags = Buffer.from([0, 1]);
  const head = Buffer.concat([Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]), flags, u32(crc32(flags))]);
  // 8 bytes of header, one filter, LZMA2 (0x21) with one byte of properties: a dictionary of 64 KiB.
  const blockHead = Buffer.from([2, 0, 0x21, 1, 8, 0, 0, 0]);
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < content.length; at += 65_536) {
    const piece = content.subarray(at, at + 65_536);
    chunks.push(Buffer.from([at === 0 ? 1 : 2, (piece.length - 1) >> 8, (piece.length - 1) & 255]), piece);
  }
  const block = Buffer.concat([blockHead, u32(crc32(blockHead)), ...chunks, Buffer.from([0])]);
  const unpadded = block.length + 4;
  const records = Buffer.concat([Buffer.from([0, 1]), vli(unpadded), vli(content.length)]);
  const index = padded(records);
  const size = Buffer.concat([u32((index.length + 4) / 4 - 1), flags]);
  return Buffer.concat([
    ...[head, padded(block), u32(crc32(content))],
    ...[index, u32(crc32(index)), u32(crc32(size)), size, Buffer.from("YZ")],
  ]);
}

/** The CRC-32 of zip, gzip, xz and rar. */
export function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) crc = (TABLE[(crc ^ byte) & 255]! ^ (crc >>> 8)) | 0;
  return ~crc >>> 0;
}

const TABLE = Int32Array.from({ length: 256 }, (_, i) => {
  let value = i;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** A number in 7-bit groups, the lowest first; rar's and xz's are the same. */
export function vli(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

/** Four bytes, the lowest first. */
export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}
