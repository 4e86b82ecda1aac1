import { open } from "node:fs/promises";
import { type Batch, TableWriter } from "../table/index.js";
import { PAPER_COLUMNS, type PaperOptions } from "../workload/index.js";

type Batches = Iterable<{ readonly rows: number; readonly columns: Batch }>;

/** Writes the papers' workload to `path`, which must not exist; returns its rows. The options stand in an Arrow file's metadata. */
export function writePaper(
  path: string,
  format: "arrow" | "csv",
  options: PaperOptions,
  batches: Batches,
): Promise<number> {
  return format === "arrow" ? writeArrow(path, options, batches) : writeCsv(path, batches);
}

async function writeArrow(path: string, options: PaperOptions, batches: Batches): Promise<number> {
  const metadata = { generator: "paper", options: JSON.stringify(options) };
  const writer = await TableWriter.create(path, PAPER_COLUMNS, metadata);
  try {
    for (const { rows, columns } of batches) await writer.write(columns, rows);
    await writer.close();
  } catch (error) {
    await writer.abandon();
    throw error;
  }
  return writer.rows;
}

async function writeCsv(path: string, batches: Batches): Promise<number> {
  const file = await open(path, "wx");
  const names = PAPER_COLUMNS.map((column) => column.name);
  let written = 0;
  try {
    await file.write(`${names.join(",")}\n`);
    for (const { rows, columns } of batches) {
      const values = names.map((name) => columns[name]!);
      const lines: string[] = [];
      for (let i = 0; i < rows; i++) lines.push(`${values.map((column) => column[i]).join(",")}\n`);
      await file.write(lines.join(""));
      written += rows;
    }
  } finally {
    await file.close();
  }
  return written;
}
