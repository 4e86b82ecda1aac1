import { Worker } from "node:worker_threads";
import type { Batch } from "../table/index.js";
import type { RowData } from "./row-block.js";
import type { Late, RowSink, RowSinkOptions } from "./row-sink.js";
import type { SinkReply, SinkRequest, SinkStart } from "./row-sink-worker.js";
import type { Saved } from "./tables.js";

interface Waiting {
  readonly resolve: (saved: Saved | null) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A TableSink in a thread of its own, so that statistics and writing go on beside the replay. Blocks are shared memory,
 * so what is handed over is only where they are.
 */
export class ThreadSink implements RowSink {
  private readonly worker: Worker;
  private readonly waiting: Waiting[] = [];
  private failure: Error | null = null;

  /** `saved`: goes on from there. */
  constructor(options: RowSinkOptions, saved: Saved | null = null) {
    const workerData: SinkStart = { options, saved };
    this.worker = new Worker(new URL("./row-sink-worker.js", import.meta.url), { workerData });
    this.worker.on("message", ({ failed, saved: told }: SinkReply) => {
      const first = this.waiting.shift();
      if (failed === null) first?.resolve(told);
      else this.fail(new Error(failed), first);
    });
    this.worker.on("error", (error) => this.fail(error as Error));
  }

  expect(batch: Batch, rows: number): void {
    // Copies: what a ring or a block holds, in shared memory, is overwritten before the thread may have come to it.
    const arrival_s = batch["arrival_s"]!.slice(0, rows);
    const price_class = batch["price_class"]!.slice(0, rows);
    const request: SinkRequest = { kind: "expect", batch: { arrival_s, price_class }, rows };
    this.worker.postMessage(request, [arrival_s.buffer as ArrayBuffer, price_class.buffer as ArrayBuffer]);
  }

  async write(block: RowData, end: number): Promise<void> {
    await this.ask({ kind: "write", block, end });
  }

  async save(): Promise<Saved> {
    return (await this.ask({ kind: "save" }))!;
  }

  async close(late: Late): Promise<void> {
    try {
      await this.ask({ kind: "close", late });
    } finally {
      await this.worker.terminate();
    }
  }

  private ask(request: SinkRequest): Promise<Saved | null> {
    if (this.failure) return Promise.reject(this.failure);
    this.worker.postMessage(request);
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
    });
  }

  private fail(error: Error, first?: Waiting): void {
    this.failure ??= error;
    first?.reject(error);
    for (const { reject } of this.waiting.splice(0)) reject(error);
  }
}
