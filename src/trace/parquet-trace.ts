import { existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Invalid } from "../invalid.js";
import {
  BATCH_ROWS,
  COUNTS,
  type Column,
  DURATIONS,
  type ForeignBatch,
  ForeignParquet,
  FUNCTIONS,
  LAMBDA_COLUMNS,
  LLM_COLUMNS,
  MEMORY,
  TableWriter,
  TRACE_INVOCATIONS,
  type Values,
} from "../table/index.js";
import type { TraceManifest } from "./trace.js";
import { MANIFEST, readManifest } from "./trace-folder.js";

const TABLES = {
  counts: { functions: FUNCTIONS, counts: COUNTS, durations: DURATIONS, memory: MEMORY },
  invocations: { functions: FUNCTIONS, invocations: [...TRACE_INVOCATIONS, ...LLM_COLUMNS, ...LAMBDA_COLUMNS] },
} as const;
const EXPECTED = "a trace as export has written it";

/** Whether `path` is a trace folder that `export --to parquet` has written. */
export function isParquetTrace(path: string): boolean {
  return existsSync(join(path, MANIFEST)) && existsSync(join(path, "functions.parquet"));
}

/**
 * Reads a trace folder of Parquet tables back into a trace folder, `outFolder`, which exists and is empty. Throws Invalid
 * where a table is not there or not whole.
 */
export async function readParquetTrace(
  path: string,
  outFolder: string,
  {
    name,
    onProgress,
  }: { name?: string | undefined; onProgress?: ((bytes: number, total: number) => void) | undefined },
): Promise<TraceManifest> {
  const before = readManifest(path);
  const manifest: TraceManifest = { ...before, name: name ?? before.name };
  const tables = Object.entries(TABLES[manifest.kind]);
  const missing = tables.find(([table]) => !existsSync(join(path, `${table}.parquet`)));
  if (missing) throw new Invalid("trace", path, `has no ${missing[0]}.parquet`, EXPECTED);
  const sizes = tables.map(([table]) => statSync(join(path, `${table}.parquet`)).size);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let bytes = 0;
  for (const [i, [table, columns]] of tables.entries()) {
    const { rows, count } = await copyTable(join(path, `${table}.parquet`), columns, join(outFolder, `${table}.arrow`));
    const { functions, invocations } = manifest;
    const right = { functions: rows === functions, invocations: rows === invocations, counts: count === invocations };
    if (right[table as keyof typeof right] === false) {
      throw new Invalid("trace", path, `${table}.parquet is not what its ${MANIFEST} says`, EXPECTED);
    }
    bytes += sizes[i]!;
    onProgress?.(bytes, total);
  }
  writeFileSync(join(outFolder, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

/** Writes a Parquet table as the Arrow table it was. Gives its rows, and the sum of its column count where it has one. */
async function copyTable(from: string, known: readonly Column[], to: string): Promise<{ rows: number; count: number }> {
  const table = await ForeignParquet.open(from);
  try {
    const columns = known.filter(({ name }) => table.columns.includes(name));
    const names = columns.map(({ name }) => name);
    const labels = await labelsOf(table, columns);
    const strings = Object.fromEntries([...labels].map(([name, keys]) => [name, [...keys.keys()]]));
    const writer = await TableWriter.create(to, columns, {}, strings);
    let [rows, count] = [0, 0];
    try {
      for await (const batch of table.batches(names)) {
        const values = columns.map((column) => [column.name, valuesOf(column, batch, labels)] as const);
        for (let start = 0; start < batch.rows; start += BATCH_ROWS) {
          const part = values.map(([name, all]) => [name, all.subarray(start, start + BATCH_ROWS)]);
          await writer.write(Object.fromEntries(part), Math.min(BATCH_ROWS, batch.rows - start));
        }
        for (const value of values.find(([name]) => name === "count")?.[1] ?? []) count += value;
        rows += batch.rows;
      }
      await writer.close();
    } catch (error) {
      await writer.abandon();
      throw error;
    }
    return { rows, count };
  } finally {
    await table.close();
  }
}

/** Keys of the strings of each dictionary column, in the order in which they come up. */
type Labels = ReadonlyMap<string, ReadonlyMap<string, number>>;

async function labelsOf(table: ForeignParquet, columns: readonly Column[]): Promise<Labels> {
  const labels = new Map<string, Map<string, number>>();
  for (const { name, type } of columns) if (type === "dictionary") labels.set(name, new Map());
  if (labels.size === 0) return labels;
  for await (const batch of table.batches([...labels.keys()])) {
    for (const [name, keys] of labels) {
      const column = batch.columns[name]!;
      for (const text of column.kind === "labels" ? column.strings : []) if (!keys.has(text)) keys.set(text, keys.size);
    }
  }
  return labels;
}

function valuesOf({ name, type }: Column, { columns }: ForeignBatch, labels: Labels): Values {
  const column = columns[name]!;
  if (type === "dictionary") {
    if (column.kind !== "labels") throw new Invalid("column", name, "numbers", "text");
    const keys = column.strings.map((text) => labels.get(name)!.get(text)!);
    return Int32Array.from(column.keys, (key) => (key < 0 ? -1 : keys[key]!));
  }
  if (column.kind !== "numbers") throw new Invalid("column", name, "text", "numbers");
  if (type === "float64") return column.values;
  if (type === "float32") return Float32Array.from(column.values);
  if (type === "uint32") return Uint32Array.from(column.values);
  return Int32Array.from(column.values, (value) => (Number.isNaN(value) ? -1 : value));
}
