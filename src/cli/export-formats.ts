import { constants, copyFileSync, statSync } from "node:fs";
import { Invalid } from "../invalid.js";
import { TableReader } from "../table/index.js";
import { writeCsv } from "./write-csv.js";
import { type ParquetExtras, writeParquet } from "./write-parquet.js";

/** What tables can be written as. */
export interface TableFormat {
  /** Of its files, and what --to calls it. */
  readonly name: string;
  /** Whether the parts of a table become one file. */
  readonly joins: boolean;
  /** Writes Arrow files of one table, one only where it does not join them, to a new file; gives the rows. */
  write(
    files: readonly string[],
    path: string,
    onRead: (bytes: number) => void,
    extras?: ParquetExtras,
  ): Promise<number>;
}

const FORMATS: readonly TableFormat[] = [
  { name: "csv", joins: true, write: writeCsv },
  { name: "parquet", joins: false, write: ([file], ...rest) => writeParquet(file!, ...rest) },
  { name: "arrow", joins: false, write: ([file], path, onRead) => copyArrow(file!, path, onRead) },
];

/** For help and messages: "csv, parquet, arrow". */
export const FORMAT_NAMES = FORMATS.map(({ name }) => name).join(", ");

/** The format that --to names. Throws Invalid. */
export function tableFormat(text: string): TableFormat {
  const format = FORMATS.find(({ name }) => name === text);
  if (format === undefined) throw new Invalid("table format", text, "--to", `one of ${FORMAT_NAMES}`);
  return format;
}

/** Copies an Arrow file, every batch of which is read to see that it is whole. */
async function copyArrow(file: string, path: string, onRead: (bytes: number) => void): Promise<number> {
  const table = await TableReader.open(file);
  let rows = 0;
  try {
    const bytes = statSync(file).size / table.batchCount;
    for await (const batch of table.batches([])) {
      rows += batch.rows;
      onRead(bytes);
    }
  } finally {
    await table.close();
  }
  copyFileSync(file, path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  return rows;
}
