import { type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import type { AsyncBuffer, ColumnMetaData, Compressors, FileMetaData, RowGroup, SchemaElement } from "hyparquet";
import { Invalid } from "../invalid.js";
import type { ForeignBatch, ForeignRows, ForeignValues } from "./foreign.js";
import { ParquetColumn, type ParquetKind } from "./parquet-column.js";

/** Rows that are unpacked at once, however large the file's row groups are. */
const SLICE_ROWS = 262144;
const MAGIC = "PAR1";

/** A Parquet table from any writer: integers, floats, decimals and text of any encoding, in any compression but LZO. */
export class ForeignParquet implements ForeignRows {
  readonly name: string;
  readonly columns: readonly string[];
  private readonly handle: FileHandle;
  private readonly file: AsyncBuffer;
  private readonly metadata: FileMetaData;

  private constructor(name: string, handle: FileHandle, file: AsyncBuffer, metadata: FileMetaData) {
    this.name = name;
    this.handle = handle;
    this.file = file;
    this.metadata = metadata;
    this.columns = topLevel(metadata).map(({ name }) => name);
  }

  /** Whether a file that begins with these bytes can be Parquet. */
  static begins(bytes: Buffer): boolean {
    return bytes.toString("latin1", 0, MAGIC.length) === MAGIC;
  }

  /** Throws Invalid where `path` is no whole Parquet file. */
  static async open(path: string): Promise<ForeignParquet> {
    const { parquetMetadataAsync } = await import("hyparquet");
    const handle = await open(path, "r");
    try {
      const file = bufferOf(handle, (await handle.stat()).size);
      const metadata = await parquetMetadataAsync(file, { geoparquet: false });
      return new ForeignParquet(basename(path), handle, file, metadata);
    } catch (error) {
      await handle.close();
      throw unreadable(basename(path), error);
    }
  }

  /**
   * Batches of the columns named, which must be there, a part of a row group each. Throws Invalid where one is neither
   * numbers nor text, and where the file is damaged.
   */
  async *batches(names: readonly string[]): AsyncGenerator<ForeignBatch> {
    const kinds = names.map((name) => this.kindOf(name));
    try {
      const { parquetHeader: header } = await import("hyparquet/src/column.js");
      const compressors = await compressorsOf();
      checkRows(this.metadata);
      for (const group of this.metadata.row_groups) {
        const open = names.map(async (name, i) => {
          const { metadata, bytes } = await this.chunk(group, name);
          return new ParquetColumn(bytes, {
            file: this.name,
            element: this.element(name),
            kind: kinds[i]!,
            metadata,
            compressors,
            header,
          });
        });
        const columns = await Promise.all(open);
        const rows = Number(group.num_rows);
        for (let from = 0; from < rows; from += SLICE_ROWS) {
          const length = Math.min(rows - from, SLICE_ROWS);
          const values = columns.map((column, i) => valuesOf(column, kinds[i]!, length));
          yield { rows: length, columns: Object.fromEntries(names.map((name, i) => [name, values[i]!])) };
        }
        for (const column of columns) column.end();
      }
    } catch (error) {
      throw unreadable(this.name, error);
    }
  }

  async close(): Promise<void> {
    await this.handle.close();
  }

  private element(name: string): SchemaElement {
    return topLevel(this.metadata).find((element) => element.name === name)!;
  }

  private kindOf(name: string): ParquetKind {
    const element = this.element(name);
    const kind = element.repetition_type === "REPEATED" || element.num_children ? null : leafKind(element);
    if (kind !== null) return kind;
    const type = element.logical_type?.type ?? element.converted_type ?? element.type ?? "a group";
    throw new Invalid("column", name, `${this.name}, of type ${type}`, "numbers or text");
  }

  /** A column's bytes in a row group. */
  private async chunk({ columns }: RowGroup, name: string): Promise<{ metadata: ColumnMetaData; bytes: Uint8Array }> {
    const chunk = columns.find(({ meta_data }) => meta_data?.path_in_schema[0] === name);
    if (!chunk?.meta_data || chunk.file_path) throw new Error("a column is not in the file");
    const metadata = chunk.meta_data;
    const data = Number(metadata.data_page_offset);
    // Some writers say nothing of a dictionary, or 0, and begin the data pages with it.
    const start = Math.min(data, Number(metadata.dictionary_page_offset ?? 0) || data);
    return { metadata, bytes: await this.read(start, Number(metadata.total_compressed_size)) };
  }

  private async read(start: number, length: number): Promise<Uint8Array> {
    return new Uint8Array(await this.file.slice(start, start + length));
  }
}

/** The elements of the schema's top level; a group stands for what is in it. */
function topLevel({ schema }: FileMetaData): SchemaElement[] {
  const elements: SchemaElement[] = [];
  const after = (at: number): number => {
    let next = at + 1;
    for (let child = 0; child < (schema[at]?.num_children ?? 0); child++) next = after(next);
    return next;
  };
  const count = schema[0]?.num_children ?? 0;
  for (let at = 1; elements.length < count && at < schema.length; at = after(at)) elements.push(schema[at]!);
  return elements;
}

function checkRows({ num_rows, row_groups }: FileMetaData): void {
  let rows = 0n;
  for (const group of row_groups) {
    if (group.num_rows < 0n) throw new Error("less than no rows");
    rows += group.num_rows;
  }
  if (rows !== num_rows) throw new Error("row groups of more or fewer rows than the file");
}

/** What a column is read as; null: neither numbers nor text. Times and dates are no numbers of seconds. */
function leafKind({ type, converted_type, logical_type }: SchemaElement): ParquetKind | null {
  const said = logical_type?.type ?? converted_type;
  if (said === "DECIMAL" || converted_type === "DECIMAL") return "decimals";
  switch (type) {
    case "INT32":
    case "INT64":
      return said === undefined || said === "NULL" || /^U?INT/.test(said) ? "numbers" : null;
    case "FLOAT":
    case "DOUBLE":
      return "numbers";
    case "FIXED_LEN_BYTE_ARRAY":
      return said === "FLOAT16" ? "numbers" : null;
    case "BYTE_ARRAY":
      return said === undefined || ["STRING", "UTF8", "ENUM", "JSON"].includes(said) ? "labels" : null;
    default:
      return null;
  }
}

function valuesOf(column: ParquetColumn, kind: ParquetKind, rows: number): ForeignValues {
  if (kind === "labels") {
    const labels = new Array<string | null>(rows).fill(null);
    column.read(labels);
    return labelsOf(labels);
  }
  const values = new Float64Array(rows);
  column.read(values);
  return { kind: "numbers", values };
}

function labelsOf(raw: readonly (string | null)[]): ForeignValues {
  const known = new Map<string, number>();
  const keys = new Int32Array(raw.length);
  for (let i = 0; i < keys.length; i++) {
    const text = raw[i]!;
    if (text === null) {
      keys[i] = -1;
      continue;
    }
    let key = known.get(text);
    if (key === undefined) {
      key = known.size;
      known.set(text, key);
    }
    keys[i] = key;
  }
  return { kind: "labels", keys, strings: [...known.keys()] };
}

function bufferOf(handle: FileHandle, byteLength: number): AsyncBuffer {
  return {
    byteLength,
    async slice(start, end = byteLength) {
      const from = Math.max(0, start);
      const bytes = new Uint8Array(Math.max(0, Math.min(end, byteLength) - from));
      let at = 0;
      for (let read = -1; at < bytes.length && read !== 0; at += read)
        read = (await handle.read(bytes, at, bytes.length - at, from + at)).bytesRead;
      if (at < bytes.length) throw new Error("the file was cut while it was read");
      return bytes.buffer;
    },
  };
}

/** What unpacks pages, to no more than they say they have. */
async function compressorsOf(): Promise<Compressors> {
  const [{ compressors }, { decompress }] = await Promise.all([import("hyparquet-compressors"), import("fzstd")]);
  return {
    ...compressors,
    GZIP: (bytes, length) => gunzipSync(bytes, { maxOutputLength: length }),
    BROTLI: (bytes, length) => brotliDecompressSync(bytes, { maxOutputLength: length }),
    ZSTD: (bytes, length) => decompress(bytes, new Uint8Array(length)),
  };
}

function unreadable(name: string, error: unknown): Error {
  if (error instanceof Invalid) return error;
  const codec = /unsupported compression codec: (\w+)/.exec((error as Error).message ?? "")?.[1];
  if (codec) return new Invalid("table", name, `Parquet compressed with ${codec}`, "Snappy, gzip, zstd, lz4, Brotli");
  return new Invalid("table", name, "cut short, damaged or not Parquet", "a whole Parquet file");
}
