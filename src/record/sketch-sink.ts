import { join } from "node:path";
import { BATCH_ROWS, type Batch, TableWriter, WINDOWS } from "../table/index.js";
import { ClassTotals } from "./class-totals.js";
import { FIELDS, FINISH, type RowData } from "./row-block.js";
import type { Late, RowSink, RowSinkOptions } from "./row-sink.js";
import { type Keeps, SampledRows } from "./sampled-rows.js";
import { WindowTable } from "./window-table.js";
import { sketchCell } from "./window-values.js";

/** What is kept where not every row is. */
export interface KeptOptions {
  /** Null: no rows at all. */
  readonly keeps: Keeps | null;
  /** See TotalsOptions. */
  readonly since: number;
  readonly prices: readonly number[];
}

/**
 * Keeps totals and sketches by class and window of every row, and few rows or none. Memory does not grow with the rows, as
 * long as they end.
 */
export class SketchSink implements RowSink {
  private readonly options: RowSinkOptions;
  private readonly windows: WindowTable;
  private readonly totals: ClassTotals;
  private readonly rows: SampledRows | null;
  private readonly finish = new Float64Array(BATCH_ROWS);
  private readonly outcome = new Int32Array(BATCH_ROWS);
  private end = Number.POSITIVE_INFINITY;

  private constructor(options: RowSinkOptions, kept: KeptOptions, windows: WindowTable) {
    const { folder, managed, metadata, sharing } = options;
    const { keeps, prices, since } = kept;
    this.options = options;
    this.windows = windows;
    this.totals = new ClassTotals({ since, prices, managed });
    this.rows = keeps === null ? null : new SampledRows(keeps, { folder, sharing, managed, metadata });
  }

  static async open(options: RowSinkOptions, kept: KeptOptions): Promise<SketchSink> {
    const { folder, window, classes, metadata } = options;
    const windows = await TableWriter.create(join(folder, "windows.arrow"), WINDOWS, { ...metadata, table: "windows" });
    return new SketchSink(options, kept, new WindowTable(window, classes, windows, sketchCell));
  }

  expect(batch: Batch, rows: number): void {
    this.windows.expect(batch, rows);
  }

  async write(block: RowData, end: number): Promise<void> {
    this.take(block, end);
    await this.settle();
  }

  take(block: RowData, end: number): void {
    const { finish, outcome } = this;
    for (let i = 0; i < block.rows; i++) {
      finish[i] = block.record[i * FIELDS + FINISH]!;
      outcome[i] = block.outcome[i]!;
    }
    this.end = end;
    this.windows.add(block, { finish, outcome }, end);
    this.totals.add(block, end);
    this.rows?.add(block, end);
  }

  async settle(): Promise<void> {
    await this.rows?.settle();
  }

  async close(late: Late): Promise<void> {
    await this.windows.close(late);
    await this.rows?.close(this.end, late);
    await this.totals.write(this.options.folder, { ...this.options.metadata, ...late });
  }
}
