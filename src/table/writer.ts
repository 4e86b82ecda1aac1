import { type FileHandle, open } from "node:fs/promises";
import * as arrow from "apache-arrow";
import { type Batch, type Column, TABLE_VERSION, type Values } from "./column.js";

const TYPES = {
  float64: () => new arrow.Float64(),
  float32: () => new arrow.Float32(),
  int32: () => new arrow.Int32(),
  uint32: () => new arrow.Uint32(),
  uint16: () => new arrow.Uint16(),
  uint8: () => new arrow.Uint8(),
} as const;

/** Collects the pieces of an Arrow IPC file without copying them. */
class Pieces extends arrow.RecordBatchFileWriter {
  private pieces: Uint8Array[] = [];

  protected override _write(chunk: ArrayBufferView): this {
    if (this._started && chunk.byteLength > 0) {
      this.pieces.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
      this._position += chunk.byteLength;
    }
    return this;
  }

  take(): Uint8Array[] {
    const taken = this.pieces;
    this.pieces = [];
    return taken;
  }
}

/** Values a dictionary column's keys point into, by column name. Complete before the first batch. */
export type Dictionaries = Readonly<Record<string, readonly string[]>>;

/**
 * Writes one table as an Arrow IPC file, batch by batch.
 * The same columns, metadata, dictionaries and batches give the same bytes.
 */
export class TableWriter {
  private readonly file: FileHandle;
  private readonly columns: readonly Column[];
  private readonly schema: arrow.Schema;
  private readonly vectors: (arrow.Vector | null)[];
  private readonly pieces = new Pieces();
  private pending: Promise<void> = Promise.resolve();
  /** Rows written so far. */
  rows = 0;

  private constructor(
    file: FileHandle,
    columns: readonly Column[],
    metadata: Readonly<Record<string, string>>,
    dictionaries: Dictionaries,
  ) {
    this.file = file;
    this.columns = columns;
    const fields: arrow.Field[] = [];
    this.vectors = [];
    for (const column of columns) {
      const about = new Map([["about", column.about]]);
      if (column.unit) about.set("unit", column.unit);
      if (column.nulls) about.set("null", column.nulls);
      const nullable = column.nulls !== undefined;
      if (column.type === "dictionary") {
        const type = new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32(), this.vectors.length);
        this.vectors.push(utf8(dictionaries[column.name] ?? []));
        fields.push(new arrow.Field(column.name, type, nullable, about));
      } else {
        this.vectors.push(null);
        fields.push(new arrow.Field(column.name, TYPES[column.type](), nullable, about));
      }
    }
    this.schema = new arrow.Schema(fields, new Map([...Object.entries(metadata), ["table_version", TABLE_VERSION]]));
    this.pieces.reset(undefined, this.schema);
  }

  /** Creates `path`, which must not exist. */
  static async create(
    path: string,
    columns: readonly Column[],
    metadata: Readonly<Record<string, string>> = {},
    dictionaries: Dictionaries = {},
  ): Promise<TableWriter> {
    return new TableWriter(await open(path, "wx"), columns, metadata, dictionaries);
  }

  /**
   * Writes the first `rows` rows of the batch's arrays, after all batches before it. The arrays must stay as they are
   * until the promise resolves. A column that the table has and the batch lacks is all null.
   */
  write(batch: Batch, rows: number): Promise<void> {
    const children = this.columns.map((column, i) => this.data(column, i, batch[column.name], rows));
    const struct = arrow.makeData({ type: new arrow.Struct(this.schema.fields), length: rows, nullCount: 0, children });
    this.pieces.write(new arrow.RecordBatch(this.schema, struct));
    this.rows += rows;
    return this.flush();
  }

  /** Adds to the table's metadata, which an Arrow file holds at its end: what is known only when all rows are. */
  annotate(key: string, value: string): void {
    this.schema.metadata.set(key, value);
  }

  /** Writes the footer and closes the file. */
  async close(): Promise<void> {
    this.pieces.finish();
    try {
      await this.flush();
    } finally {
      await this.file.close();
    }
  }

  /** Closes the file as it is, after something failed. */
  async abandon(): Promise<void> {
    await this.pending.catch(() => {});
    await this.file.close().catch(() => {});
  }

  private flush(): Promise<void> {
    const pieces = this.pieces.take();
    this.pending = this.pending.then(() => writeAll(this.file, pieces));
    this.pending.catch(() => {});
    return this.pending;
  }

  private data(column: Column, index: number, values: Values | undefined, rows: number): arrow.Data {
    const type = this.schema.fields[index]!.type as arrow.Float64;
    if (values === undefined) return allNull(type, this.vectors[index], rows);
    const { nullCount, nullBitmap } = column.nulls === undefined ? NO_NULLS : nullsOf(values, rows);
    const data = values.subarray(0, rows) as Float64Array;
    const dictionary = this.vectors[index];
    return dictionary
      ? arrow.makeData({ type: type as never, length: rows, nullCount, nullBitmap, data, dictionary } as never)
      : arrow.makeData({ type, length: rows, nullCount, nullBitmap, data });
  }
}

