import { closeSync, constants, ftruncateSync, openSync, writeSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import type { Download } from "./datasets.js";
import { get } from "./http.js";

/** What has been learnt of the file at an address by earlier answers. */
export interface Known {
  /** Its entity tag; null: not known. */
  etag: string | null;
  /** From how many answers the bytes in hand came; those that earlier runs left count as two. */
  pieces: number;
}

/** An answer that another attempt will not change. */
export class Refused extends Error {}

/** An answer that asks to come again, no sooner than after `pause_ms`. */
export class Later extends Error {
  readonly pause_ms: number;

  constructor(message: string, pause_ms: number) {
    super(message);
    this.pause_ms = pause_ms;
  }
}

const LATER = [408, 425, 429];
const LONGEST_PAUSE_S = 60;

/**
 * One attempt: asks for what is missing behind the `have` bytes at `path`, and adds what comes, each byte at its place.
 * Where the server gives the file from its start, or another one than before, what was there is dropped. Returns when
 * the file is as long as it should be; throws Refused, or an Error after which another attempt may help.
 */
export async function receive(
  file: Download,
  address: string,
  path: string,
  have: number,
  known: Known,
  silence_ms: number,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const headers: Record<string, string> = { accept: "*/*", "accept-encoding": "identity" };
  if (have > 0) {
    headers["range"] = `bytes=${have}-`;
    if (known.etag?.startsWith('"')) headers["if-range"] = known.etag;
  }
  const answer = await get(address, headers, silence_ms);
  const target = openSync(path, constants.O_RDWR | constants.O_CREAT);
  try {
    const from = startOf(answer, file);
    const etag = answer.headers.etag ?? null;
    const another = known.etag !== null && etag !== null && etag !== known.etag;
    known.etag = etag;
    if (from !== have || (another && from > 0)) {
      ftruncateSync(target, 0);
      known.pieces = 0;
      if (from !== 0) throw new Error(another ? "the file there has changed" : `no bytes from ${have} on were sent`);
    }
    known.pieces++;
    await write(answer, target, from, file, onBytes);
  } finally {
    answer.destroy();
    closeSync(target);
  }
}

/** Writes what comes, each byte at its place, as soon as it has come: what is in hand when a connection ends counts. */
function write(
  answer: IncomingMessage,
  target: number,
  from: number,
  file: Download,
  onBytes: (bytes: number) => void,
): Promise<void> {
  let position = from;
  return new Promise((resolve, reject) => {
    const settle = (error: Error) => (position === file.bytes ? resolve() : reject(error));
    answer
      .on("data", (piece: Buffer) => {
        try {
          if (position + piece.length > file.bytes) {
            ftruncateSync(target, 0);
            throw new Refused(`sends more than the ${whole(file.bytes)} bytes of ${file.name}`);
          }
          for (let at = 0; at < piece.length; ) at += writeSync(target, piece, at, piece.length - at, position + at);
          position += piece.length;
          onBytes(position);
        } catch (error) {
          answer.destroy(error as Error);
        }
      })
      .on("error", settle)
      .on("close", () => settle(new Error("the connection ended")));
  });
}

/** The byte of the file that the answer's body begins with; -1 where it has nothing from the byte asked for on. */
function startOf({ statusCode: status = 0, statusMessage, headers }: IncomingMessage, file: Download): number {
  if (status === 416) return -1;
  if (status !== 200 && status !== 206) {
    const answered = `answers ${status}${statusMessage ? ` ${statusMessage}` : ""}`;
    if (status < 500 && !LATER.includes(status)) throw new Refused(answered);
    const pause_s = Number(headers["retry-after"] ?? 0);
    throw new Later(answered, 1000 * Math.min(pause_s > 0 ? pause_s : 0, LONGEST_PAUSE_S));
  }
  const encoding = headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") throw new Refused(`sends it in the encoding ${encoding}, which was not asked for`);
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers["content-range"] ?? "");
  const length = status === 206 ? range?.[2] : headers["content-length"];
  if (length !== undefined && length !== "*" && Number(length) !== file.bytes) {
    throw new Refused(`has a file of ${whole(Number(length))} bytes, not the ${whole(file.bytes)} of ${file.name}`);
  }
  if (status === 200) return 0;
  return range === null ? -1 : Number(range[1]);
}

function whole(number: number): string {
  return number.toLocaleString("en-US");
}
