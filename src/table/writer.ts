import { type FileHandle, open } from "node:fs/promises";
import * as arrow from "apache-arrow";
import { ARRAYS, BATCH_ROWS, type Batch, type Column, TABLE_VERSION, type Values } from "./column.js";

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

  /** Where in the file the next piece goes. */
  set position(position: number) {
    this._position = position;
  }

  /** Takes back what the last batch has said of its place. Returns the bytes it would have taken. */
  undo(): number {
    this._recordBatchBlocks.pop();
    return this.take().reduce((sum, piece) => sum + piece.byteLength, 0);
  }

  /** Writes the dictionaries that a batch refers to. */
  dictionaries(batch: arrow.RecordBatch): void {
    this._writeDictionaries(batch);
  }

  /** Puts the batches, written in any order, in the order of their places. */
  sort(): void {
    this._recordBatchBlocks.sort((a, b) => Number(a.offset) - Number(b.offset));
  }

  /** Where the batches lie, in the order in which they were written. */
  get batches(): BatchPlace[] {
    return this._recordBatchBlocks.map(({ metaDataLength, bodyLength, offset }) => [
      metaDataLength,
      bodyLength,
      offset,
    ]);
  }

  set batches(places: readonly BatchPlace[]) {
    this._recordBatchBlocks = places.map(([metaDataLength, bodyLength, offset]) => ({
      metaDataLength,
      bodyLength,
      offset,
    }));
  }
}

/** Bytes of a batch's head and of its body, and where in the file it begins. */
type BatchPlace = readonly [head: number, body: number, at: number];

/** How far a table has been written. Plain JSON. */
export interface SavedTable {
  readonly rows: number;
  /** Bytes from the file's start to the first batch; to the end of the last; of a full batch, 0 where that is not known. */
  readonly start: number;
  readonly end: number;
  readonly batchBytes: number;
  readonly batches: readonly BatchPlace[];
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
  /** Bytes from the file's start to the first batch; to the end of the last; and of a full batch without nulls. */
  private start = 0;
  private end = 0;
  private batchBytes = 0;
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
   * Goes on with the table at `path` from where it was saved: what was written after that is cut off. Columns, metadata
   * and dictionaries are those it was created with. The batches that follow then give the bytes that they would have given.
   */
  static async resume(
    path: string,
    columns: readonly Column[],
    metadata: Readonly<Record<string, string>>,
    dictionaries: Dictionaries,
    saved: SavedTable,
  ): Promise<TableWriter> {
    const writer = new TableWriter(await open(path, "r+"), columns, metadata, dictionaries);
    try {
      await writer.goOn(saved);
    } catch (error) {
      await writer.abandon();
      throw error;
    }
    return writer;
  }

  /**
   * Writes the first `rows` rows of the batch's arrays, after all batches before it. The arrays must stay as they are
   * until the promise resolves. A column that the table has and the batch lacks is all null.
   */
  write(batch: Batch, rows: number): Promise<void> {
    this.begin();
    return this.put(this.end, batch, rows);
  }

  /**
   * The same for the batch at `index`, in any order, of a table all of whose batches but the last have BATCH_ROWS rows
   * and none of which has a null: their places in the file are then known. After `resume` a batch that was not yet
   * written when the table was saved must be the same as the one that may have been written since.
   */
  writeAt(index: number, batch: Batch, rows: number): Promise<void> {
    this.begin();
    if (this.batchBytes === 0) {
      const zeros = new ArrayBuffer(BATCH_ROWS * 8);
      const views = this.columns.map(({ name, type }) => [name, new ARRAYS[type](zeros, 0, BATCH_ROWS)]);
      this.pieces.write(this.recordBatch(Object.fromEntries(views) as Batch, BATCH_ROWS));
      this.batchBytes = this.pieces.undo();
    }
    return this.put(this.start + index * this.batchBytes, batch, rows);
  }

  private put(at: number, batch: Batch, rows: number): Promise<void> {
    this.pieces.position = at;
    this.pieces.write(this.recordBatch(batch, rows));
    this.rows += rows;
    return this.flush(at);
  }

