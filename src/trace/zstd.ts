import { Decompress } from "fzstd";
import { Invalid } from "../invalid.js";
import { Xxh64 } from "./xxh64.js";

const MAGIC = 0xfd2fb528;
/** Magic numbers of frames to skip end in any hexadecimal digit. */
const SKIPPABLE = 0x184d2a50;
/** What the zstd command unpacks without being told to take more memory. */
const WIDEST_WINDOW = 134217728;
const LARGEST_BLOCK = 131072;

/** Whether bytes begin as a zstd file does: with a frame, or with one to skip, as pzstd writes it. */
export function beginsZstd(bytes: Buffer): boolean {
  if (bytes.length < 4) return false;
  const magic = bytes.readUInt32LE(0);
  return magic === MAGIC || (magic & ~15) === SKIPPABLE;
}

/**
 * Unpacks a zstd file of any number of frames (RFC 8878), in pieces of up to 128 KiB: its blocks. What a frame says of its
 * length and its checksum is held against what it unpacks to. Throws Invalid where it is damaged, needs a dictionary or a window above 128 MiB.
 */
export function* unzstd(stored: Iterable<Buffer>, name: string): Generator<Uint8Array, void, undefined> {
  const input = new Input(stored, name);
  for (let magic = input.first(); magic !== null; magic = input.first()) {
    if ((magic & ~15) === SKIPPABLE) {
      for (let left = input.take(4).readUInt32LE(0); left > 0; ) left -= input.take(Math.min(left, 65536)).length;
    } else if (magic === MAGIC) yield* frame(input, name);
    else throw broken(name);
  }
}

function* frame(input: Input, name: string): Generator<Uint8Array, void, undefined> {
  const { head, bytes, hasChecksum } = header(input, name);
  const hash = hasChecksum ? new Xxh64() : null;
  const unpacked: Uint8Array[] = [];
  const decoder = new Decompress((piece) => unpacked.push(piece));
  let total = 0;
  let front: Buffer = head;
  for (let last = false; !last; ) {
    const start = input.take(3);
    const what = start.readUIntLE(0, 3);
    const size = what >>> 3;
    const kind = (what >>> 1) & 3;
    if (size > LARGEST_BLOCK) throw broken(name);
    last = (what & 1) === 1;
    // fzstd looks at no checksum, but wants to see its bytes.
    const block = input.take(kind === 1 ? 1 : size);
    const checksum = last && hash ? input.take(4) : Buffer.alloc(0);
    try {
      decoder.push(Buffer.concat([front, start, block, checksum]), last);
    } catch {
      throw broken(name);
    }
    front = Buffer.alloc(0);
    for (const piece of unpacked) {
      total += piece.length;
      hash?.update(piece);
      if (piece.length > 0) yield piece;
    }
    unpacked.length = 0;
    if (last && hash && hash.low32() !== checksum.readUInt32LE(0)) throw broken(name);
  }
  if (bytes !== null && bytes !== total) throw broken(name);
}

/** A frame's header, its magic number with it, and what it says: unpacked bytes (null: not) and whether a checksum follows. */
function header(input: Input, name: string): { head: Buffer; bytes: number | null; hasChecksum: boolean } {
  const magic = Buffer.alloc(4);
  magic.writeUInt32LE(MAGIC);
  const descriptor = input.take(1);
  const flags = descriptor[0]!;
  if ((flags & 8) !== 0) throw broken(name);
  const single = (flags & 32) !== 0;
  const window = input.take(single ? 0 : 1);
  const dictionary = input.take([0, 1, 2, 4][flags & 3]!);
  const sizes = input.take([single ? 1 : 0, 2, 4, 8][flags >> 6]!);
  if (dictionary.some((byte) => byte !== 0)) throw broken(name, "zstd, packed with a dictionary");
  const bytes = sizes.length === 0 ? null : lengthOf(sizes);
  const base = single ? 0 : 1024 * ((1 << (window[0]! >> 3)) >>> 0);
  const width = single ? bytes! : base + (base / 8) * (window[0]! & 7);
  if (width > WIDEST_WINDOW) throw broken(name, "zstd, packed with a window above 128 MiB");
  return { head: Buffer.concat([magic, descriptor, window, dictionary, sizes]), bytes, hasChecksum: (flags & 4) !== 0 };
}

function lengthOf(bytes: Buffer): number {
  if (bytes.length === 1) return bytes[0]!;
  if (bytes.length === 2) return bytes.readUInt16LE(0) + 256;
  return bytes.readUInt32LE(0) + (bytes.length === 8 ? bytes.readUInt32LE(4) * 4294967296 : 0);
}

/** Stored bytes, as many at a time as are asked for. */
class Input {
  private readonly pieces: Iterator<Buffer>;
  private readonly name: string;
  private rest: Buffer = Buffer.alloc(0);

  constructor(stored: Iterable<Buffer>, name: string) {
    this.pieces = stored[Symbol.iterator]();
    this.name = name;
  }

  /** The next four bytes as a number; null at the end. Throws Invalid where there are fewer. */
  first(): number | null {
    if (this.rest.length === 0 && !this.more()) return null;
    return this.take(4).readUInt32LE(0);
  }

  /** The next `length` bytes. Throws Invalid where there are fewer. */
  take(length: number): Buffer {
    while (this.rest.length < length) if (!this.more()) throw broken(this.name, "zstd, cut short");
    const taken = this.rest.subarray(0, length);
    this.rest = this.rest.subarray(length);
    return taken;
  }

  private more(): boolean {
    const { done, value } = this.pieces.next();
    if (done) return false;
    this.rest = this.rest.length === 0 ? value : Buffer.concat([this.rest, value]);
    return true;
  }
}

function broken(name: string, reason = "damaged zstd"): Invalid {
  return new Invalid("file", name, reason, "a whole .zst file");
}
