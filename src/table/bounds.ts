import type { FileHandle } from "node:fs/promises";
import { ByteBuffer } from "flatbuffers";

let bounded = false;

/**
 * Makes Apache Arrow throw where a damaged file says that a list has more elements than its message has bytes: it would go
 * on beyond them, for hours and until memory is full.
 */
export function boundLists(): void {
  if (bounded) return;
  bounded = true;
  const elementsAt = ByteBuffer.prototype.__vector_len;
  ByteBuffer.prototype.__vector_len = function (offset: number): number {
    const elements = elementsAt.call(this, offset);
    if (elements < 0 || elements > this.capacity()) throw new RangeError("a list is longer than its message");
    return elements;
  };
}

/** A table that is read once, its footer and the beginnings of its messages again. */
export const READ_ONCE = 4;
const FOOTER_BYTES = 65536;

/**
 * A file as Apache Arrow reads it. Throws where a damaged file would have it read on at the end, before the beginning, or
 * the same bytes more than `times` over.
 */
export async function boundFile(
  file: FileHandle,
  times: number,
): Promise<Pick<FileHandle, "fd" | "stat" | "read" | "close">> {
  const { size } = await file.stat();
  let left = times * size + FOOTER_BYTES;
  const read = async (buffer: Buffer, at: number, length: number, position: number) => {
    const done = await file.read(buffer, at, length, position);
    left -= done.bytesRead;
    if ((done.bytesRead === 0 && length > 0) || position < 0 || left < 0) throw new RangeError("nothing to read there");
    return done;
  };
  return { fd: file.fd, stat: file.stat.bind(file), read: read as FileHandle["read"], close: file.close.bind(file) };
}
