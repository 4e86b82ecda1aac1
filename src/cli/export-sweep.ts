import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { notWhole, openRun } from "../analysis/run-folder.js";
import { Invalid } from "../invalid.js";
import { Dataset } from "../sweep/dataset.js";
import type { Cell } from "../sweep/grid.js";
import type { CellEntry, SweepManifest } from "../sweep/merge.js";
import { type PartitionKey, partitionKeys, partitionPath } from "../sweep/partitions.js";
import type { TableFormat } from "./export-formats.js";
import { ExportHands } from "./export-hands.js";
import {
  bytesOf,
  chosenTables,
  type ExportManner,
  firstRow,
  type Piece,
  shortName,
  shownRead,
  workersFor,
} from "./export-tables.js";
import { readJson } from "./json-file.js";
import { plural, whole } from "./plain.js";
import { SWEEP_OPTIONS } from "./sweep-options.js";
import { sweepCells } from "./sweep-run.js";

/** A file of the data set: where it goes, and the sha256 of what it is made of. */
interface SweepPiece extends Piece {
  readonly sha256: string;
  /** Rows that its run says it has; null: it does not say. */
  readonly rows: number | null;
}

/**
 * Writes the tables of a finished sweep into one data set: `TABLE/scheduler=xx/load=0.8/seed=1/part-00000.parquet`, a
 * partition per scheduler and option that the plan varies, and `summary/`. What is there already of the same runs is not
 * written again, and what is of other runs is removed. Gives lines that say what was done. Throws Invalid.
 */
export async function exportSweep(folder: string, target: string, manner: ExportManner): Promise<string> {
  const { format, force, display } = manner;
  const { cells, entries, varied } = readSweep(folder);
  const keys = partitionKeys(varied, cells, SWEEP_OPTIONS);
  const all = [
    ...cells.flatMap((cell, i) => cellPieces(folder, cell, entries[i]!, keys, format)),
    ...summary(folder, format),
  ];
  const chosen = chosenTables(
    manner.tables,
    all.map(({ table }) => table),
  );
  const pieces = all.filter(({ table }) => chosen === null || chosen.has(table));
  const partitions = ["scheduler", ...keys.map(({ name }) => name)];
  const dataset = Dataset.open(target, { format: format.name, partitions }, force);
  try {
    const todo = pieces.filter(({ path, sha256 }) => !dataset.has(path, sha256));
    const bytes = bytesOf(todo);
    const onRead = shownRead(display, bytes);
    const hands = new ExportHands(format, workersFor(manner.workers, bytes, todo.length));
    let rows = 0;
    dataset.save(false);
    try {
      await hands.each(todo, ({ from, path, sha256, table, rows: expected, firstRow }) =>
        dataset.write(path, sha256, async (to) => {
          const written = await hands.write({ from, path: to, extras: { firstRow } }, onRead);
          if (expected !== null && written !== expected) {
            throw notWhole(folder, `${table} of ${path} has ${written} of ${expected} rows`);
          }
          rows += written;
        }),
      );
    } finally {
      await hands.end();
    }
    const paths = new Set(pieces.map(({ path }) => path));
    dataset.keep((file) => paths.has(file) || !(chosen?.has(file.slice(0, file.indexOf("/"))) ?? true));
    dataset.save(true);
    display.end();
    const tables = new Set(pieces.map(({ table }) => table)).size;
    const there = pieces.length - todo.length;
    return [
      `${target}: ${plural(tables, "table")} of ${plural(cells.length, "run")}, by ${partitions.join(", ")}`,
      `${plural(todo.length, "file")} written, ${whole(rows)} rows${there > 0 ? `; ${whole(there)} were there already` : ""}`,
      "",
    ].join("\n");
  } finally {
    dataset.close();
  }
}

/** The cells of a sweep, in its order, with what sweep.json says of each. Throws Invalid where one is not done. */
function readSweep(folder: string): { cells: Cell[]; entries: CellEntry[]; varied: readonly string[] } {
  const path = join(folder, "sweep.json");
  const { plan, varied, cells: entries } = readJson(path, "sweep", "a sweep") as unknown as SweepManifest;
  if (!Array.isArray(entries) || !Array.isArray(varied)) {
    throw new Invalid("sweep", folder, "its sweep.json is not a sweep's", "a folder written by replaybook sweep");
  }
  const done = entries.filter(({ run, sha256 }) => sha256 && existsSync(join(folder, run, "run.json")));
  if (done.length < entries.length) {
    const lacks = `${done.length} of its ${plural(entries.length, "run")} are done`;
    throw new Invalid("sweep", folder, lacks, "a whole sweep: the same sweep command goes on with it");
  }
  const cells = sweepCells(plan, path);
  const of = cells.map((cell) => entries.find(({ run }) => run === `runs/${cell.name}`));
  const odd = of.indexOf(undefined);
  if (odd >= 0) throw new Invalid("sweep", folder, `has no runs/${cells[odd]!.name}`, "runs that are its plan's");
  return { cells, entries: of as CellEntry[], varied };
}

function cellPieces(folder: string, cell: Cell, entry: CellEntry, keys: readonly PartitionKey[], format: TableFormat) {
  const run = openRun(join(folder, entry.run));
  return run.tables().flatMap(({ name, files }): SweepPiece[] => {
    const table = shortName(name);
    const scheduler = name === table ? undefined : name.slice(0, -table.length - 1);
    const place = [table, partitionPath(keys, cell, scheduler)].filter(Boolean).join("/");
    const groups = format.joins ? [files] : files.map((file) => [file]);
    const rows = /^(workload|invocations)$/.test(table) && groups.length === 1 ? run.manifest.workload.rows : null;
    return groups.map((from, i) => {
      const path = `${place}/part-${String(i).padStart(5, "0")}.${format.name}`;
      const sums = from.map((file) => entry.sha256![file.slice(run.folder.length + 1).replaceAll("\\", "/")]);
      return {
        table,
        from,
        path,
        rows,
        firstRow: firstRow(table, i),
        sha256: sums.length === 1 ? sums[0]! : sha256Of(sums.join()),
      };
    });
  });
}

/** summary.arrow as a table of the data set; its columns name runs, schedulers and options. */
function summary(folder: string, { name: ending }: TableFormat): SweepPiece[] {
  const file = join(folder, "summary.arrow");
  if (!existsSync(file)) return [];
  const path = `summary/part-00000.${ending}`;
  return [{ table: "summary", from: [file], path, rows: null, sha256: sha256Of(readFileSync(file)) }];
}

function sha256Of(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
