import { BATCH_ROWS, type Batch } from "../table/index.js";

function shared<T>(Values: new (buffer: SharedArrayBuffer) => T, bytes: number): T {
  return new Values(new SharedArrayBuffer(BATCH_ROWS * bytes));
}

/** What became of the rows of a block. */
export interface RowResults {
  readonly start: Float64Array;
  /** NaN where it has not ended. */
  readonly finish: Float64Array;
  readonly machine: Int32Array;
  readonly preemptions: Uint32Array;
  /** See Observer on progress. */
  readonly progress: Float64Array;
}

/** The data of a block, which a thread that shares its memory can read. */
export interface RowData {
  readonly arrival: Float64Array;
  readonly runtime: Float64Array;
  readonly priceClass: Uint8Array;
  readonly initial: Float32Array;
  readonly peak: Float32Array;
  /** MiB that its memory grows by in a CPU second; 0 for one without runtime, which holds its peak at once. */
  readonly growth: Float64Array;
  /** Sequence number of row 0, where rows are in workload order. */
  readonly first: number;
  readonly rows: number;
  /** Sequence numbers, where they are not. */
  readonly sequence: Float64Array | null;
  readonly results: RowResults | null;
  /** CPU seconds received, where that is not the runtime: made for the unfinished of a run that was stopped. */
  readonly cpu: Float64Array | null;
}

/** Up to BATCH_ROWS invocations that have arrived; for those that are rows in the making, with what became of them. */
export class RowBlock implements RowData {
  readonly arrival = shared(Float64Array, 8);
  readonly runtime = shared(Float64Array, 8);
  readonly priceClass = shared(Uint8Array, 1);
  readonly initial = shared(Float32Array, 4);
  readonly peak = shared(Float32Array, 4);
  readonly growth = shared(Float64Array, 8);
  /** 1 where the invocation has not ended. */
  readonly open = shared(Uint8Array, 1);
  /** Number of those. */
  openCount = 0;
  first = 0;
  rows = 0;
  readonly sequence: Float64Array | null;
  readonly results: RowResults | null;
  cpu: Float64Array | null = null;

  constructor(options: { results: boolean; ordered: boolean }) {
    const results = () => ({
      start: shared(Float64Array, 8),
      finish: shared(Float64Array, 8),
      machine: shared(Int32Array, 4),
      preemptions: shared(Uint32Array, 4),
      progress: shared(Float64Array, 8),
    });
    this.results = options.results ? results() : null;
    this.sequence = options.ordered ? null : shared(Float64Array, 8);
  }

  /** Makes room for `cpu`. */
  makeCpu(): Float64Array {
    this.cpu ??= shared(Float64Array, 8);
    return this.cpu;
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
}

/** Memory that an invocation of a block holds from its arrival until it runs, MiB. */
export function heldAt(block: RowData, row: number): number {
  return block.runtime[row]! > 0 ? block.initial[row]! : block.peak[row]!;
}

/** See RowData.growth. */
export function growthOf(initial: number, peak: number, runtime: number): number {
  return runtime > 0 ? (peak - initial) / runtime : 0;
}
