import { readFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import * as arrow from "apache-arrow";
import { Invalid } from "../invalid.js";
import { boundFile, boundLists } from "./bounds.js";
import type { Batch, Column, ColumnType, Values } from "./column.js";

/** Some rows of a table: the columns asked for, null as NaN or -1, and how many rows. */
export interface Rows {
  readonly rows: number;
  readonly columns: Batch;
}

/**
 * Reads one Arrow IPC file batch by batch, so that a table larger than memory (or than the 2 GiB that Node reads at
 * once) can be passed through. Only one batch is in memory at a time.
 */
export class TableReader {
  readonly path: string;
  readonly schema: arrow.Schema;
  private readonly file: FileHandle;
  private readonly reader: arrow.AsyncRecordBatchFileReader;
  private readonly strings = new Map<string, readonly string[]>();

  private constructor(path: string, file: FileHandle, reader: arrow.AsyncRecordBatchFileReader) {
    this.path = path;
    this.file = file;
    this.reader = reader;
    this.schema = reader.schema;
  }

  /** Throws Invalid where `path` is no whole Arrow file. */
  static async open(path: string): Promise<TableReader> {
    let file: FileHandle;
    try {
      file = await open(path, "r");
    } catch (error) {
      throw new Invalid("table", path, (error as NodeJS.ErrnoException).code ?? "cannot be opened", "an Arrow file");
    }
    boundLists();
    try {
      if (!(await endsInMagic(file))) throw notWhole(path);
      const bounded = await boundFile(file, Number.POSITIVE_INFINITY);
      const reader = await arrow.RecordBatchReader.from(bounded as never);
      const opened = (await (reader as unknown as arrow.AsyncRecordBatchFileReader).open()) as never;
      return new TableReader(path, file, opened);
    } catch {
      await file.close().catch(() => {});
      throw notWhole(path);
    }
  }

  /** The table's own metadata. */
  get metadata(): ReadonlyMap<string, string> {
    return this.schema.metadata;
  }

  /** What the columns are, as the file says it: enough to write another table of them. */
  get columns(): readonly Column[] {
    return this.schema.fields.map(({ name, type, nullable, metadata }) => ({
      name,
      type: arrow.DataType.isDictionary(type) ? "dictionary" : (String(type).toLowerCase() as ColumnType),
      unit: metadata.get("unit") ?? "",
      about: metadata.get("about") ?? "",
      ...(nullable && { nulls: metadata.get("null") ?? "" }),
    }));
  }

  get batchCount(): number {
    return this.reader.numRecordBatches;
  }

  /** The strings of a dictionary column; known once the first batch has been read. */
  dictionary(column: string): readonly string[] {
    return this.strings.get(column) ?? [];
  }

  /** Every batch in order, with the columns named (all of them by default). Throws Invalid for a column that is not there. */
  async *batches(names: readonly string[] = this.schema.names as string[]): AsyncGenerator<Rows> {
    for (let i = 0; i < this.batchCount; i++) yield await this.batch(i, names);
  }

  /** Batch `index`, 0 <= index < batchCount, read alone. Throws Invalid for a column that is not there. */
  async batch(index: number, names: readonly string[] = this.schema.names as string[]): Promise<Rows> {
    for (const name of names) requireColumn(this.schema, name, this.path);
    try {
      const batch = await this.reader.readRecordBatch(index);
      return { rows: batch!.numRows, columns: this.columnsOf(batch!, names) };
    } catch {
      throw notWhole(this.path);
    }
  }

  private columnsOf(batch: arrow.RecordBatch, names: readonly string[]): Batch {
    const columns: Record<string, Values> = {};
    for (const name of names) {
      const data = batch.getChild(name)!.data[0]!;
      const values = valuesOf(data);
      if (values.length !== batch.numRows) throw new RangeError("a column is cut short");
      columns[name] = values;
      if (data.dictionary && !this.strings.has(name)) this.strings.set(name, data.dictionary.toArray() as string[]);
    }
    return columns;
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

const MAGIC = "ARROW1";

/** Whether a file ends as a whole Arrow file does. Apache Arrow takes an empty file for an empty table. */
async function endsInMagic(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size < MAGIC.length) return false;
  const { buffer } = await file.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, size - MAGIC.length);
  return buffer.toString("latin1") === MAGIC;
}

function notWhole(path: string): Invalid {
  return new Invalid("table", path, "cut short or not Arrow", "a whole Arrow file");
}

function requireColumn(schema: arrow.Schema, name: string, path: string): void {
  if (schema.names.includes(name)) return;
  throw new Invalid("table", path, `has no column ${name}`, `the columns ${schema.names.join(", ")} and ${name}`);
}

/** The values as a typed array of exactly `data.length`; nulls become NaN or -1 in a copy. */
function valuesOf(data: arrow.Data): Values {
  const values = (data.values as Values).subarray(0, data.length);
  if (data.nullCount === 0) return values;
  const copy = values.slice();
  const none = copy instanceof Float64Array || copy instanceof Float32Array ? Number.NaN : -1;
  if (data.nullCount === data.length) return copy.fill(none);
  const { nullBitmap, offset } = data;
  for (let i = 0, bit = offset; i < copy.length; i++, bit++) {
    if (((nullBitmap[bit >> 3]! >> (bit & 7)) & 1) === 0) copy[i] = none;
  }
  return copy;
}

/** A whole table in memory as Apache Arrow has it. For tables under 2 GiB. Throws Invalid where the file is not whole. */
export function readTable(path: string): arrow.Table {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new Invalid("table", path, (error as NodeJS.ErrnoException).code ?? "cannot be read", "an Arrow file");
  }
  boundLists();
  try {
    return arrow.tableFromIPC(bytes);
  } catch {
    throw notWhole(path);
  }
}
