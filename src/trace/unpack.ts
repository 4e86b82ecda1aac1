import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { Invalid } from "../invalid.js";
import { unxz, xzStreams } from "./xz.js";
import { beginsZstd, unzstd } from "./zstd.js";

/** How a file may be packed. */
export type Packing = "gzip" | "zstd" | "xz";

/** Enough first bytes to tell how a file is packed. */
export const MAGIC_BYTES = 6;

const PIECE_BYTES = 1048576;

/** A packed file: what it is called in messages, its descriptor and length, and its bytes from the first on. */
export interface Packed {
  readonly name: string;
  readonly fd: number;
  readonly bytes: number;
  readonly stored: () => Generator<Buffer>;
}

/**
 * What unpacking may come to: so many bytes for each byte stored, and this much of any file. Traces pack 5 to 50 times,
 * gzip of nothing but zeros 1,000 times, so that only what was made to fill a disk is stopped.
 */
export const MOST_UNPACKED = { ratio: 200, bytes: 268435456 } as const;

/** How a file that begins with these bytes is packed; null: it is not. */
export function packingOf(first: Buffer): Packing | null {
  if (first[0] === 0x1f && first[1] === 0x8b) return "gzip";
  if (first.toString("latin1", 0, 6) === "\u00fd7zXZ\u0000") return "xz";
  return beginsZstd(first) ? "zstd" : null;
}

/** The unpacked bytes, a piece at a time. Throws Invalid where the file is cut short, damaged or unpacks to too much. */
export async function* unpacked(packing: Packing, file: Packed): AsyncGenerator<Uint8Array, void, undefined> {
  const most = Math.max(MOST_UNPACKED.bytes, MOST_UNPACKED.ratio * file.bytes);
  let total = 0;
  for await (const piece of UNPACKERS[packing](file)) {
    total += piece.length;
    if (total > most) {
      const megabytes = Math.round(most / 1e6).toLocaleString("en-US");
      const where = `${packing} that unpacks to more than ${MOST_UNPACKED.ratio} times its ${file.bytes} bytes`;
      throw new Invalid(
        "file",
        file.name,
        where,
        `at most ${megabytes} MB: unpack it first if it is what it should be`,
      );
    }
    yield piece;
  }
}

const UNPACKERS: Readonly<Record<Packing, (file: Packed) => Iterable<Uint8Array> | AsyncIterable<Uint8Array>>> = {
  gzip: gunzip,
  zstd: ({ name, stored }) => unzstd(stored(), name),
  xz: ({ name, fd, bytes, stored }) => unxz(stored(), xzStreams(fd, bytes, name), name),
};

async function* gunzip({ name, stored }: Packed): AsyncGenerator<Uint8Array, void, undefined> {
  const unzip = createGunzip({ chunkSize: PIECE_BYTES });
  pipeline(Readable.from(stored()), unzip, () => {});
  try {
    yield* unzip;
  } catch (error) {
    const cut = (error as NodeJS.ErrnoException).code === "Z_BUF_ERROR";
    throw new Invalid("file", name, cut ? "gzip, cut short" : "damaged gzip", "a whole .gz file");
  }
}
