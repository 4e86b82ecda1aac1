import { closeSync, createWriteStream, fstatSync, openSync, readSync } from "node:fs";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { extract } from "tar-stream";
import { unxz, xzStreams } from "../xz.js";

const CHUNK_BYTES = 262_144;

/**
 * Writes the files of a tar.xz that are `wanted`, by their names without folders, into `folder`, and nothing else to
 * disk. Reads no further than it has to; `onBytes` is told how many bytes of the archive it has read. Throws Invalid
 * where the xz is damaged, an Error where it is no tar or a file is not in it; then `folder` is half filled.
 */
export async function unpackTarXz(
  archive: string,
  wanted: readonly string[],
  folder: string,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const name = basename(archive);
  const missing = new Set(wanted);
  const fd = openSync(archive, "r");
  try {
    const tar = extract();
    const feeding = pipeline(unxz(stored(fd, onBytes), xzStreams(fd, fstatSync(fd).size, name), name), tar);
    // Its failure is the iteration's too; leaving the iteration early ends it.
    const fed = feeding.catch(() => {});
    try {
      for await (const entry of tar) {
        const file = basename(entry.header.name);
        if (entry.header.type === "file" && missing.delete(file)) {
          await pipeline(entry, createWriteStream(join(folder, file), { flags: "wx" }));
        } else entry.resume();
        if (missing.size === 0) break;
      }
    } finally {
      tar.destroy();
      await fed;
    }
  } finally {
    closeSync(fd);
  }
  const [first] = missing;
  if (first !== undefined) throw new Error(`${name} has no file ${first}`);
}

function* stored(fd: number, onBytes: (bytes: number) => void): Generator<Buffer> {
  for (let position = 0; ; ) {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    const read = readSync(fd, chunk, 0, chunk.length, position);
    if (read === 0) return;
    yield chunk.subarray(0, read);
    position += read;
    onBytes(position);
  }
}
