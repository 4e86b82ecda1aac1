import { isUtf8 } from "node:buffer";
import type { ColumnMetaData, Compressors, SchemaElement } from "hyparquet";
import type { parquetHeader } from "hyparquet/src/column.js";
import { Invalid } from "../invalid.js";
import {
  deltaStrings,
  deltas,
  fixedStrings,
  hybrid,
  lengthStrings,
  PageBytes,
  plainStrings,
  unsplit,
} from "./parquet-decode.js";

/** Bytes that a page may have, unpacked: a file that says more is taken for damaged. */
const PAGE_BYTES = 1073741824;
/** Rows that a page may have. */
const PAGE_ROWS = 67108864;
const WIDTHS: Readonly<Record<string, number>> = { INT32: 4, INT64: 8, FLOAT: 4, DOUBLE: 8 };

/** What a column is read as. */
export type ParquetKind = "numbers" | "decimals" | "labels";

/** Values of a page or a dictionary, those that are there: null has none. */
type Present = Float64Array | readonly string[];

/** What reading a column chunk needs besides its bytes. */
export interface ChunkOf {
  /** The file, as it stands in messages. */
  readonly file: string;
  readonly element: SchemaElement;
  readonly kind: ParquetKind;
  readonly metadata: ColumnMetaData;
  readonly compressors: Compressors;
  readonly header: typeof parquetHeader;
}

/**
 * The values of a column in one row group, page by page. Throws where the bytes are damaged: RangeError and other errors
 * of no class in particular, and Invalid for text that is no UTF-8.
 */
export class ParquetColumn {
  private readonly of: ChunkOf;
  private readonly bytes: Uint8Array;
  private readonly reader: { view: DataView; offset: number };
  private dictionary: Present | null = null;
  private present: Present = [];
  /** By row of the page: whether it has a value; null where all have. */
  private levels: Uint32Array | null = null;
  private rows = 0;
  private row = 0;
  private value = 0;

  constructor(bytes: Uint8Array, of: ChunkOf) {
    this.of = of;
    this.bytes = bytes;
    this.reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
  }

  /** To be called after the row group's last row. Throws where the page that it is in has more. */
  end(): void {
    if (this.row < this.rows) throw new RangeError("rows beyond the last");
  }

  /** The next values, as many as `into` has room for; NaN or null where there is none. */
  read(into: Float64Array | (string | null)[]): void {
    for (let at = 0; at < into.length; at++) {
      while (this.row === this.rows) this.nextPage();
      const there = this.levels === null || this.levels[this.row] === 1;
      this.row++;
      if (into instanceof Float64Array) into[at] = there ? (this.present as Float64Array)[this.value++]! : Number.NaN;
      else into[at] = there ? (this.present as readonly string[])[this.value++]! : null;
    }
  }

  private nextPage(): void {
    const header = this.of.header(this.reader);
    const stored = new PageBytes(this.bytes);
    stored.at = this.reader.offset;
    const bytes = stored.take(header.compressed_page_size);
    this.reader.offset = stored.at;
    const { dictionary_page_header: dictionary, data_page_header: v1, data_page_header_v2: v2 } = header;
    if (header.type === "DICTIONARY_PAGE" && dictionary) {
      const page = this.unpack(bytes, header.uncompressed_page_size);
      this.dictionary = this.values(page, "PLAIN", bounded(dictionary.num_values, page.left));
    } else if (header.type === "DATA_PAGE" && v1) {
      const page = this.unpack(bytes, header.uncompressed_page_size);
      this.begin(v1.num_values);
      if (this.isOptional) {
        if (v1.definition_level_encoding !== "RLE") throw new RangeError("levels of an unknown encoding");
        this.levels = hybrid(new PageBytes(page.take(page.uint32())), 1, this.rows);
      }
      this.present = this.values(page, v1.encoding, this.countPresent());
    } else if (header.type === "DATA_PAGE_V2" && v2) {
      const { repetition_levels_byte_length: repeated, definition_levels_byte_length: defined } = v2;
      const levels = new PageBytes(bytes);
      levels.take(repeated);
      this.begin(v2.num_values);
      const definition = new PageBytes(levels.take(defined));
      if (this.isOptional) this.levels = hybrid(definition, 1, this.rows);
      const rest = levels.take(levels.left);
      const size = header.uncompressed_page_size - repeated - defined;
      const page = v2.is_compressed === false ? new PageBytes(rest) : this.unpack(rest, size);
      this.present = this.values(page, v2.encoding, this.countPresent());
    } else if (header.type !== "INDEX_PAGE") throw new RangeError("a page of an unknown type");
  }

  private get isOptional(): boolean {
    return this.of.element.repetition_type === "OPTIONAL";
  }

  private begin(rows: number): void {
    this.rows = bounded(rows, PAGE_ROWS);
    this.levels = null;
    this.row = 0;
    this.value = 0;
  }

  private countPresent(): number {
    if (this.levels === null) return this.rows;
    let count = 0;
    for (const level of this.levels) count += level;
    return count;
  }

  private unpack(bytes: Uint8Array, size: number): PageBytes {
    const { codec } = this.of.metadata;
    if (codec === "UNCOMPRESSED") return new PageBytes(bytes);
    if (size === 0) return new PageBytes(new Uint8Array(0));
    const unpacker = this.of.compressors[codec];
    if (!unpacker) throw new Error(`unsupported compression codec: ${codec}`);
    const unpacked = unpacker(bytes, bounded(size, PAGE_BYTES));
    if (unpacked.length !== size) throw new RangeError("a page of another size");
    return new PageBytes(unpacked);
  }