const NO_NULLS: { nullCount: number; nullBitmap: Uint8Array | null } = { nullCount: 0, nullBitmap: null };

/** NaN in floats, -1 in int32: one bit per row, 1 where there is a value. */
function nullsOf(values: Values, rows: number): { nullCount: number; nullBitmap: Uint8Array | null } {
  let nullCount = 0;
  const float = values instanceof Float64Array || values instanceof Float32Array;
  if (float) {
    for (let i = 0; i < rows; i++) if (Number.isNaN(values[i]!)) nullCount++;
  } else {
    for (let i = 0; i < rows; i++) if (values[i] === -1) nullCount++;
  }
  if (nullCount === 0) return NO_NULLS;
  const nullBitmap = new Uint8Array((rows + 7) >> 3);
  for (let i = 0; i < rows; i++) {
    const value = values[i]!;
    if (float ? !Number.isNaN(value) : value !== -1) nullBitmap[i >> 3]! |= 1 << (i & 7);
  }
  return { nullCount, nullBitmap };
}

function allNull(type: arrow.DataType, dictionary: arrow.Vector | null | undefined, rows: number): arrow.Data {
  const nullBitmap = new Uint8Array((rows + 7) >> 3);
  const data = arrow.DataType.isDictionary(type) ? new Int32Array(rows) : new (type as arrow.Float64).ArrayType(rows);
  return arrow.makeData({ type, length: rows, nullCount: rows, nullBitmap, data, dictionary } as never);
}

/** A utf8 vector of the strings, never sliced or grown: every batch of a table shares it. */
function utf8(strings: readonly string[]): arrow.Vector<arrow.Utf8> {
  const offsets = new Int32Array(strings.length + 1);
  for (let i = 0; i < strings.length; i++) offsets[i + 1] = offsets[i]! + Buffer.byteLength(strings[i]!);
  const data = new Uint8Array(offsets[strings.length]!);
  const buffer = Buffer.from(data.buffer);
  for (let i = 0; i < strings.length; i++) buffer.write(strings[i]!, offsets[i]!);
  const type = new arrow.Utf8();
  return new arrow.Vector([
    arrow.makeData({ type, length: strings.length, nullCount: 0, valueOffsets: offsets, data }),
  ]);
}

async function writeAll(file: FileHandle, pieces: Uint8Array[]): Promise<void> {
  let total = 0;
  for (const piece of pieces) total += piece.byteLength;
  let rest = pieces;
  while (total > 0) {
    const { bytesWritten } = await file.writev(rest);
    total -= bytesWritten;
    if (total === 0) return;
    let skip = bytesWritten;
    const left: Uint8Array[] = [];
    for (const piece of rest) {
      if (skip >= piece.byteLength) skip -= piece.byteLength;
      else {
        left.push(skip > 0 ? piece.subarray(skip) : piece);
        skip = 0;
      }
    }
    rest = left;
  }
}
