import { BATCH_ROWS, type Batch } from "../table/index.js";
import type { Labels } from "./labels.js";
import type { MinuteRows } from "./minute-rows.js";
import type { RowSampling } from "./row-sampling.js";

/**
 * Fills batches of the WORKLOAD columns, BATCH_ROWS rows each, in the arrays of two: new ones for each would keep the
 * collector busy.
 */
export class BatchBuilder {
  /** Rows in the batch being filled. */
  rows = 0;
  private readonly labels: Labels | null;
  private readonly sampling: RowSampling | null;
  /** Of the batch's rows that are kept, how many have their labels. */
  private labelled = 0;
  /** Number in the workload of the batch's first row. */
  private first: number;
  private columns: BatchColumns;
  private spare: BatchColumns;

  /**
   * Batches from row `first` of the workload on. Without labels their columns are one array of zeros, that of every batch;
   * with a sampling only what that keeps has them.
   */
  constructor(labels: Labels | null, sampling: RowSampling | null = null, first = 0) {
    this.labels = labels;
    this.sampling = sampling;
    this.first = first;
    this.columns = newColumns(labels !== null);
    this.spare = newColumns(labels !== null);
  }

  /** The parents of the batch being filled, -1 where nobody sets them. */
  get parent(): Int32Array {
    return this.columns.parent;
  }

  /** Adds the rows of a minute from place `from` of its order up to `to`, or as many of them as fit; returns how many. */
  add(minute: MinuteRows, from: number, to: number): number {
    const count = Math.min(to - from, BATCH_ROWS - this.rows);
    const { arrival, runtime, initial, peak, priceClass, order } = minute;
    const { columns } = this;
    if (this.rows === 0) columns.parent.fill(-1);
    for (let k = from, row = this.rows; k < from + count; k++, row++) {
      const i = order[k]!;
      columns.arrival_s[row] = arrival[i]!;
      columns.runtime_s[row] = runtime[i]!;
      columns.price_class[row] = priceClass[i]!;
      columns.memory_initial_mib[row] = initial[i]!;
      columns.memory_peak_mib[row] = peak[i]!;
    }
    if (this.sampling !== null) this.labelKept(this.sampling, minute, from, count);
    else if (this.labels !== null) {
      for (let k = from, row = this.rows; k < from + count; k++, row++) this.label(this.labels, minute, k, row);
    }
    this.rows += count;
    return count;
  }

  private labelKept(sampling: RowSampling, minute: MinuteRows, from: number, count: number): void {
    if (this.rows === 0) {
      sampling.open(this.first, BATCH_ROWS);
      this.labelled = 0;
    }
    const { kept } = sampling;
    for (; this.labelled < sampling.count; this.labelled++) {
      const place = kept[this.labelled]! - this.rows;
      if (place >= count) return;
      this.label(this.labels!, minute, from + place, this.rows + place);
    }
  }

  private label(labels: Labels, { functionId, order }: MinuteRows, k: number, row: number): void {
    const { columns } = this;
    const f = functionId[order[k]!]!;
    columns.function[row] = labels.function[f]!;
    columns.app[row] = labels.app[f]!;
    columns.owner[row] = labels.owner[f]!;
    columns.trigger[row] = labels.trigger[f]!;
  }

  get isFull(): boolean {
    return this.rows === BATCH_ROWS;
  }

  /** The batch as it is; a new one begins, in the arrays of the one before. */
  take(): { readonly rows: number; readonly columns: Batch } {
    const { rows, columns, spare } = this;
    this.first += rows;
    this.rows = 0;
    this.columns = spare;
    this.spare = columns;
    return { rows, columns };
  }
}

type BatchColumns = ReturnType<typeof newColumns>;

const NO_LABELS = new Int32Array(BATCH_ROWS);

function newColumns(labelled: boolean) {
  const keys = () => (labelled ? new Int32Array(BATCH_ROWS) : NO_LABELS);
  return {
    arrival_s: new Float64Array(BATCH_ROWS),
    runtime_s: new Float64Array(BATCH_ROWS),
    price_class: new Uint8Array(BATCH_ROWS),
    memory_initial_mib: new Float32Array(BATCH_ROWS),
    memory_peak_mib: new Float32Array(BATCH_ROWS),
    function: keys(),
    app: keys(),
    owner: keys(),
    trigger: keys(),
    parent: new Int32Array(BATCH_ROWS).fill(-1),
  };
}
