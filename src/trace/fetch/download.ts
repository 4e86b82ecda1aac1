import { createHash } from "node:crypto";
import { createReadStream, rmSync, statSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import type { Download } from "./datasets.js";
import { megabytes } from "./megabytes.js";
import { type Known, Later, Refused, receive } from "./receive.js";

/** How patient a download is, and who is told of it. */
export interface Patience {
  /** A connection over which nothing comes for so long has failed. */
  readonly silence_ms: number;
  /** Failures in a row, each with less than `progressBytes` more than ever before, after which it gives up. */
  readonly failures: number;
  readonly progressBytes: number;
  /** Before the second attempt; doubled before each later one that brought no progress, up to 32 times as long. */
  readonly pause_ms: number;
}

export const PATIENCE: Patience = { silence_ms: 30_000, failures: 6, progressBytes: 1e6, pause_ms: 1000 };

/** Who is told: of bytes in hand, while they are fetched or checked; and in words of what went wrong and what is tried. */
export interface Told {
  readonly onBytes: (stage: "fetching" | "checking", bytes: number) => void;
  readonly onNote: (text: string) => void;
}

/**
 * Puts a file from `address` to `path`, going on behind what is there, and checks length and sha256. Failed connections
 * are tried again. Throws an Error in one line where it gives up, then what came so far stays at `path` to go on from;
 * a file with other content is removed.
 */
export async function download(
  file: Download,
  address: string,
  path: string,
  patience: Patience,
  told: Told,
): Promise<void> {
  const known: Known = { etag: null, pieces: lengthOf(path) > 0 ? 2 : 0 };
  for (let again = true; ; again = false) {
    await receiveAll(file, address, path, known, patience, told);
    const found = await sha256Of(path, (bytes) => told.onBytes("checking", bytes));
    if (found === file.sha256) return;
    rmSync(path);
    if (!again || known.pieces <= 1) {
      throw new Error(`${address} sends other content: sha256 ${found}, not the ${file.sha256} of ${file.name}`);
    }
    told.onNote(`${file.name}: the pieces do not make up the file; fetching it anew`);
    known.etag = null;
    known.pieces = 0;
  }
}

/** Asks for what is missing until the file is as long as it should be. */
async function receiveAll(
  file: Download,
  address: string,
  path: string,
  known: Known,
  patience: Patience,
  told: Told,
): Promise<void> {
  if (lengthOf(path) > file.bytes) rmSync(path);
  let most = lengthOf(path);
  for (let failures = 0; lengthOf(path) < file.bytes; ) {
    try {
      const onBytes = (bytes: number) => told.onBytes("fetching", bytes);
      await receive(file, address, path, lengthOf(path), known, patience.silence_ms, onBytes);
    } catch (error) {
      const reason = reasonOf(error);
      if (error instanceof Refused) throw new Error(`${address} ${reason}`);
      if (/\bENOSPC\b/.test(reason)) throw new Error(`the disk is full; ${kept(file, path)}`);
      const now = lengthOf(path);
      failures = now >= most + patience.progressBytes ? 1 : failures + 1;
      most = Math.max(most, now);
      if (failures >= patience.failures || PERMANENT.test(reason)) {
        throw new Error(`${address} cannot be fetched: ${reason}; ${kept(file, path)}`);
      }
      const least_ms = error instanceof Later ? error.pause_ms : 0;
      const pause_ms = Math.max(least_ms, patience.pause_ms * (1 << Math.min(5, failures - 1)));
      const at = now > 0 ? ` at ${megabytes(now)} of ${megabytes(file.bytes)}` : "";
      told.onNote(`${file.name}: ${reason}${at}; trying again in ${Math.ceil(pause_ms / 1000)} s`);
      await setTimeout(pause_ms);
    }
  }
}

/** A certificate that is not trusted will not be later. */
const PERMANENT = /certificate|CERT_|ERR_TLS|is no http:\/\/ proxy/;

/** What a failed attempt leaves to go on from. */
function kept(file: Download, path: string): string {
  const bytes = lengthOf(path);
  if (bytes === 0) return "nothing came";
  return `${megabytes(bytes)} of ${megabytes(file.bytes)} are kept in ${path}, and the same command goes on from there`;
}

/** Why, in a line. A host with several addresses fails with several errors at once. */
function reasonOf(error: unknown): string {
  const one = error instanceof AggregateError ? error.errors[0] : error;
  if ((one as NodeJS.ErrnoException)?.code === "ECONNRESET") return "the connection ended";
  return one instanceof Error ? one.message : String(one);
}

function lengthOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** The sha256 of a file, in hexadecimal. `onBytes` is told how many have been read. */
export async function sha256Of(path: string, onBytes: (bytes: number) => void): Promise<string> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    hash.update(piece);
    bytes += piece.length;
    onBytes(bytes);
  }
  return hash.digest("hex");
}
