import { isUtf8 } from "node:buffer";
import { basename } from "node:path";
import { ForeignParquet, ForeignTable } from "../table/index.js";
import { ByteSource } from "./byte-source.js";
import { CsvReader } from "./csv.js";
import type { Source } from "./format.js";

/** How files begin that are no table but might be taken for one. */
const OTHERS: readonly (readonly [string, string])[] = [
  ["PARE", "encrypted Parquet"],
  ["PK\u0003\u0004", "a zip archive"],
  ["Rar!", "a rar archive"],
  ["BZh", "packed with bzip2"],
  ["7z\u00bc\u00af", "a 7z archive"],
];

/** A tar archive has this at 257. */
const TAR = "ustar";

/** A line as the platform of AWS Lambda writes it, with nothing that CSV would have in front. */
const LOG_LINE =
  /^[^",{\n]*(?:(?:START|END|REPORT) RequestId: |INIT_START Runtime |\{"time":"[^"]*","type":"platform\.)/m;

/**
 * Looks at how a file begins, unpacked: whether it is Arrow or Parquet, JSON, a log's text or else CSV, and its columns
 * (of JSON: all names in its beginning) under its own names.
 */
export async function sniff(path: string): Promise<Source> {
  const name = basename(path);
  const source = ByteSource.open(path);
  try {
    const first = Buffer.alloc(262144);
    let length = 0;
    for (let read = -1; read !== 0 && length < first.length; length += read)
      read = await source.read(first, length, first.length - length);
    const start = first.subarray(0, length);
    if (length === 0) return { path, name, kind: "other", columns: [], what: "empty" };
    if (source.packed && (ForeignTable.begins(start) || ForeignParquet.begins(start))) {
      return { path, name, kind: "other", columns: [], what: "a table inside a packed file" };
    }
    if (ForeignTable.begins(start)) {
      const table = await ForeignTable.open(path);
      await table.close();
      return { path, name, kind: "arrow", columns: table.columns, what: "" };
    }
    if (ForeignParquet.begins(start)) {
      const table = await ForeignParquet.open(path);
      await table.close();
      return { path, name, kind: "parquet", columns: table.columns, what: "" };
    }
    const other = OTHERS.find(([magic]) => start.toString("latin1", 0, magic.length) === magic);
    if (other) return { path, name, kind: "other", columns: [], what: other[1] };
    if (start.toString("latin1", 257, 262) === TAR) {
      return { path, name, kind: "other", columns: [], what: "a tar archive" };
    }
    const lineEnd = start.indexOf(10);
    if (lineEnd > 0 && (start.includes(0) || !isUtf8(start.subarray(0, lineEnd)))) {
      return { path, name, kind: "other", columns: [], what: "not UTF-8 text" };
    }
    const text = start.toString("latin1");
    if (/^(?:\u00ef\u00bb\u00bf)?\s*[[{]/.test(text))
      return { path, name, kind: "json", columns: namesIn(text), what: "" };
    if (LOG_LINE.test(text)) return { path, name, kind: "log", columns: [], what: "" };
  } finally {
    source.close();
  }
  return { path, name, kind: "csv", columns: await header(path), what: "" };
}

/** The names of members in the beginning of a JSON text, each once. */
function namesIn(text: string): string[] {
  return [...new Set(Array.from(text.matchAll(/"([^"\\]{1,100})"\s{0,9}:/g), ([, name]) => name!))];
}

async function header(path: string): Promise<readonly string[]> {
  const source = ByteSource.open(path);
  try {
    return (await CsvReader.open(source)).columns ?? [];
  } finally {
    source.close();
  }
}
