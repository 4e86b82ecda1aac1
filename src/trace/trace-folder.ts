import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Invalid } from "../invalid.js";
import { DURATIONS, MEMORY, type Rows, TABLE_VERSION, TableReader, type Values } from "../table/index.js";
import { minutesOf } from "./minutes.js";
import type {
  CountTrace,
  DurationRows,
  Functions,
  InvocationTrace,
  MemoryRows,
  Trace,
  TraceManifest,
} from "./trace.js";
import { levelColumns } from "./trace-writer.js";

/** The file that makes a folder a trace folder. */
export const MANIFEST = "manifest.json";

/** Whether `path` is a folder that ingest has written. */
export function isTraceFolder(path: string): boolean {
  return existsSync(join(path, MANIFEST)) && existsSync(join(path, "functions.arrow"));
}

/** Opens a trace folder. Throws Invalid where it is none or is not whole. */
export async function openTrace(folder: string): Promise<Trace> {
  if (!existsSync(folder)) throw new Invalid("trace", folder, "no such file or folder", "a trace folder");
  if (!isTraceFolder(folder)) throw new Invalid("trace", folder, "no trace folder", "a folder that ingest has written");
  const manifest = readManifest(folder);
  const functions = await readFunctions(folder);
  if (functions.owner.length !== manifest.functions) throw notWhole(folder, "functions.arrow");
  if (manifest.kind === "counts") return openCounts(folder, manifest, functions);
  return openInvocations(folder, manifest, functions);
}

/** manifest.json of a trace folder. Throws Invalid where it is damaged, or of another version. */
export function readManifest(folder: string): TraceManifest {
  let manifest: TraceManifest;
  try {
    manifest = JSON.parse(readFileSync(join(folder, MANIFEST), "utf8")) as TraceManifest;
  } catch {
    throw notWhole(folder, MANIFEST);
  }
  if (manifest.table_version !== TABLE_VERSION) {
    const where = `${folder}, tables of version ${manifest.table_version}`;
    throw new Invalid("trace", manifest.name, where, `tables of version ${TABLE_VERSION}: ingest it again`);
  }
  return manifest;
}

async function openCounts(folder: string, manifest: TraceManifest, functions: Functions): Promise<CountTrace> {
  const durations = await readDurations(folder);
  const memory = await readMemory(folder);
  const reader = await TableReader.open(join(folder, "counts.arrow"));
  return {
    kind: "counts",
    manifest,
    functions,
    durations,
    memory,
    minutes: (fromMinute, toMinute) => minutesOf(reader, fromMinute, toMinute),
    close: () => reader.close(),
  };
}

async function openInvocations(
  folder: string,
  manifest: TraceManifest,
  functions: Functions,
): Promise<InvocationTrace> {
  const reader = await TableReader.open(join(folder, "invocations.arrow"));
  return {
    kind: "invocations",
    manifest,
    functions,
    table: reader,
    batches: (): AsyncGenerator<Rows> => reader.batches(),
    close: () => reader.close(),
  };
}

/** Every row of a table that is small enough for memory: its columns, and the strings of its dictionaries. */
interface Whole {
  readonly rows: number;
  readonly values: (column: string) => Values;
  readonly labels: (column: string) => (string | null)[];
}

async function readWhole(folder: string, file: string): Promise<Whole> {
  const reader = await TableReader.open(join(folder, file));
  const batches: Rows[] = [];
  for await (const batch of reader.batches()) batches.push(batch);
  await reader.close();
  const rows = batches.reduce((sum, batch) => sum + batch.rows, 0);
  const values = (column: string): Values => {
    const [first] = batches;
    if (batches.length < 2) return first?.columns[column] ?? new Int32Array(0);
    const all = new (first!.columns[column]!.constructor as Float64ArrayConstructor)(rows);
    let at = 0;
    for (const batch of batches) {
      all.set(batch.columns[column] as Float64Array, at);
      at += batch.rows;
    }
    return all;
  };
  const labels = (column: string) => {
    const strings = reader.dictionary(column);
    return Array.from(values(column), (key) => (key < 0 ? null : strings[key]!));
  };
  return { rows, values, labels };
}

async function readFunctions(folder: string): Promise<Functions> {
  const { labels } = await readWhole(folder, "functions.arrow");
  return { owner: labels("owner"), app: labels("app"), function: labels("function"), trigger: labels("trigger") };
}

function percentilesOf({ rows, values }: Whole, names: readonly string[]): Float64Array {
  const percentiles = new Float64Array(rows * names.length);
  names.forEach((name, level) => {
    const column = values(name);
    for (let row = 0; row < rows; row++) percentiles[row * names.length + level] = column[row]!;
  });
  return percentiles;
}

async function readDurations(folder: string): Promise<DurationRows> {
  const table = await readWhole(folder, "durations.arrow");
  const floats = (column: string) => Float64Array.from(table.values(column));
  return {
    length: table.rows,
    functionId: Uint32Array.from(table.values("function_id")),
    day: Int32Array.from(table.values("day")),
    average: floats("average_ms"),
    count: floats("count"),
    minimum: floats("minimum_ms"),
    maximum: floats("maximum_ms"),
    percentiles: percentilesOf(table, levelColumns(DURATIONS)),
  };
}

async function readMemory(folder: string): Promise<MemoryRows> {
  const table = await readWhole(folder, "memory.arrow");
  return {
    length: table.rows,
    owner: table.labels("owner"),
    app: table.labels("app"),
    function: table.labels("function"),
    day: Int32Array.from(table.values("day")),
    sampleCount: Float64Array.from(table.values("sample_count")),
    average: Float64Array.from(table.values("average_mib")),
    percentiles: percentilesOf(table, levelColumns(MEMORY)),
  };
}

function notWhole(folder: string, file: string): Invalid {
  return new Invalid("trace", folder, `${file} is not whole`, "a whole trace folder: ingest it again");
}
