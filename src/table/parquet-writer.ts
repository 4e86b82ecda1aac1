import { type FileHandle, open } from "node:fs/promises";
import type { ParquetWriter } from "hyparquet-writer";
import { BATCH_ROWS, type Batch, type Column } from "./column.js";
import { ParquetRows, parquetSchema, type StringsOf } from "./parquet-writer-rows.js";

/** Rows of a row group: what is in memory at once, and what an engine can pass over. */
const GROUP_ROWS = 4 * BATCH_ROWS;
/** Bytes of a page: 131,072 doubles. A page ends before the value that would make it as long as this. */
const PAGE_BYTES = 2 * BATCH_ROWS * 8 + 1;

/** What a Parquet file says of itself beside its rows. */
export interface ParquetAbout {
  /** Key-value metadata; the columns' units and meanings are added as JSON, under `columns`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Which program wrote it: `name version 1.2.3`. */
  readonly createdBy: string;
}

/**
 * Writes one table as a Parquet file, a row group at a time, with no more than one in memory. Null is NaN or -1 in the
 * batches, as in TableWriter's. Labels are dictionary-encoded strings; every row group has each column's least and
 * largest value; pages are packed with hyparquet-writer's Snappy, plain JavaScript, so that no Node has its own bytes. The same
 * columns, metadata and rows give the same bytes, however the rows are cut into batches.
 */
export class ParquetTableWriter {
  private readonly file: FileHandle;
  private readonly writer: ParquetWriter;
  private readonly group: ParquetRows;
  private readonly stringsOf: StringsOf;

  private constructor(file: FileHandle, writer: ParquetWriter, columns: readonly Column[], stringsOf: StringsOf) {
    this.file = file;
    this.writer = writer;
    this.group = new ParquetRows(columns, GROUP_ROWS);
    this.stringsOf = stringsOf;
  }

  /** Creates `path`, which must not exist. `stringsOf` is asked for a dictionary when its first rows are written. */
  static async create(
    path: string,
    columns: readonly Column[],
    { metadata, createdBy }: ParquetAbout,
    stringsOf: StringsOf = () => [],
  ): Promise<ParquetTableWriter> {
    const { ByteWriter, ParquetWriter } = await import("hyparquet-writer");
    const file = await open(path, "wx");
    const bytes = new ByteWriter();
    const flush = async () => {
      await file.appendFile(bytes.getBytes());
      bytes.index = 0;
    };
    const options = {
      writer: Object.assign(bytes, { flush, finish: flush }),
      schema: parquetSchema(columns),
      kvMetadata: Object.entries({ ...metadata, columns: meanings(columns) }).map(([key, value]) => ({ key, value })),
      createdBy,
    };
    return new ParquetTableWriter(file, new ParquetWriter(options), columns, stringsOf);
  }

  /** Writes the first `rows` rows of the batch's arrays, which may change once the promise resolves. */
  async write(batch: Batch, rows: number): Promise<void> {
    for (let from = 0; from < rows; ) {
      from += this.group.add(batch, from, rows);
      if (this.group.rows === GROUP_ROWS) await this.flush();
    }
  }

  /** Writes the rows that are left, and the footer. A table without rows is a file all the same. */
  async close(): Promise<void> {
    try {
      if (this.group.rows > 0) await this.flush();
      await this.writer.finish();
    } finally {
      await this.file.close();
    }
  }

  /** Closes the file as it is, after something failed. */
  async abandon(): Promise<void> {
    await this.file.close().catch(() => {});
  }

  private async flush(): Promise<void> {
    const rowGroupSize = this.group.rows;
    await this.writer.write({ columnData: this.group.take(this.stringsOf), rowGroupSize, pageSize: PAGE_BYTES });
  }
}

/** By column: its type in our tables, its unit, what it says, and what null means. */
function meanings(columns: readonly Column[]): string {
  const of = columns.map(({ name, type, unit, about, nulls }) => [name, { type, unit, about, null: nulls }]);
  return JSON.stringify(Object.fromEntries(of));
}
