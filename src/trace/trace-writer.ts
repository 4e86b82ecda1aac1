import { join } from "node:path";
import { type Batch, type Column, DURATIONS, FUNCTIONS, MEMORY, TableWriter, type Values } from "../table/index.js";
import type { DurationRows, Functions, MemoryRows } from "./trace.js";

/** Distinct strings of some labels in order of first appearance, and each label's key into them (-1: null). */
function dictionaryOf(labels: readonly (string | null)[]): { strings: string[]; keys: Int32Array } {
  const known = new Map<string, number>();
  const keys = new Int32Array(labels.length);
  labels.forEach((label, i) => {
    if (label === null) {
      keys[i] = -1;
      return;
    }
    let key = known.get(label);
    if (key === undefined) {
      key = known.size;
      known.set(label, key);
    }
    keys[i] = key;
  });
  return { strings: [...known.keys()], keys };
}

type Labelled = Readonly<Record<string, readonly (string | null)[]>>;

/** Writes a whole table at once: `columns` of values and columns of labels, which become dictionaries. */
async function writeTable(
  path: string,
  schema: readonly Column[],
  rows: number,
  columns: Batch,
  labels: Labelled = {},
) {
  const dictionaries = new Map(Object.entries(labels).map(([name, of]) => [name, dictionaryOf(of)]));
  const strings = Object.fromEntries([...dictionaries].map(([name, of]) => [name, of.strings]));
  const keys = Object.fromEntries([...dictionaries].map(([name, of]) => [name, of.keys]));
  const writer = await TableWriter.create(path, schema, {}, strings);
  try {
    if (rows > 0) await writer.write({ ...columns, ...keys }, rows);
    await writer.close();
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

/** Writes functions.arrow into `folder`. */
export async function writeFunctions(folder: string, functions: Functions): Promise<void> {
  const { owner, app, function: name, trigger } = functions;
  const function_id = Uint32Array.from(owner.keys());
  const labels = { owner, app, function: name, trigger };
  await writeTable(join(folder, "functions.arrow"), FUNCTIONS, owner.length, { function_id }, labels);
}

/** The column of rows' values at `offset` of every `width`. */
function strided(values: Float64Array, rows: number, width: number, offset: number): Float64Array {
  const column = new Float64Array(rows);
  for (let row = 0; row < rows; row++) column[row] = values[row * width + offset]!;
  return column;
}

/** The columns of `schema` that hold percentiles, in order. */
export function levelColumns(schema: readonly Column[]): string[] {
  return schema.map(({ name }) => name).filter((name) => name.startsWith("pct"));
}

function levels(schema: readonly Column[], percentiles: Float64Array, rows: number): Record<string, Values> {
  const names = levelColumns(schema);
  return Object.fromEntries(names.map((name, i) => [name, strided(percentiles, rows, names.length, i)]));
}

/** Writes durations.arrow into `folder`. */
export async function writeDurations(folder: string, durations: DurationRows): Promise<void> {
  const { length: rows, functionId: function_id, day, count } = durations;
  const { average: average_ms, minimum: minimum_ms, maximum: maximum_ms } = durations;
  const percentiles = levels(DURATIONS, durations.percentiles, rows);
  const columns = { function_id, day, count, average_ms, minimum_ms, maximum_ms, ...percentiles };
  await writeTable(join(folder, "durations.arrow"), DURATIONS, rows, columns);
}

/** Writes memory.arrow into `folder`. */
export async function writeMemory(folder: string, memory: MemoryRows): Promise<void> {
  const { length: rows, day, sampleCount: sample_count, average: average_mib, owner, app, function: name } = memory;
  const columns = { day, sample_count, average_mib, ...levels(MEMORY, memory.percentiles, rows) };
  await writeTable(join(folder, "memory.arrow"), MEMORY, rows, columns, { owner, app, function: name });
}
