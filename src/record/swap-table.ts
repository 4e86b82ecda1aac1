import { BATCH_ROWS } from "../table/index.js";
import type { PartWriter } from "./part-writer.js";
import type { Late } from "./row-sink.js";

/** Indices of SWAP_KINDS. */
export const OUT = 0;
export const IN = 1;
export const KILL = 2;

function newBatch() {
  return {
    time_s: new Float64Array(BATCH_ROWS),
    machine: new Int32Array(BATCH_ROWS),
    invocation: new Uint32Array(BATCH_ROWS),
    price_class: new Uint8Array(BATCH_ROWS),
    kind: new Int32Array(BATCH_ROWS),
    mib: new Float64Array(BATCH_ROWS),
  };
}

/** Fills swaps.arrow. */
export class SwapTable {
  private readonly writer: PartWriter;
  private batch: ReturnType<typeof newBatch> | null = null;
  private rows = 0;
  /** Batches that are on their way to disk, and what has gone wrong there. */
  private writing = 0;
  private failure: Error | null = null;
  /** Moves out, moves back and kills so far. */
  readonly counts = [0, 0, 0];

  constructor(writer: PartWriter) {
    this.writer = writer;
  }

  add(kind: number, invocation: number, priceClass: number, machine: number, time: number, mib: number): void {
    this.batch ??= newBatch();
    const { batch } = this;
    const i = this.rows++;
    batch.time_s[i] = time;
    batch.machine[i] = machine;
    batch.invocation[i] = invocation;
    batch.price_class[i] = priceClass;
    batch.kind[i] = kind;
    batch.mib[i] = mib;
    this.counts[kind]!++;
    if (this.rows === BATCH_ROWS) this.flush();
  }

  /** Resolves when no more than so many batches are on their way to disk. */
  async settle(atMost = 4): Promise<void> {
    while (this.writing > atMost && this.failure === null) await new Promise((resolve) => setImmediate(resolve));
    if (this.failure !== null) throw this.failure;
  }

  async close(late: Late): Promise<void> {
    this.flush();
    await this.writer.close(late);
  }

  private flush(): void {
    if (this.batch === null || this.rows === 0) return;
    this.writing++;
    this.writer.write(this.batch, this.rows).then(
      () => this.writing--,
      (error: Error) => {
        this.failure = error;
      },
    );
    this.batch = null;
    this.rows = 0;
  }
}
