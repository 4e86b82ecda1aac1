import { createWriteStream } from "node:fs";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { createGzip } from "node:zlib";
import {
  type AzurePopulation,
  countBytes,
  durationLines,
  FAMILIES,
  fileName,
  memoryLines,
  putCounts,
} from "../workload/index.js";

const CHUNK_BYTES = 1048576;

/** What was written. */
export interface AzureWritten {
  readonly files: number;
  readonly rows: number;
  readonly invocations: number;
}

/**
 * Writes a population's days into a folder as the release has them, three files a day, of which one day's app and a megabyte a file
 * are in memory. `onRows` is told of functions' rows written.
 */
export async function writeAzure(
  folder: string,
  population: AzurePopulation,
  gzip: boolean,
  onRows: (rows: number) => void,
): Promise<AzureWritten> {
  let rows = 0;
  let invocations = 0;
  for (let day = 0; day < population.options.days; day++) {
    const open = (family: keyof typeof FAMILIES) =>
      new CsvFile(join(folder, fileName(family, day) + (gzip ? ".gz" : "")), FAMILIES[family].header, gzip);
    const [counts, durations, memory] = [open("invocations"), open("durations"), open("memory")];
    try {
      for (const app of population.day(day)) {
        await counts.put(countBytes(app), (buffer, at) => putCounts(app, buffer, at));
        await durations.line(durationLines(app));
        await memory.line(memoryLines(app));
        for (const { counts: cells } of app.functions) invocations += cells.reduce((sum, count) => sum + count, 0);
        rows += app.functions.length;
        onRows(rows);
      }
      for (const file of [counts, durations, memory]) await file.close();
    } finally {
      for (const file of [counts, durations, memory]) file.release();
    }
  }
  return { files: 3 * population.options.days, rows, invocations };
}

/** A new file that is written a chunk at a time. */
class CsvFile {
  private readonly into: Writable;
  private readonly end: Promise<unknown>;
  private buffer = Buffer.allocUnsafe(2 * CHUNK_BYTES);
  private used: number;

  constructor(path: string, header: string, gzip: boolean) {
    const file = createWriteStream(path, { flags: "wx" });
    const gz = gzip ? createGzip() : null;
    gz?.pipe(file);
    file.on("error", (error) => gz?.destroy(error));
    this.into = gz ?? file;
    this.end = finished(file);
    // Awaited in close or not at all: a write that fails first says so itself.
    this.end.catch(() => {});
    this.used = this.buffer.write(`${header}\n`, 0, "latin1");
  }

  /** Lets `fill` put up to `most` bytes at a place of the buffer and give where they end. */
  async put(most: number, fill: (buffer: Buffer, at: number) => number): Promise<void> {
    if (this.used + most > this.buffer.length) {
      await this.flush();
      if (most > this.buffer.length) this.buffer = Buffer.allocUnsafe(most);
    }
    this.used = fill(this.buffer, this.used);
    if (this.used >= CHUNK_BYTES) await this.flush();
  }

  line(text: string): Promise<void> {
    return this.put(text.length, (buffer, at) => at + buffer.write(text, at, "latin1"));
  }

  async close(): Promise<void> {
    await this.flush();
    this.into.end();
    await this.end;
  }

  /** Lets go of the file, whole or not. */
  release(): void {
    this.into.destroy();
  }

  /** Resolves when the bytes are out of the buffer, which is then used again. */
  private flush(): Promise<void> {
    const bytes = this.buffer.subarray(0, this.used);
    this.used = 0;
    if (bytes.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.into.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
  }
}
