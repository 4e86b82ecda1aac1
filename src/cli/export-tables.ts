import { mkdirSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, dirname, join } from "node:path";
import type { RunTable } from "../analysis/run-folder.js";
import { Invalid } from "../invalid.js";
import { PART_ROWS } from "../table/index.js";
import type { TableFormat } from "./export-formats.js";
import { ExportHands } from "./export-hands.js";
import { wholeOf } from "./numbers.js";
import type { ProgressDisplay } from "./progress.js";

/** Megabytes of tables from which writing takes long enough to show how far it is. */
export const SHOWN_FROM = 100;

/** How a folder is exported. */
export interface ExportManner {
  readonly format: TableFormat;
  /** What --table and --workers say. */
  readonly tables: string | undefined;
  readonly workers: string | undefined;
  readonly force: boolean;
  readonly display: ProgressDisplay;
}

/** A file to write: a table's, or that of some of its parts. */
export interface Piece {
  /** The table, such as `xx/invocations`. */
  readonly table: string;
  /** Arrow files that it is made of. */
  readonly from: readonly string[];
  /** Where it goes, under the output; with "/". */
  readonly path: string;
  /** Of a workload, the number of its first row. */
  readonly firstRow?: number | undefined;
}

/** The files that tables of a folder become: parts stay parts, unless the format joins them. */
export function piecesOf(tables: readonly RunTable[], { name: ending, joins }: TableFormat): Piece[] {
  return tables.flatMap(({ name: table, files }): Piece[] => {
    const parts = files.filter((file) => /^part-\d{5}\.arrow$/.test(basename(file)));
    if (joins || parts.length === 0) {
      return [{ table, from: files, path: `${table}.${ending}`, firstRow: firstRow(table, 0) }];
    }
    return parts.map((file, part) => {
      const path = `${table}/${basename(file, ".arrow")}.${ending}`;
      return { table, from: [file], path, firstRow: firstRow(table, part) };
    });
  });
}

/** The number of the first row of a part of a workload; undefined: other tables say which invocation a row is of. */
export function firstRow(table: string, part: number): number | undefined {
  return table === "workload" ? part * PART_ROWS : undefined;
}

/** Bytes of the files that pieces are made of. */
export function bytesOf(pieces: readonly Piece[]): number {
  return pieces.flatMap(({ from }) => from).reduce((sum, file) => sum + statSync(file).size, 0);
}

/** How many threads write `bytes` of `files` files: as --workers says, or none but this one where it is soon done. */
export function workersFor(workers: string | undefined, bytes: number, files: number): number {
  if (workers === undefined && bytes < SHOWN_FROM * 1e6) return 0;
  const most = workers === undefined ? availableParallelism() : wholeOf("workers", workers, "--workers", 1, 1024);
  return Math.min(most, files);
}

/** Writes the pieces into a folder, showing how far it is. Gives the rows of every table. */
export async function writePieces(
  pieces: readonly Piece[],
  folder: string,
  { format, workers, display }: Pick<ExportManner, "format" | "workers" | "display">,
  metadata: Readonly<Record<string, string>> = {},
): Promise<Map<string, number>> {
  const bytes = bytesOf(pieces);
  const rows = new Map<string, number>();
  const onRead = shownRead(display, bytes);
  const hands = new ExportHands(format, workersFor(workers, bytes, pieces.length));
  try {
    await hands.each(pieces, async ({ table, from, path, firstRow }) => {
      const target = join(folder, path);
      mkdirSync(dirname(target), { recursive: true });
      const extras = { metadata: { ...metadata, table: shortName(table) }, firstRow };
      const written = await hands.write({ from, path: target, extras }, onRead);
      rows.set(table, (rows.get(table) ?? 0) + written);
    });
  } finally {
    await hands.end();
  }
  return rows;
}

/** Shows bytes that were read, of how many. */
export function shownRead(display: ProgressDisplay, total: number): (bytes: number) => void {
  let read = 0;
  return (bytes) => {
    read += bytes;
    display.show("writing", read / 1e6, total / 1e6, "MB");
  };
}

/** The last part of a table's name: `invocations` of `xx/invocations`. */
export function shortName(table: string): string {
  return table.slice(table.lastIndexOf("/") + 1);
}

/** The names that --table lists, each of which is one of `known`; null where there is no --table. Throws Invalid. */
export function chosenTables(text: string | undefined, known: Iterable<string>): ReadonlySet<string> | null {
  if (text === undefined) return null;
  const names = [...new Set(known)];
  const chosen = text.split(",").map((name) => name.trim());
  const unknown = chosen.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Invalid("table", unknown, "--table", `some of ${names.join(", ")}`);
  return new Set(chosen);
}
