import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Captured } from "../engine/captured.js";
import { type Column, type Dictionaries, TableWriter } from "../table/index.js";
import type { SavedTable } from "../table/writer.js";
import { PartWriter, type SavedParts } from "./part-writer.js";

/** How far a folder's tables are, by name. Plain JSON. */
export interface SavedTables {
  readonly whole: Readonly<Record<string, SavedTable>>;
  readonly inParts: Readonly<Record<string, SavedParts>>;
}

/** The state of what fills tables, between two batches of arrivals, and how far the tables are. `v8.serialize` carries it. */
export interface Saved {
  readonly tables: SavedTables;
  readonly state: Captured;
  /** The same of what writes the rows, where that is apart. */
  readonly rows?: Saved;
}

/** The tables in one folder that are written together, and can be saved and gone on with. */
export class Tables {
  private readonly folder: string;
  private readonly metadata: Readonly<Record<string, string>>;
  private readonly saved: SavedTables | null;
  private readonly whole: Record<string, TableWriter> = {};
  private readonly inParts: Record<string, PartWriter> = {};

  /** `metadata` of every table, beside its name. */
  constructor(folder: string, metadata: Readonly<Record<string, string>>, saved: SavedTables | null) {
    this.folder = folder;
    this.metadata = metadata;
    this.saved = saved;
  }

  /** Begins a table of one file, or goes on with it. */
  async table(name: string, columns: readonly Column[], dictionaries: Dictionaries = {}): Promise<TableWriter> {
    const path = join(this.folder, `${name}.arrow`);
    const metadata = { ...this.metadata, table: name };
    const saved = this.saved?.whole[name];
    const writer =
      saved === undefined
        ? await TableWriter.create(path, columns, metadata, dictionaries)
        : await TableWriter.resume(path, columns, metadata, dictionaries, saved);
    this.whole[name] = writer;
    return writer;
  }

  /** The same of a table that may be in parts, with metadata of its own. */
  async parts(
    { name, inParts, partRows }: { readonly name: string; readonly inParts: boolean; readonly partRows?: number },
    columns: readonly Column[],
    dictionaries: Dictionaries,
    more: Readonly<Record<string, string>> = {},
  ): Promise<PartWriter> {
    const place = { folder: this.folder, name, inParts, ...(partRows === undefined ? {} : { partRows }) };
    const table = [place, columns, { ...this.metadata, table: name, ...more }, dictionaries] as const;
    const saved = this.saved?.inParts[name];
    const writer = saved === undefined ? new PartWriter(...table) : await PartWriter.resume(...table, saved);
    this.inParts[name] = writer;
    return writer;
  }

  /** These tables and their writers, in the order in which they were begun: no part of the state of who fills them. */
  get apart(): readonly object[] {
    return [this, ...Object.values(this.whole), ...Object.values(this.inParts)];
  }

  /** How far the tables are; resolves when all that was written before is in their files. */
  async save(): Promise<SavedTables> {
    const whole = Object.entries(this.whole).map(async ([name, writer]) => [name, await writer.save()] as const);
    const inParts = Object.entries(this.inParts).map(async ([name, writer]) => [name, await writer.save()] as const);
    return {
      whole: Object.fromEntries(await Promise.all(whole)),
      inParts: Object.fromEntries(await Promise.all(inParts)),
    };
  }
}

/** Removes the tables of a folder that were begun after those in `saved` were saved. */
export function removeLaterTables(folder: string, saved: readonly SavedTables[]): void {
  const known = new Set(saved.flatMap(({ whole, inParts }) => [...Object.keys(whole), ...Object.keys(inParts)]));
  for (const entry of readdirSync(folder)) {
    if (!known.has(entry.replace(/\.arrow$/, ""))) rmSync(join(folder, entry), { recursive: true });
  }
}
