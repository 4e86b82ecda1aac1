import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Batch, type Column, type Dictionaries, PART_ROWS, TableWriter } from "../table/index.js";

/**
 * Writes `<folder>/<name>.arrow`, or parts of `partRows` rows (PART_ROWS by default; a multiple of BATCH_ROWS) in
 * `<folder>/<name>/part-00000.arrow` …. Batches must be of BATCH_ROWS rows but the last.
 */
export class PartWriter {
  private readonly folder: string;
  private readonly name: string;
  private readonly columns: readonly Column[];
  private readonly metadata: Readonly<Record<string, string>>;
  private readonly dictionaries: Dictionaries;
  private readonly inParts: boolean;
  private readonly partRows: number;
  private part = 0;
  private writer: TableWriter | null = null;
  private last: Promise<void> = Promise.resolve();

  constructor(
    place: { folder: string; name: string; inParts: boolean; partRows?: number },
    columns: readonly Column[],
    metadata: Readonly<Record<string, string>>,
    dictionaries: Dictionaries,
  ) {
    this.folder = place.folder;
    this.name = place.name;
    this.inParts = place.inParts;
    this.partRows = place.partRows ?? PART_ROWS;
    this.columns = columns;
    this.metadata = metadata;
    this.dictionaries = dictionaries;
    if (place.inParts) mkdirSync(join(place.folder, place.name));
  }

  /**
   * Resolves when the batch is written and its arrays may change. With `index`, batches of a table that is not in parts
   * may come in any order: see TableWriter.writeAt.
   */
  write(batch: Batch, rows: number, index: number | null = null): Promise<void> {
    this.last = this.last.then(async () => {
      if (this.writer !== null && this.inParts && this.writer.rows >= this.partRows) {
        await this.writer.close();
        this.writer = null;
        this.part++;
      }
      this.writer ??= await this.openPart();
      await (index === null ? this.writer.write(batch, rows) : this.writer.writeAt(index, batch, rows));
    });
    this.last.catch(() => {});
    return this.last;
  }

  /** Ends the table; a table without rows is a file all the same. `metadata` is added to that of the last part. */
  async close(metadata: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.last;
    this.writer ??= await this.openPart();
    this.writer.annotate(metadata);
    await this.writer.close();
  }

  private openPart(): Promise<TableWriter> {
    const path = this.inParts
      ? join(this.folder, this.name, `part-${String(this.part).padStart(5, "0")}.arrow`)
      : join(this.folder, `${this.name}.arrow`);
    return TableWriter.create(path, this.columns, this.metadata, this.dictionaries);
  }
}
