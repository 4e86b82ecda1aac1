import type { RowSink } from "./row-sink.js";
import type { MachineTables } from "./run-recorder.js";

/** Where a recorder's rows go, and what it must know of the run. */
export interface RecorderOptions extends MachineTables {
  /**
   * Rows in workload order: a batch is written when all of it has ended. Else rows are written as they end, and memory
   * holds little but what has not.
   */
  readonly ordered: boolean;
  /** Every invocation starts and finishes, so that complete batches need not wait for those before them. */
  readonly allFinish: boolean;
  readonly rows: RowSink;
  /** RAM is finite. */
  readonly managed: boolean;
  /** Every arrival is told; see Observer. */
  readonly told: boolean;
  /** See BLOCKS_KEPT, the default. It changes no row. */
  readonly blocksKept?: number;
}
