import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import * as arrow from "apache-arrow";
import { type FileBlock, Footer } from "apache-arrow/ipc/metadata/file";
import { Invalid } from "../invalid.js";

/** Some rows of a file: where its columns' bytes are. */
interface Block {
  readonly rows: number;
  /** Per column: nulls, and where its validity bits and its values are in the file. */
  readonly columns: readonly { readonly nulls: number; readonly bits: Span; readonly values: Span }[];
}

interface Span {
  readonly at: number;
  readonly bytes: number;
}

const MAGIC = "ARROW1";
/** Bytes at a file's end: the footer's length and MAGIC. */
const END = 4 + MAGIC.length;
const PREFIX = 8;

/**
 * Reads columns of an Arrow file that TableWriter has written, and of no other column a byte, so that a few columns of a
 * table larger than memory can be had. Each column of what it gives is in one piece.
 */
export class ColumnFile {
  readonly schema: arrow.Schema;
  /** Rows of each batch. */
  readonly batchRows: readonly number[];
  private readonly path: string;
  private readonly file: number;
  private readonly blocks: Block[] = [];
  private readonly dictionaries = new Map<number, arrow.Vector>();

  /** Throws Invalid where `path` is no whole table. */
  constructor(path: string) {
    this.path = path;
    try {
      this.file = openSync(path, "r");
    } catch (error) {
      throw new Invalid("table", path, (error as NodeJS.ErrnoException).code ?? "cannot be opened", "an Arrow file");
    }
    try {
      this.schema = this.readFooter();
    } catch {
      this.close();
      throw notWhole(path);
    }
    this.batchRows = this.blocks.map(({ rows }) => rows);
  }

  /**
   * Batches `from` up to `to` as one table of the columns named. Throws Invalid for a column that is not there.
   */
  read(names: readonly string[], from = 0, to = this.blocks.length): arrow.Table {
    const fields = names.map((name) => {
      const at = this.schema.fields.findIndex((field) => field.name === name);
      if (at >= 0) return { at, field: this.schema.fields[at]! };
      throw new Invalid("column", name, this.path, `some of ${this.schema.names.join(", ")}`);
    });
    const blocks = this.blocks.slice(from, to);
    const length = blocks.reduce((sum, { rows }) => sum + rows, 0);
    const children = fields.map(({ at, field }) => this.column(field.type, at, blocks, length));
    const schema = new arrow.Schema(
      fields.map(({ field }) => field),
      this.schema.metadata,
    );
    const struct = arrow.makeData({ type: new arrow.Struct(schema.fields), length, nullCount: 0, children });
    return new arrow.Table(schema, [new arrow.RecordBatch(schema, struct)]);
  }

  close(): void {
    closeSync(this.file);
  }

  private column(type: arrow.DataType, at: number, blocks: readonly Block[], length: number): arrow.Data {
    const isLabel = arrow.DataType.isDictionary(type);
    const data = new (isLabel ? Int32Array : (type as arrow.Float64).ArrayType)(length);
    const bytes = new Uint8Array(data.buffer);
    const nullCount = blocks.reduce((sum, { columns }) => sum + columns[at]!.nulls, 0);
    const nullBitmap = nullCount > 0 ? new Uint8Array((length + 7) >> 3) : null;
    let row = 0;
    for (const { rows, columns } of blocks) {
      const { nulls, bits, values } = columns[at]!;
      this.fill(bytes.subarray(row * data.BYTES_PER_ELEMENT, (row + rows) * data.BYTES_PER_ELEMENT), values.at);
      if (nullBitmap)
        putBits(nullBitmap, row, rows, nulls > 0 ? this.bytes({ ...bits, bytes: (rows + 7) >> 3 }) : null);
      row += rows;
    }
    const dictionary = isLabel ? this.dictionaries.get(type.id) : undefined;
    return arrow.makeData({ type, length, nullCount, nullBitmap, data, dictionary } as never);
  }

