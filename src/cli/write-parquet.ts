import { statSync } from "node:fs";
import { type Batch, type Column, ParquetTableWriter, TableReader } from "../table/index.js";
import { VERSION } from "../version.js";

/** What a table in Parquet has beside what its Arrow file has. */
export interface ParquetExtras {
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** Of a workload, the number of its first row: rows get their number as a column, as engines keep no order. */
  readonly firstRow?: number | undefined;
}

const ROW: Column = { name: "invocation", type: "uint32", unit: "", about: "Row of workload.arrow." };

/**
 * Writes an Arrow file of ours to a Parquet file, which must not exist: the same columns, rows and metadata, and extras.
 * `onRead` is told of bytes read, a batch at a time. Gives the number of rows.
 */
export async function writeParquet(
  file: string,
  path: string,
  onRead: (bytes: number) => void = () => {},
  { metadata, firstRow }: ParquetExtras = {},
): Promise<number> {
  const table = await TableReader.open(file);
  try {
    const about = {
      metadata: { ...metadata, ...Object.fromEntries(table.metadata) },
      createdBy: `replaybook version ${VERSION}`,
    };
    const columns = firstRow === undefined ? table.columns : [ROW, ...table.columns];
    const out = await ParquetTableWriter.create(path, columns, about, (name) => table.dictionary(name));
    const bytes = statSync(file).size / table.batchCount;
    let total = 0;
    try {
      for await (const { columns, rows } of table.batches()) {
        const batch = firstRow === undefined ? columns : { ...columns, ...numbered(firstRow + total, rows) };
        await out.write(batch, rows);
        total += rows;
        onRead(bytes);
      }
    } catch (error) {
      await out.abandon();
      throw error;
    }
    await out.close();
    return total;
  } finally {
    await table.close();
  }
}

function numbered(first: number, rows: number): Batch {
  return { [ROW.name]: Uint32Array.from({ length: rows }, (_, i) => first + i) };
}
