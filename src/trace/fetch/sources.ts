import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { Invalid } from "../../invalid.js";
import type { Dataset, Download } from "./datasets.js";

/** Where a file of a data set is taken from. */
export interface Source {
  readonly file: Download;
  /** A whole file on this machine that is left as it is, or null: it is downloaded. */
  readonly local: string | null;
  /** Where it is downloaded from. */
  readonly address: string;
  /** Where it is downloaded to, and stays until all is done. */
  readonly partial: string;
  /** Bytes that have to be downloaded still. */
  readonly missingBytes: number;
}

/**
 * Where each file of a data set is taken from. `from` is another address than its own, a downloaded file, or a folder of
 * such (an address that ends in / too), or undefined. Partial files, and archives that were kept, lie in `folder`.
 * Throws Invalid.
 */
export function sourcesOf({ downloads }: Dataset, from: string | undefined, folder: string): readonly Source[] {
  return downloads.map((file) => {
    const kept = join(folder, file.name);
    const local = from === undefined ? (existsSync(kept) ? kept : null) : localOf(file, from, downloads.length);
    const size = local === null ? file.bytes : statSync(local).size;
    if (size !== file.bytes) {
      throw new Invalid("file", local, `${size} bytes`, `the ${file.bytes} bytes of ${file.name}`);
    }
    const partial = `${kept}.partial`;
    const have = statSync(partial, { throwIfNoEntry: false })?.size ?? 0;
    const missingBytes = local === null ? file.bytes - (have > file.bytes ? 0 : have) : 0;
    const address = from === undefined || local !== null ? file.address : addressOf(file, from, downloads.length);
    return { file, local, address, partial, missingBytes };
  });
}

const WEB = /^https?:\/\//i;

/** The file that `from` names on this machine; null where it names an address. */
function localOf(file: Download, from: string, files: number): string | null {
  if (WEB.test(from)) return null;
  const one = files === 1 ? `${file.name} or ` : "";
  const expected = `an http or https address, or ${one}a folder that holds ${file.name}`;
  const wrong = (what: string) => new Invalid("source", from, `--from, ${what}`, expected);
  const found = statSync(from, { throwIfNoEntry: false });
  if (!found) throw wrong("not there");
  const path = found.isDirectory() ? join(from, file.name) : from;
  if (!existsSync(path)) throw wrong("without the file");
  if (path === from && files > 1) throw wrong("one file");
  return path;
}

function addressOf(file: Download, from: string, files: number): string {
  if (!URL.canParse(from)) throw new Invalid("source", from, "--from", "an http or https address");
  const url = new URL(from);
  if (url.pathname.endsWith("/")) url.pathname += file.name;
  else if (files > 1) throw new Invalid("source", from, `--from, one file of ${files}`, "an address that ends in /");
  return url.href;
}
