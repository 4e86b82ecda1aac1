import { existsSync, mkdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type Batch, type Column, type Dictionaries, PART_ROWS, partsOf, TableWriter } from "../table/index.js";
import type { SavedTable } from "../table/writer.js";

/** Where a table goes: see PartWriter. */
export interface Place {
  readonly folder: string;
  readonly name: string;
  readonly inParts: boolean;
  readonly partRows?: number;
}

/** How far each part begun has been written: the last one may go on. Plain JSON. */
export type SavedParts = readonly SavedTable[];

/**
 * Writes `<folder>/<name>.arrow`, or parts of `partRows` rows (PART_ROWS by default; a multiple of BATCH_ROWS) in
 * `<folder>/<name>/part-00000.arrow` …. Batches must be of BATCH_ROWS rows but the last. Every part says all metadata,
 * those known at the end as well: no part is a whole table before.
 */
export class PartWriter {
  private readonly place: Place;
  private readonly columns: readonly Column[];
  private readonly metadata: Readonly<Record<string, string>>;
  private readonly dictionaries: Dictionaries;
  private readonly partRows: number;
  /** Parts that have all their rows. */
  private full: SavedTable[] = [];
  private writer: TableWriter | null = null;
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    place: Place,
    columns: readonly Column[],
    metadata: Readonly<Record<string, string>>,
    dictionaries: Dictionaries,
  ) {
    this.place = place;
    this.partRows = place.partRows ?? PART_ROWS;
    this.columns = columns;
    this.metadata = metadata;
    this.dictionaries = dictionaries;
    const parts = join(place.folder, place.name);
    // Not the folders around it: a run that is interrupted removes them while threads still write.
    if (place.inParts && !existsSync(parts)) mkdirSync(parts);
  }

  /** Goes on with a table from where it was saved, all else as it was: what was written after that is removed. */
  static async resume(
    place: Place,
    columns: readonly Column[],
    metadata: Readonly<Record<string, string>>,
    dictionaries: Dictionaries,
    saved: SavedParts,
  ): Promise<PartWriter> {
    const parts = new PartWriter(place, columns, metadata, dictionaries);
    for (const path of partsOf(place.folder, place.name).slice(saved.length)) await rm(path);
    const last = saved.at(-1);
    if (last === undefined) return parts;
    parts.full = saved.slice(0, -1);
    parts.writer = await parts.resumePart(parts.full.length, last);
    return parts;
  }

  /**
   * Resolves when the batch is written and its arrays may change. With `index`, batches of a table that is not in parts
   * may come in any order: see TableWriter.writeAt.
   */
  write(batch: Batch, rows: number, index: number | null = null): Promise<void> {
    return this.next(async () => {
      if (this.writer !== null && this.place.inParts && this.writer.rows >= this.partRows) {
        this.full.push(await this.writer.save());
        await this.writer.abandon();
        this.writer = null;
      }
      this.writer ??= await this.createPart();
      await (index === null ? this.writer.write(batch, rows) : this.writer.writeAt(index, batch, rows));
    });
  }

  /** How far the table is; resolves when all that was written before is in its files. */
  save(): Promise<SavedParts> {
    return this.next(async () => (this.writer === null ? [] : [...this.full, await this.writer.save()]));
  }

  /** Ends the table; a table without rows is a file all the same. `late` is added to the metadata of every part. */
  async close(late: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.last;
    this.writer ??= await this.createPart();
    for (const [part, saved] of this.full.entries()) await close(await this.resumePart(part, saved), late);
    await close(this.writer, late);
  }

  /** Does `work` after all that was asked for before. */
  private next<T>(work: () => Promise<T>): Promise<T> {
    const done = this.last.then(work);
    this.last = done;
    done.catch(() => {});
    return done;
  }

  private createPart(): Promise<TableWriter> {
    return TableWriter.create(this.path(this.full.length), this.columns, this.metadata, this.dictionaries);
  }

  private resumePart(part: number, saved: SavedTable): Promise<TableWriter> {
    return TableWriter.resume(this.path(part), this.columns, this.metadata, this.dictionaries, saved);
  }

  private path(part: number): string {
    const { folder, name, inParts } = this.place;
    return inParts ? join(folder, name, `part-${String(part).padStart(5, "0")}.arrow`) : join(folder, `${name}.arrow`);
  }
}

function close(table: TableWriter, late: Readonly<Record<string, string>>): Promise<void> {
  table.annotate(late);
  return table.close();
}