  /** What the end of the file says: the schema, and where dictionaries and batches are. */
  private readFooter(): arrow.Schema {
    const { size } = fstatSync(this.file);
    const end = this.bytes({ at: size - END, bytes: END });
    if (Buffer.from(end.buffer, 4).toString("latin1") !== MAGIC) throw notWhole(this.path);
    const bytes = new DataView(end.buffer).getInt32(0, true);
    const footer = Footer.decode(this.bytes({ at: size - END - bytes, bytes }));
    for (const block of footer.dictionaryBatches()) {
      if (block) this.addDictionary(this.message(block).header() as never, block.offset + block.metaDataLength);
    }
    for (const block of footer.recordBatches()) {
      if (block) this.addBlock(this.message(block).header() as never, block.offset + block.metaDataLength);
    }
    return footer.schema;
  }

  /** A message is its length (8 bytes with the marker before it), and then itself. */
  private message({ offset, metaDataLength }: FileBlock): arrow.Message {
    return arrow.Message.decode(this.bytes({ at: offset + PREFIX, bytes: metaDataLength - PREFIX }));
  }

  private addBlock({ length, nodes, buffers }: Header, body: number): void {
    const span = (i: number): Span => ({ at: body + buffers[i]!.offset, bytes: buffers[i]!.length });
    const columns = nodes.map(({ nullCount }, i) => ({ nulls: nullCount, bits: span(2 * i), values: span(2 * i + 1) }));
    this.blocks.push({ rows: length, columns });
  }

  private addDictionary({ id, data: { length, buffers } }: { id: number; data: Header }, body: number): void {
    const [, offsets, text] = buffers.map(({ offset, length: bytes }) => this.bytes({ at: body + offset, bytes }));
    const valueOffsets = new Int32Array(length + 1);
    new Uint8Array(valueOffsets.buffer).set(offsets!.subarray(0, valueOffsets.byteLength));
    const type = new arrow.Utf8();
    const data = arrow.makeData({ type, length, nullCount: 0, valueOffsets, data: text! });
    this.dictionaries.set(id, new arrow.Vector([data]));
  }

  private bytes({ at, bytes }: Span): Uint8Array {
    const into = new Uint8Array(bytes);
    this.fill(into, at);
    return into;
  }

  private fill(into: Uint8Array, at: number): void {
    for (let done = 0; done < into.length; ) {
      const read = readSync(this.file, into, done, into.length - done, at + done);
      if (read === 0) throw notWhole(this.path);
      done += read;
    }
  }
}

/** A batch in a message: rows, and where in its body the buffers are, two to a column. */
interface Header {
  readonly length: number;
  readonly nodes: readonly { readonly nullCount: number }[];
  readonly buffers: readonly { readonly offset: number; readonly length: number }[];
}

/** Copies the validity bits of `rows` rows to `at`; null: all are valid. */
function putBits(into: Uint8Array, at: number, rows: number, bits: Uint8Array | null): void {
  for (let i = 0; i < rows; i++) {
    if (bits !== null && ((bits[i >> 3]! >> (i & 7)) & 1) === 0) continue;
    into[(at + i) >> 3]! |= 1 << ((at + i) & 7);
  }
}

function notWhole(path: string): Invalid {
  return new Invalid("table", path, "cut short or not Arrow", "a whole Arrow file");
}

/** The columns named (by default all) of a table that may be in parts, as one table in memory. Throws Invalid. */
export function readColumns(files: readonly string[], names?: readonly string[]): arrow.Table {
  const parts = files.map((path) => {
    const file = new ColumnFile(path);
    try {
      return file.read(names ?? (file.schema.names as string[]));
    } finally {
      file.close();
    }
  });
  return new arrow.Table(
    parts[0]!.schema,
    parts.flatMap(({ batches }) => batches),
  );
}

/** The same, about `rows` rows at a time: whole batches, of one file each. */
export function* columnParts(
  files: readonly string[],
  names?: readonly string[],
  rows = 1 << 20,
): Generator<arrow.Table> {
  for (const path of files) {
    const file = new ColumnFile(path);
    try {
      const { batchRows } = file;
      for (let from = 0; from < batchRows.length; ) {
        let to = from;
        for (let sum = 0; to < batchRows.length && (to === from || sum + batchRows[to]! <= rows); to++)
          sum += batchRows[to]!;
        yield file.read(names ?? (file.schema.names as string[]), from, to);
        from = to;
      }
    } finally {
      file.close();
    }
  }
}
