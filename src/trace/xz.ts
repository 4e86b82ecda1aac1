import { readSync } from "node:fs";
import xz from "xz-decompress";
import { Invalid } from "../invalid.js";

/** One of the streams that an xz file is made of, mostly the only one: bytes from `start` up to `end` of the file. */
export interface XzStream {
  readonly start: number;
  readonly end: number;
  /** What it unpacks to, as its index says. */
  readonly unpackedBytes: number;
}

/** Header and footer of a stream are as long: https://tukaani.org/xz/xz-file-format.txt, 2.1. */
const ENDS_BYTES = 12;
const MAGIC = "\u00fd7zXZ\u0000";

/**
 * The streams of an xz file of `bytes` bytes, in order, as the indexes at their ends tell them. Throws Invalid where
 * the file is cut short or no xz; `name` stands for it in messages.
 */
export function xzStreams(fd: number, bytes: number, name: string): readonly XzStream[] {
  const streams: XzStream[] = [];
  const at = (position: number, length: number) => {
    const part = Buffer.alloc(length);
    if (position < 0 || readSync(fd, part, 0, length, position) !== length) throw broken(name);
    return part;
  };
  if (at(0, MAGIC.length).toString("latin1") !== MAGIC) throw broken(name, "no xz");
  for (let end = bytes; end > 0; ) {
    const footer = at(end - ENDS_BYTES, ENDS_BYTES);
    // Zeros may follow a stream, four at a time.
    if (footer.readUInt32LE(8) === 0) {
      end -= 4;
      continue;
    }
    if (footer.toString("latin1", 10) !== "YZ") throw broken(name);
    const indexBytes = 4 * (footer.readUInt32LE(4) + 1);
    const indexAt = end - ENDS_BYTES - indexBytes;
    if (indexAt < ENDS_BYTES) throw broken(name);
    const { blockBytes, unpackedBytes } = readIndex(at(indexAt, indexBytes), name);
    const start = indexAt - blockBytes - ENDS_BYTES;
    if (start < 0 || at(start, MAGIC.length).toString("latin1") !== MAGIC) throw broken(name);
    streams.unshift({ start, end, unpackedBytes });
    end = start;
  }
  return streams;
}

/** Bytes of a stream's blocks, packed with their padding and unpacked. */
function readIndex(index: Buffer, name: string): { blockBytes: number; unpackedBytes: number } {
  let position = 1;
  const number = () => {
    let value = 0;
    for (let scale = 1; position < index.length; scale *= 128) {
      const byte = index[position++]!;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw broken(name);
  };
  let blockBytes = 0;
  let unpackedBytes = 0;
  for (let blocks = number(); blocks > 0; blocks--) {
    blockBytes += Math.ceil(number() / 4) * 4;
    unpackedBytes += number();
  }
  return { blockBytes, unpackedBytes };
}

/**
 * Unpacks an xz file, in pieces of up to 64 KiB. `stored` gives its bytes from the first on, `streams` is what
 * xzStreams tells of it. Throws Invalid where it is damaged. Only one file is unpacked at a time: another waits until
 * this one has been read to its end or left.
 */
export async function* unxz(
  stored: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  streams: readonly XzStream[],
  name: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const pieces = piecesOf(stored);
  let rest: Uint8Array<ArrayBufferLike> = new Uint8Array(0);
  let position = 0;
  let failure: unknown = null;
  /** The next bytes in front of `limit`; null where there are none. */
  const next = async (limit: number): Promise<Uint8Array | null> => {
    while (rest.length === 0) {
      const { done, value } = await pieces.next();
      if (done) return null;
      rest = value;
    }
    const taken = rest.subarray(0, limit - position);
    rest = rest.subarray(taken.length);
    position += taken.length;
    return taken;
  };
  const packed = (start: number, end: number) =>
    new ReadableStream<Uint8Array>({
      async pull(controller) {
        try {
          while (position < start) if ((await next(start)) === null) break;
          const piece = position < end ? await next(end) : null;
          if (piece) controller.enqueue(piece);
          else controller.close();
        } catch (error) {
          failure = error;
          throw error;
        }
      },
    });
  try {
    for (const { start, end } of streams) {
      try {
        for await (const piece of unpacked(packed(start, end))) if (piece.length > 0) yield piece;
      } catch (error) {
        throw failure ?? broken(name, reasonOf(error));
      }
    }
  } finally {
    await pieces.return(undefined);
  }
}

async function* piecesOf(
  stored: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, undefined, undefined> {
  yield* stored;
}

/** The web's types do not know yet that a stream can be iterated; Node's streams can. */
function unpacked(packed: ReadableStream<Uint8Array>): AsyncIterable<Uint8Array> {
  return new xz.XzReadableStream(packed) as unknown as AsyncIterable<Uint8Array>;
}

/** The decoder's codes: xz_ret of XZ Embedded's xz.h. */
function reasonOf(error: unknown): string {
  const code = /error code (\d+)/.exec(String(error))?.[1];
  if (code === "4") return "xz, packed with too large a dictionary";
  return code === "2" || code === "6" ? "xz, packed with an unknown option" : "damaged xz";
}

function broken(name: string, reason = "xz, cut short"): Invalid {
  return new Invalid("file", name, reason, "a whole .xz file");
}
