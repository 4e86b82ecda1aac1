import { type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";
import * as arrow from "apache-arrow";
import { Invalid } from "../invalid.js";
import { boundFile, boundLists, READ_ONCE } from "./bounds.js";
import { registerCodecs } from "./codecs.js";

/** Some rows of a column of numbers (null as NaN) or of labels (keys into strings, null as -1). */
export type ForeignValues =
  | { readonly kind: "numbers"; readonly values: Float64Array }
  | { readonly kind: "labels"; readonly keys: Int32Array; readonly strings: readonly string[] };

/** Some rows of a table, by column. */
export interface ForeignBatch {
  readonly rows: number;
  readonly columns: Readonly<Record<string, ForeignValues>>;
}

/** A table of another writer's, read batch by batch. */
export interface ForeignRows {
  /** The file's name without folders. */
  readonly name: string;
  readonly columns: readonly string[];
  /** Batches of the columns named, which must be there. Throws Invalid where one is neither numbers nor text. */
  batches(names: readonly string[]): AsyncGenerator<ForeignBatch>;
  close(): Promise<void>;
}

/** An Arrow table from any writer: IPC file or stream, any width of numbers, utf8 of any kind or dictionaries of it. */
export class ForeignTable implements ForeignRows {
  readonly name: string;
  readonly columns: readonly string[];
  private readonly file: FileHandle;
  private readonly reader: arrow.AsyncRecordBatchFileReader;
  private readonly dictionaries = new WeakMap<object, readonly string[]>();

  private constructor(name: string, file: FileHandle, reader: arrow.AsyncRecordBatchFileReader) {
    this.name = name;
    this.file = file;
    this.reader = reader;
    this.columns = reader.schema.names as string[];
  }

  /** Whether a file that begins with these bytes can be an Arrow file or stream. */
  static begins(bytes: Buffer): boolean {
    return bytes.toString("latin1", 0, 6) === "ARROW1" || (bytes.length >= 8 && bytes.readUInt32LE(0) === 0xffffffff);
  }

  /** Throws Invalid where `path` is no whole Arrow file or stream. */
  static async open(path: string): Promise<ForeignTable> {
    registerCodecs();
    boundLists();
    const file = await open(path, "r");
    try {
      const reader = await arrow.RecordBatchReader.from((await boundFile(file, READ_ONCE)) as never);
      const opened = (await (reader as unknown as arrow.AsyncRecordBatchFileReader).open()) as never;
      return new ForeignTable(basename(path), file, opened);
    } catch (error) {
      await file.close().catch(() => {});
      throw unreadable(basename(path), error);
    }
  }

  /** Batches of the columns named, which must be there. Throws Invalid where one is neither numbers nor labels. */
  async *batches(names: readonly string[]): AsyncGenerator<ForeignBatch> {
    for (let i = 0; ; i++) {
      let next: ForeignBatch | null;
      try {
        next = this.batch(names, await this.recordBatch(i));
      } catch (error) {
        throw unreadable(this.name, error);
      }
      if (next === null) return;
      yield next;
    }
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  /** Batch `i` of a file, the next one of a stream: the iterator of a damaged file may never end. */
  private async recordBatch(i: number): Promise<{ done?: boolean; value: arrow.RecordBatch | null }> {
    const reader: arrow.AsyncRecordBatchFileReader | arrow.AsyncRecordBatchStreamReader = this.reader;
    if (!reader.isFile()) return reader.next();
    return { done: i >= reader.numRecordBatches, value: await reader.readRecordBatch(i) };
  }

  private batch(names: readonly string[], next: { done?: boolean; value: arrow.RecordBatch | null }) {
    const { done, value } = next;
    if (done) return null;
    if (!value) throw new RangeError("a batch is not there");
    const columns: Record<string, ForeignValues> = {};
    for (const name of names) {
      const vector = value.getChild(name);
      if (!vector || !isWhole(vector, value.numRows)) throw new RangeError("a column is cut short");
      columns[name] = this.values(name, vector);
    }
    return { rows: value.numRows, columns };
  }

  private values(name: string, vector: arrow.Vector): ForeignValues {
    const { type } = vector;
    if (arrow.DataType.isInt(type) || arrow.DataType.isFloat(type) || arrow.DataType.isNull(type)) {
      return { kind: "numbers", values: numbers(vector) };
    }
    if (arrow.DataType.isDictionary(type) && isText(type.dictionary)) {
      const data = vector.data[0] as arrow.Data<arrow.Dictionary>;
      const codes = data.values as ArrayLike<number | bigint>;
      const keys = Int32Array.from({ length: vector.length }, (_, i) => (data.getValid(i) ? Number(codes[i]) : -1));
      const strings = this.strings(data.dictionary!);
      if (keys.some((key) => key >= strings.length)) throw new RangeError("a key beyond the dictionary");
      return { kind: "labels", keys, strings };
    }
    if (!isText(type)) throw new Invalid("column", name, `${this.name}, of type ${type}`, "numbers or text");
    const keys = Int32Array.from({ length: vector.length }, (_, i) => (vector.isValid(i) ? i : -1));
    return { kind: "labels", keys, strings: Array.from(vector, (value) => (value as string | null) ?? "") };
  }

  private strings(dictionary: arrow.Vector): readonly string[] {
    const found = this.dictionaries.get(dictionary);
    if (found) return found;
    const strings = Array.from(dictionary, (value) => (value as string | null) ?? "");
    this.dictionaries.set(dictionary, strings);
    return strings;
  }
}

/** Whether a column of a batch has `rows` rows and the bytes for them; a null one has none. */
function isWhole({ data, length, type }: arrow.Vector, rows: number): boolean {
  const [one, another] = data;
  if (!one || another || length !== rows || rows > 2147483647) return false;
  if (arrow.DataType.isNull(type)) return true;
  const { values, valueOffsets } = one as { values?: ArrayLike<unknown>; valueOffsets?: ArrayLike<unknown> };
  return valueOffsets?.length ? valueOffsets.length > rows : (values?.length ?? rows) >= rows;
}

/** The values as float64; nulls as NaN. */
function numbers(vector: arrow.Vector): Float64Array {
  const data = vector.data[0]!;
  const raw: unknown = data.values;
  if (raw instanceof BigInt64Array || raw instanceof BigUint64Array || data.type.typeId === arrow.Type.Float || !raw) {
    return Float64Array.from({ length: vector.length }, (_, i) => Number(vector.get(i) ?? Number.NaN));
  }
  const values = new Float64Array((raw as Float64Array).subarray(0, vector.length));
  if (data.nullCount > 0) for (let i = 0; i < values.length; i++) if (!data.getValid(i)) values[i] = Number.NaN;
  return values;
}

function isText(type: arrow.DataType): boolean {
  const { DataType } = arrow;
  return (
    DataType.isUtf8(type) || DataType.isLargeUtf8(type) || type.typeId === arrow.Type.Utf8View || DataType.isNull(type)
  );
}

function unreadable(name: string, error: unknown): Invalid {
  if (error instanceof Invalid) return error;
  const message = (error as Error).message ?? "";
  if (message.includes("codec not found")) {
    return new Invalid("table", name, "Arrow compressed with zstd", "no compression or lz4, or Node 22.15 or later");
  }
  return new Invalid("table", name, "cut short or not Arrow", "a whole Arrow file");
}
