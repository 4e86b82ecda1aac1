import { BATCH_ROWS, type Batch } from "../table/index.js";

/** What became of the rows of a block. */
export class Results {
  readonly start = new Float64Array(BATCH_ROWS);
  /** NaN where it has not ended. */
  readonly finish = new Float64Array(BATCH_ROWS);
  readonly machine = new Int32Array(BATCH_ROWS);
  readonly preemptions = new Uint32Array(BATCH_ROWS);
  /** See Observer on progress. */
  readonly progress = new Float64Array(BATCH_ROWS);
}

/** Up to BATCH_ROWS invocations that have arrived; for those that are rows in the making, with what became of them. */
export class RowBlock {
  readonly arrival = new Float64Array(BATCH_ROWS);
  readonly runtime = new Float64Array(BATCH_ROWS);
  readonly priceClass = new Uint8Array(BATCH_ROWS);
  readonly initial = new Float32Array(BATCH_ROWS);
  readonly peak = new Float32Array(BATCH_ROWS);
  /** MiB that its memory grows by in a CPU second; 0 for one without runtime, which holds its peak at once. */
  readonly growth = new Float64Array(BATCH_ROWS);
  /** 1 where the invocation has not ended. */
  readonly open = new Uint8Array(BATCH_ROWS);
  /** Number of those. */
  openCount = 0;
  /** Sequence number of row 0, where rows are in workload order. */
  first = 0;
  rows = 0;
  /** Sequence numbers, where they are not. */
  readonly sequence: Float64Array | null;
  readonly results: Results | null;
  /** CPU seconds received, where that is not the runtime: made for the unfinished of a run that was stopped. */
  cpu: Float64Array | null = null;

  constructor(options: { results: boolean; ordered: boolean }) {
    this.results = options.results ? new Results() : null;
    this.sequence = options.ordered ? null : new Float64Array(BATCH_ROWS);
  }

  /** Takes a batch of the workload as rows that are all open. */
  fill(first: number, batch: Batch, rows: number): void {
    this.first = first;
    this.rows = rows;
    this.openCount = rows;
    this.open.fill(1, 0, rows);
    this.cpu = null;
    this.arrival.set(batch["arrival_s"]!.subarray(0, rows));
    this.runtime.set(batch["runtime_s"]!.subarray(0, rows));
    this.priceClass.set(batch["price_class"]!.subarray(0, rows));
    this.initial.set(batch["memory_initial_mib"]!.subarray(0, rows));
    this.peak.set(batch["memory_peak_mib"]!.subarray(0, rows));
    for (let i = 0; i < rows; i++) this.growth[i] = growthOf(this.initial[i]!, this.peak[i]!, this.runtime[i]!);
  }

  /** Copies what arrived in a row of another block over a row of this one. */
  copy(row: number, from: RowBlock, fromRow: number): void {
    this.arrival[row] = from.arrival[fromRow]!;
    this.runtime[row] = from.runtime[fromRow]!;
    this.priceClass[row] = from.priceClass[fromRow]!;
    this.initial[row] = from.initial[fromRow]!;
    this.peak[row] = from.peak[fromRow]!;
    this.growth[row] = from.growth[fromRow]!;
  }

  /** An empty block again. */
  clear(): void {
    this.rows = 0;
    this.cpu = null;
  }

  /** Memory it holds from its arrival until it runs, MiB. */
  held(row: number): number {
    return this.runtime[row]! > 0 ? this.initial[row]! : this.peak[row]!;
  }
}

/** See RowBlock.growth. */
export function growthOf(initial: number, peak: number, runtime: number): number {
  return runtime > 0 ? (peak - initial) / runtime : 0;
}
