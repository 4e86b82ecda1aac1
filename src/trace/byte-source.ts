import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { basename } from "node:path";
import { pipeline, Readable } from "node:stream";
import { createGunzip, type Gunzip } from "node:zlib";
import { Invalid } from "../invalid.js";
import type { SourceFile } from "./trace.js";

const CHUNK_BYTES = 1048576;

/**
 * A source file read once from front to back, unpacked when it is gzip (told by its first bytes, not its name), with
 * the sha256 of its bytes as they are stored.
 */
export class ByteSource {
  /** File name without folders. */
  readonly name: string;
  /** Bytes as stored. */
  readonly bytes: number;
  private readonly fd: number;
  private readonly hash = createHash("sha256");
  private readonly onBytes: (bytes: number) => void;
  private readonly gunzip: Gunzip | null;
  private readonly pieces: AsyncIterator<Buffer> | null;
  private piece: Buffer = Buffer.alloc(0);
  private position = 0;
  private closed = false;

  private constructor(path: string, fd: number, onBytes: (bytes: number) => void) {
    this.name = basename(path);
    this.fd = fd;
    this.bytes = fstatSync(fd).size;
    this.onBytes = onBytes;
    const magic = Buffer.alloc(2);
    const packed = readSync(fd, magic, 0, 2, 0) === 2 && magic[0] === 0x1f && magic[1] === 0x8b;
    this.gunzip = packed ? createGunzip({ chunkSize: CHUNK_BYTES }) : null;
    this.pieces = this.gunzip ? this.gunzip[Symbol.asyncIterator]() : null;
    if (this.gunzip) pipeline(Readable.from(this.stored()), this.gunzip, () => {});
  }

  /** Throws Invalid where `path` cannot be opened. `onBytes` is told of stored bytes as they are read. */
  static open(path: string, onBytes: (bytes: number) => void = () => {}): ByteSource {
    let fd: number;
    try {
      fd = openSync(path, "r");
    } catch (error) {
      throw new Invalid("file", path, (error as NodeJS.ErrnoException).code ?? "cannot be opened", "a file to read");
    }
    return new ByteSource(path, fd, onBytes);
  }

  /** Puts up to `length` unpacked bytes into `target` at `at`; 0 at the end. Throws Invalid where gzip is damaged. */
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
    this.gunzip?.destroy();
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

  private async unpack(pieces: AsyncIterator<Buffer>, target: Buffer, at: number, length: number): Promise<number> {
    if (this.piece.length === 0) {
      try {
        const next = await pieces.next();
        if (next.done) return 0;
        this.piece = next.value;
      } catch (error) {
        const cut = (error as NodeJS.ErrnoException).code === "Z_BUF_ERROR";
        throw new Invalid("file", this.name, cut ? "gzip, cut short" : "damaged gzip", "a whole .gz file");
      }
    }
    const copied = this.piece.copy(target, at, 0, length);
    this.piece = this.piece.subarray(copied);
    return copied;
  }
}
