import { basename, dirname } from "node:path";
import type { BadRows } from "./bad-rows.js";
import type { SourceFile, TraceManifest } from "./trace.js";

/** Rows of a family of source files: rows in the files = kept + quarantined. Readers fill nothing. */
export type RowCounts = { kept: number; filled: number; quarantined: number };

/** A source file as its first bytes show it. */
export interface Source {
  readonly path: string;
  /** Without folders. */
  readonly name: string;
  readonly kind: "csv" | "json" | "log" | "arrow" | "parquet" | "other";
  /** Its columns, or the names of members of JSON, under our names: after --map. Empty where it is no table. */
  readonly columns: readonly string[];
  /** What it is when it is no table: "empty", "a zip archive" …; else "". */
  readonly what: string;
}

/** A kind of file that a format knows, told by its columns. */
export interface Family {
  readonly name: string;
  /** Columns without which a file is not of this family; a pattern stands for any column it matches. */
  readonly columns: readonly (string | { readonly like: RegExp; readonly shown: string })[];
  readonly kinds: readonly Source["kind"][];
  /** What a file's folder and name say ("requests_minute/day_00.csv"), where columns alone do not tell the family. */
  readonly place?: RegExp;
}

/** What reading a source needs to know and where it puts what it read. */
export interface Reading {
  /** The folder to fill; it exists and is empty. */
  readonly folder: string;
  /** Source files by family. */
  readonly sources: ReadonlyMap<string, readonly Source[]>;
  /** Our name of a column of a source file. */
  readonly ours: (theirs: string) => string;
  readonly badRows: BadRows;
  readonly onBytes: (bytes: number) => void;
  /** What the user gave for an option of the format, else its default. */
  readonly option: (name: string) => string;
}

/** An option of ingest that one format alone has. */
export interface FormatOption {
  readonly argument: string;
  readonly default: string;
  readonly about: string;
}

/** What a format's reader says of what it has written: the manifest but for what is the same in all formats. */
export type Read = Omit<TraceManifest, "replaybook" | "table_version" | "name" | "format"> & {
  readonly sources: readonly SourceFile[];
};

/** One entry of the list in formats.ts. */
export interface Format {
  /** One line: publisher and what the files are. */
  readonly about: string;
  /** The first has to be there; the others may be missing. */
  readonly families: readonly Family[];
  /** Names of folders whose files are read with those of the folder that they are in. */
  readonly folders?: RegExp;
  /** By name, without dashes. */
  readonly options?: Readonly<Record<string, FormatOption>>;
  read(reading: Reading): Promise<Read>;
}

/** A file's folder and name. */
export function placeOf(path: string): string {
  return `${basename(dirname(path))}/${basename(path)}`;
}

/** The first column of the family that is not among `columns`; null where the file is of the family. */
export function missingColumn(family: Family, columns: readonly string[]): string | null {
  for (const column of family.columns) {
    if (typeof column === "string") {
      if (!columns.includes(column)) return column;
    } else if (!columns.some((name) => column.like.test(name))) return column.shown;
  }
  return null;
}

/** The family's columns, as they stand in messages. */
export function shownColumns(family: Family): string {
  return family.columns.map((column) => (typeof column === "string" ? column : column.shown)).join(", ");
}
