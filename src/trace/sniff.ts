import { isUtf8 } from "node:buffer";
import { basename } from "node:path";
import { ForeignTable } from "../table/index.js";
import { ByteSource } from "./byte-source.js";
import { CsvReader } from "./csv.js";
import type { Source } from "./format.js";

/** How files begin that are no table but might be taken for one. */
const OTHERS: readonly (readonly [string, string])[] = [
  ["PAR1", "Parquet"],
  ["PK\u0003\u0004", "a zip archive"],
  ["Rar!", "a rar archive"],
  ["\u00fd7zXZ", "packed with xz"],
  ["BZh", "packed with bzip2"],
  ["7z\u00bc\u00af", "a 7z archive"],
  ["(\u00b5/\u00fd", "packed with zstd"],
];

/** Looks at how a file begins: whether it is CSV (also inside gzip) or Arrow, and its columns, renamed by `map`. */
export async function sniff(path: string, map: Readonly<Record<string, string>>): Promise<Source> {
  const name = basename(path);
  const ours = (columns: readonly string[]) => columns.map((column) => map[column] ?? column);
  const source = ByteSource.open(path);
  try {
    const first = Buffer.alloc(262144);
    let length = 0;
    for (let read = -1; read !== 0 && length < 8; length += read)
      read = await source.read(first, length, first.length - length);
    const start = first.subarray(0, length);
    if (length === 0) return { path, name, kind: "other", columns: [], what: "empty" };
    if (ForeignTable.begins(start)) {
      const table = await ForeignTable.open(path);
      await table.close();
      return { path, name, kind: "arrow", columns: ours(table.columns), what: "" };
    }
    const other = OTHERS.find(([magic]) => start.toString("latin1", 0, magic.length) === magic);
    if (other) return { path, name, kind: "other", columns: [], what: other[1] };
    const lineEnd = start.indexOf(10);
    if (lineEnd > 0 && (start.includes(0) || !isUtf8(start.subarray(0, lineEnd)))) {
      return { path, name, kind: "other", columns: [], what: "not UTF-8 text" };
    }
  } finally {
    source.close();
  }
  return { path, name, kind: "csv", columns: ours(await header(path)), what: "" };
}

async function header(path: string): Promise<readonly string[]> {
  const source = ByteSource.open(path);
  try {
    return (await CsvReader.open(source)).columns ?? [];
  } finally {
    source.close();
  }
}
