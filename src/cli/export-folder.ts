import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { notWhole, openRun, type RunTable } from "../analysis/run-folder.js";
import { Output } from "../output.js";
import { partsOf } from "../table/index.js";
import type { TraceManifest } from "../trace/trace.js";
import { isTraceFolder, openTrace } from "../trace/trace-folder.js";
import { chosenTables, type ExportManner, piecesOf, shortName, writePieces } from "./export-tables.js";
import { plural, whole } from "./plain.js";

/** Tables to export, and how to see whether what was written is all of them. */
interface Source {
  readonly tables: readonly RunTable[];
  /** Added to what the tables say of themselves. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Files that go with them. */
  readonly beside: readonly string[];
  check(table: string, rows: number): void;
}

/**
 * Writes the tables of a run or trace folder into `target`, which appears when it is whole. Gives a line that says what
 * was written. Throws Invalid.
 */
export async function exportFolder(folder: string, target: string, manner: ExportManner): Promise<string> {
  const { format, force, display } = manner;
  const source = isTraceFolder(folder) ? await traceTables(folder) : runTables(folder);
  const { tables, metadata, beside, check } = source;
  const chosen = chosenTables(manner.tables, [
    ...tables.map(({ name }) => shortName(name)),
    ...tables.map(({ name }) => name),
  ]);
  const wanted = tables.filter(({ name }) => chosen === null || chosen.has(name) || chosen.has(shortName(name)));
  const output = Output.folder(target, force);
  try {
    const rows = await writePieces(piecesOf(wanted, format), output.path, manner, metadata);
    for (const [table, count] of rows) check(table, count);
    for (const name of beside) copyFileSync(join(folder, name), join(output.path, name));
    display.end();
    output.commit();
    const all = [...rows.values()].reduce((sum, count) => sum + count, 0);
    return `${target}: ${plural(wanted.length, "table")}, ${whole(all)} rows\n`;
  } catch (error) {
    display.end();
    output.abandon();
    throw error;
  }
}

function runTables(folder: string): Source {
  const run = openRun(folder);
  const expected = run.manifest.workload.rows;
  return {
    tables: run.tables(),
    metadata: {},
    beside: [],
    check(table, rows) {
      if (!/^workload$|\/invocations$/.test(table) || rows === expected) return;
      throw notWhole(run.folder, `${table} has ${rows} of ${expected} rows`);
    },
  };
}

const TRACE_TABLES = ["functions", "counts", "durations", "memory", "invocations"];

/** A trace's tables say nothing of themselves: its manifest does, and goes with them. */
async function traceTables(folder: string): Promise<Source> {
  await (await openTrace(folder)).close();
  const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as TraceManifest;
  const { name, sha256, format, replaybook } = manifest;
  return {
    tables: TRACE_TABLES.map((table) => ({ name: table, files: partsOf(folder, table) })).filter(
      ({ files }) => files.length > 0,
    ),
    metadata: { replaybook, trace: name, trace_sha256: sha256, trace_format: format },
    beside: ["manifest.json", "rejects.csv"].filter((file) => existsSync(join(folder, file))),
    check: () => {},
  };
}