  /** How far the table is; resolves when all that was written before is in the file. What `annotate` added is not in it. */
  async save(): Promise<SavedTable> {
    this.begin();
    const { rows, start, end, batchBytes, pieces } = this;
    const saved = { rows, start, end, batchBytes, batches: pieces.batches };
    await this.pending;
    return saved;
  }

  /** Adds to the table's metadata, which an Arrow file holds at its end: what is known only when all rows are. */
  annotate(metadata: Readonly<Record<string, string>>): void {
    for (const [key, value] of Object.entries(metadata)) this.schema.metadata.set(key, value);
  }

  /** Writes the footer and closes the file. */
  async close(): Promise<void> {
    this.begin();
    this.pieces.position = this.end;
    this.pieces.sort();
    this.pieces.finish();
    try {
      await this.flush(this.end);
    } finally {
      await this.file.close();
    }
  }

  /** Closes the file as it is: after something failed, or to be resumed. */
  async abandon(): Promise<void> {
    await this.pending.catch(() => {});
    await this.file.close().catch(() => {});
  }

  /** Writes what comes before the first batch. */
  private begin(): void {
    if (this.start > 0) return;
    this.pieces.dictionaries(this.recordBatch({}, 0));
    void this.flush(0);
    this.start = this.end;
  }

  private async goOn({ rows, start, end, batchBytes, batches }: SavedTable): Promise<void> {
    this.pieces.dictionaries(this.recordBatch({}, 0));
    const head = this.pieces.take().reduce((sum, piece) => sum + piece.byteLength, 0);
    if (head !== start) throw new Error(`the table was saved with ${start} bytes before its first batch, not ${head}`);
    await this.file.truncate(end);
    this.rows = rows;
    this.start = start;
    this.end = end;
    this.batchBytes = batchBytes;
    this.pieces.batches = batches;
  }

  private recordBatch(batch: Batch, rows: number): arrow.RecordBatch {
    const children = this.columns.map((column, i) => this.data(column, i, batch[column.name], rows));
    const struct = arrow.makeData({ type: new arrow.Struct(this.schema.fields), length: rows, nullCount: 0, children });
    return new arrow.RecordBatch(this.schema, struct);
  }

  /** Writes what has been put into pieces, at `at`. */
  private flush(at: number): Promise<void> {
    const pieces = this.pieces.take();
    this.end = Math.max(
      this.end,
      pieces.reduce((sum, piece) => sum + piece.byteLength, at),
    );
    this.pending = this.pending.then(() => writeAll(this.file, pieces, at));
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

/** Pieces of so many zeros and more are left out of a file that is being written, which then has a hole there. */
const HOLE_BYTES = 65536;
const ZEROS = Buffer.alloc(HOLE_BYTES);

/** Writes the pieces from `at` on, one after another. Where one is all zeros nothing is: what is never written reads as zero. */
async function writeAll(file: FileHandle, pieces: readonly Uint8Array[], at: number): Promise<void> {
  let run: Uint8Array[] = [];
  let from = at;
  let position = at;
  for (const piece of pieces) {
    const hole = isHole(piece);
    if (!hole) run.push(piece);
    position += piece.byteLength;
    if (hole && run.length > 0) {
      await writeRun(file, run, from);
      run = [];
    }
    if (run.length === 0) from = position;
  }
  if (run.length > 0) await writeRun(file, run, from);
}

function isHole(piece: Uint8Array): boolean {
  if (piece.byteLength < HOLE_BYTES) return false;
  const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
  for (let from = 0; from < bytes.length; from += HOLE_BYTES) {
    const to = Math.min(from + HOLE_BYTES, bytes.length);
    if (ZEROS.compare(bytes, from, to, 0, to - from) !== 0) return false;
  }
  return true;
}

async function writeRun(file: FileHandle, pieces: Uint8Array[], at: number): Promise<void> {
  let total = 0;
  for (const piece of pieces) total += piece.byteLength;
  let rest = pieces;
  let position = at;
  while (total > 0) {
    const { bytesWritten } = await file.writev(rest, position);
    position += bytesWritten;
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