  private values(page: PageBytes, encoding: string, count: number): Present {
    if (encoding === "PLAIN_DICTIONARY" || encoding === "RLE_DICTIONARY") return this.fromDictionary(page, count);
    const { element, kind } = this.of;
    const type = element.type!;
    if (type === "BYTE_ARRAY" || type === "FIXED_LEN_BYTE_ARRAY") {
      const found = bytesOf(page, encoding, count, type === "BYTE_ARRAY" ? null : (element.type_length ?? 0));
      if (kind === "labels") return found.map((bytes) => this.text(bytes));
      return Float64Array.from(found, kind === "decimals" ? (bytes) => decimal(bytes, element) : half);
    }
    const width = WIDTHS[type]!;
    if (encoding === "DELTA_BINARY_PACKED" && (type === "INT32" || type === "INT64")) {
      const found = deltas(page, count, width === 4 ? 32 : 64);
      const unsigned = isUnsigned(element) ? (n: bigint) => BigInt.asUintN(8 * width, n) : (n: bigint) => n;
      return Float64Array.from(found, (n) => (kind === "decimals" ? decimal(n, element) : Number(unsigned(n))));
    }
    if (encoding !== "PLAIN" && encoding !== "BYTE_STREAM_SPLIT") throw new RangeError("an unknown encoding");
    const source = encoding === "PLAIN" ? page : unsplit(page, count, width);
    if (source.left < count * width) throw new RangeError("a page ends too early");
    return fixedWidth(source, count, element, kind);
  }

  private fromDictionary(page: PageBytes, count: number): Present {
    const { dictionary } = this;
    if (dictionary === null) throw new RangeError("no dictionary");
    const keys = count === 0 ? new Uint32Array(0) : hybrid(page, page.take(1)[0]!, count);
    for (const key of keys) if (key >= dictionary.length) throw new RangeError("a key beyond the dictionary");
    if (dictionary instanceof Float64Array) return Float64Array.from(keys, (key) => dictionary[key]!);
    return Array.from(keys, (key) => dictionary[key]!);
  }

  private text(bytes: Uint8Array): string {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (isUtf8(text)) return text.toString("utf8");
    throw new Invalid(
      "label",
      text.toString("utf8"),
      `${this.of.file}, column ${this.of.element.name}`,
      "text in UTF-8",
    );
  }
}

function bounded(value: number, most: number): number {
  if (!(Number.isInteger(value) && value >= 0 && value <= most)) throw new RangeError("a number of values too large");
  return value;
}

/** Byte strings, of `length` bytes each or (null) of any. */
function bytesOf(page: PageBytes, encoding: string, count: number, length: number | null): Uint8Array[] {
  if (encoding === "DELTA_BYTE_ARRAY") return deltaStrings(page, count, PAGE_BYTES);
  if (encoding === "PLAIN") return length === null ? plainStrings(page, count) : fixedStrings(page, count, length);
  if (encoding === "DELTA_LENGTH_BYTE_ARRAY" && length === null) return lengthStrings(page, count);
  if (encoding === "BYTE_STREAM_SPLIT" && length !== null)
    return fixedStrings(unsplit(page, count, length), count, length);
  throw new RangeError("an unknown encoding");
}

function fixedWidth({ view, at }: PageBytes, count: number, element: SchemaElement, kind: ParquetKind): Float64Array {
  const values = new Float64Array(count);
  const unsigned = isUnsigned(element);
  for (let i = 0; i < count; i++) {
    switch (element.type) {
      case "DOUBLE":
        values[i] = view.getFloat64(at + 8 * i, true);
        break;
      case "FLOAT":
        values[i] = view.getFloat32(at + 4 * i, true);
        break;
      case "INT32": {
        const value = unsigned ? view.getUint32(at + 4 * i, true) : view.getInt32(at + 4 * i, true);
        values[i] = kind === "decimals" ? decimal(value, element) : value;
        break;
      }
      default: {
        const value = unsigned ? view.getBigUint64(at + 8 * i, true) : view.getBigInt64(at + 8 * i, true);
        values[i] = kind === "decimals" ? decimal(value, element) : Number(value);
      }
    }
  }
  return values;
}

function isUnsigned({ converted_type, logical_type }: SchemaElement): boolean {
  if (logical_type?.type === "INTEGER") return !logical_type.isSigned;
  return converted_type?.startsWith("UINT") ?? false;
}

/** unscaled / 10^scale, rounded right; bytes are a number in two's complement, the highest first. */
function decimal(unscaled: number | bigint | Uint8Array, { scale = 0 }: SchemaElement): number {
  if (!(unscaled instanceof Uint8Array)) return Number(`${unscaled}e${-scale}`);
  if (unscaled.length === 0) return 0;
  const digits = BigInt(`0x${Buffer.from(unscaled).toString("hex")}`);
  return Number(`${BigInt.asIntN(8 * unscaled.length, digits)}e${-scale}`);
}

/** A number of two bytes: IEEE 754 binary16. */
function half(bytes: Uint8Array): number {
  const bits = bytes[0]! + 256 * bytes[1]!;
  const sign = bits >= 32768 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return (sign * fraction) / 16777216;
  return (sign * (1024 + fraction) * (1 << exponent)) / 33554432;
}
