import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { MessageChannel, type MessagePort } from "node:worker_threads";
import { Tinypool } from "tinypool";
import { type TableFormat, tableFormat } from "./export-formats.js";
import type { ParquetExtras } from "./write-parquet.js";

/** A file to write: of what, where, and what it has beside. */
export interface FileTask {
  readonly from: readonly string[];
  readonly path: string;
  readonly extras: ParquetExtras;
}

/** Writes a file in a worker, which finds this by its name. Gives its rows. */
export function writeFile({
  format,
  port,
  ...task
}: FileTask & { format: string; port: MessagePort }): Promise<number> {
  const { from, path, extras } = task;
  return tableFormat(format).write(from, path, (bytes) => port.postMessage(bytes), extras);
}

/** Who writes the files of an export: this thread, or workers, which need built code. None of it changes a byte. */
export class ExportHands {
  private readonly format: TableFormat;
  private readonly pool: Tinypool | null;
  /** Files at a time. */
  readonly lanes: number;

  /** `workers` 0: this thread. */
  constructor(format: TableFormat, workers: number) {
    this.format = format;
    this.lanes = Math.max(1, workers);
    const filename = fileURLToPath(import.meta.url);
    const threads = { minThreads: workers, maxThreads: workers, isolateWorkers: false };
    this.pool = workers === 0 ? null : new Tinypool({ filename, ...threads });
  }

  /** Writes a file, telling of bytes read; gives its rows. */
  async write({ from, path, extras }: FileTask, onRead: (bytes: number) => void): Promise<number> {
    if (this.pool === null) return this.format.write(from, path, onRead, extras);
    const { port1, port2 } = new MessageChannel();
    port1.on("message", onRead);
    const task = { from, path, extras, format: this.format.name, port: port2 };
    try {
      return await this.pool.run(task, { name: "writeFile", transferList: [port2] });
    } catch {
      // What went wrong comes out of a worker as a mere text: here it comes out as it is.
      rmSync(path, { force: true });
      return this.format.write(from, path, () => {}, extras);
    } finally {
      port1.close();
    }
  }

  /** Does `work` for every item, as many at a time as there are lanes. Once one fails, no other is begun. */
  async each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
    const left = items.values();
    const failures: unknown[] = [];
    const lane = async (): Promise<void> => {
      for (const item of left) {
        if (failures.length > 0) return;
        await work(item).catch((error) => failures.push(error));
      }
    };
    await Promise.all(Array.from({ length: this.lanes }, lane));
    if (failures.length > 0) throw failures[0];
  }

  async end(): Promise<void> {
    await this.pool?.destroy();
  }
}
