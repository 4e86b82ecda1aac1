import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { basename } from "node:path";
import { Invalid } from "../invalid.js";
import type { SourceFile } from "./trace.js";
import { MAGIC_BYTES, packingOf, unpacked } from "./unpack.js";

const CHUNK_BYTES = 1048576;

/**
 * A source file read once from front to back, unpacked when it is gzip, zstd or xz (told by its first bytes, not its
 * name), with the sha256 of its bytes as they are stored.
 */
export class ByteSource {
  /** As it stands in messages: the file name without folders, where nothing else was given. */
  readonly name: string;
  /** Bytes as stored. */
  readonly bytes: number;
  /** Whether they are packed. */
  readonly packed: boolean;
  private readonly fd: number;
  private readonly hash = createHash("sha256");
  private readonly onBytes: (bytes: number) => void;
  private readonly pieces: AsyncGenerator<Uint8Array, void, undefined> | null;
  private piece: Uint8Array = new Uint8Array(0);
  private position = 0;
  private closed = false;

  private constructor(name: string, fd: number, onBytes: (bytes: number) => void) {
    this.name = name;
    this.fd = fd;
    this.bytes = fstatSync(fd).size;
    this.onBytes = onBytes;
    const first = Buffer.alloc(MAGIC_BYTES);
    const packing = packingOf(first.subarray(0, readSync(fd, first, 0, MAGIC_BYTES, 0)));
    this.packed = packing !== null;
    this.pieces = packing ? unpacked(packing, { name, fd, bytes: this.bytes, stored: () => this.stored() }) : null;
  }

  /** Throws Invalid where `path` cannot be opened. `onBytes` is told of stored bytes as they are read; `name` stands in messages. */
  static open(path: string, onBytes: (bytes: number) => void = () => {}, name = basename(path)): ByteSource {
    let fd: number;
    try {
      fd = openSync(path, "r");
    } catch (error) {
      throw new Invalid("file", path, (error as NodeJS.ErrnoException).code ?? "cannot be opened", "a file to read");
    }
    return new ByteSource(name, fd, onBytes);
  }

  /** Puts up to `length` unpacked bytes into `target` at `at`; 0 at the end. Throws Invalid where what is packed is damaged. */
  read(target: Buffer, at: number, length: number): number | Promise<number> {
    return this.pieces ? this.unpack(this.pieces, target, at, length) : this.take(target, at, length);
  }

  /** Reads what is left, closes the file and tells what it was. */
  finish(): SourceFile {
    const rest = Buffer.allocUnsafe(CHUNK_BYTES);
    while (this.take(rest, 0, CHUNK_BYTES) > 0);
    this.close();
    return { name: this.name, bytes: this.bytes, sha256: this.hash.digest("hex") };
  }

  /** Closes the file, once; what unpacks it reads no more. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.pieces?.return().catch(() => {});
    closeSync(this.fd);
  }

  private take(target: Buffer, at: number, length: number): number {
    const read = readSync(this.fd, target, at, length, this.position);
    this.position += read;
    this.hash.update(target.subarray(at, at + read));
    this.onBytes(read);
    return read;
  }

  private *stored(): Generator<Buffer> {
    while (!this.closed) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES >> 2);
      const read = this.take(chunk, 0, chunk.length);
      if (read === 0) return;
      yield chunk.subarray(0, read);
    }
  }

  private async unpack(
    pieces: AsyncGenerator<Uint8Array, void, undefined>,
    target: Buffer,
    at: number,
    length: number,
  ): Promise<number> {
    while (this.piece.length === 0) {
      const next = await pieces.next();
      if (next.done) return 0;
      this.piece = next.value;
    }
    const taken = this.piece.subarray(0, length);
    target.set(taken, at);
    this.piece = this.piece.subarray(taken.length);
    return taken.length;
  }
}
