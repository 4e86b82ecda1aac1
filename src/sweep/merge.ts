import { type Batch, type Column, TABLE_VERSION, TableWriter, type Values } from "../table/index.js";
import { VERSION } from "../version.js";
import type { CellTrace } from "./cell-worker.js";
import type { DigestRow, SweepFolder } from "./folder.js";
import type { Cell } from "./grid.js";
import type { Plan } from "./plan.js";

/** A cell in sweep.json. */
export interface CellEntry {
  /** Its run folder, in the sweep's. */
  readonly run: string;
  /** As the plan names it, how it was read, and its sha256; null: not read yet. */
  readonly trace: Readonly<Record<string, unknown>>;
  /** Every replay option, as its flag has it. */
  readonly options: Readonly<Record<string, string>>;
  /** Of every file of the run but timings.json, by path; null: not replayed. */
  readonly sha256: Readonly<Record<string, string>> | null;
}

/** What sweep.json says: the same for equal plans and traces, however the sweep was run. */
export interface SweepManifest {
  readonly replaybook: string;
  readonly table_version: string;
  readonly plan: Plan;
  /** Options that the plan varies. */
  readonly varied: readonly string[];
  readonly cells: readonly CellEntry[];
}

/** Writes sweep.json, what the records of its cells say included. */
export function writeSweep(
  into: SweepFolder,
  plan: Plan,
  varied: readonly string[],
  cells: readonly Cell[],
  traceOf: (cell: Cell) => CellTrace | undefined,
): SweepManifest {
  const manifest = sweepManifest(into, plan, varied, cells, traceOf);
  into.write("sweep.json", `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

/** What sweep.json is to say. */
export function sweepManifest(
  into: SweepFolder,
  plan: Plan,
  varied: readonly string[],
  cells: readonly Cell[],
  traceOf: (cell: Cell) => CellTrace | undefined,
): SweepManifest {
  const entries = cells.map((cell): CellEntry => {
    const { path, format, map, onBadRow } = cell.trace;
    return {
      run: `runs/${cell.name}`,
      trace: { path, format, map, on_bad_row: onBadRow, sha256: traceOf(cell)?.sha256 ?? null },
      options: cell.texts,
      sha256: into.has(cell) ? (into.record(cell)?.sha256 ?? null) : null,
    };
  });
  return { replaybook: VERSION, table_version: TABLE_VERSION, plan, varied, cells: entries };
}

/** Writes one table of rows into a sweep's folder. A label's column has its labels in the order in which they come up. */
export async function writeRows(
  into: SweepFolder,
  name: string,
  columns: readonly Column[],
  rows: readonly DigestRow[],
): Promise<void> {
  const dictionaries: Record<string, string[]> = {};
  const batch: Record<string, Values> = {};
  for (const column of columns) {
    const values = rows.map((row) => row[column.name] ?? null);
    if (column.type === "dictionary") dictionaries[column.name] = [...new Set(values.map(String))];
    batch[column.name] = valuesOf(column, values, dictionaries[column.name] ?? []);
  }
  const output = into.replace(`${name}.arrow`);
  try {
    const table = await TableWriter.create(output.path, columns, { replaybook: VERSION, table: name }, dictionaries);
    await table.write(batch as Batch, rows.length);
    await table.close();
    output.commit();
  } catch (error) {
    output.abandon();
    throw error;
  }
}

function valuesOf({ type }: Column, values: DigestRow[string][], labels: readonly string[]): Values {
  if (type === "dictionary") {
    const keys = new Map(labels.map((label, key) => [label, key]));
    return Int32Array.from(values, (value) => keys.get(String(value))!);
  }
  const numbers = values.map((value) => (value === null ? Number.NaN : Number(value)));
  if (type === "uint8") return Uint8Array.from(numbers);
  if (type === "uint32") return Uint32Array.from(numbers);
  return Float64Array.from(numbers);
}
