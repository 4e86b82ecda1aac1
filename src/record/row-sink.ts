import { capture } from "../engine/capture.js";
import { restore } from "../engine/restore.js";
import { BATCH_ROWS, type Batch, INVOCATIONS, OUTCOMES, WINDOWS } from "../table/index.js";
import type { PartWriter } from "./part-writer.js";
import { FINISHED, type RowData, UNFINISHED } from "./row-block.js";
import { RowOutput } from "./row-output.js";
import { type Saved, Tables } from "./tables.js";
import { WindowTable } from "./window-table.js";
import { ExactValues } from "./window-values.js";

/** Where rows go that are complete: invocations.arrow and windows.arrow of one scheduler. Plain data. */
export interface RowSinkOptions {
  readonly folder: string;
  /** invocations in parts, of so many rows. */
  readonly inParts: boolean;
  readonly partRows: number;
  /** Rows are in workload order, not in order of finish. */
  readonly ordered: boolean;
  /** Every invocation starts and finishes, so batches in workload order can be written as they complete. */
  readonly allFinish: boolean;
  /** Invocations share cores at equal rates. */
  readonly sharing: boolean;
  /** RAM is finite. */
  readonly managed: boolean;
  /** Length of a window, seconds. */
  readonly window: number;
  readonly classes: number;
  /** Metadata of both tables. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Metadata that are known only at the end. */
export type Late = Readonly<Record<string, string>>;

/** Takes ended rows, block by block. */
export interface RowSink {
  /** Tells of arrivals (`arrival_s`, `price_class`), in order, before their rows. */
  expect(batch: Batch, rows: number): void;
  /** Writes a block's rows; resolves when its arrays may be used again. `end` is the end of the run, where one has not ended. */
  write(block: RowData, end: number): Promise<void>;
  /** Its state when every write has resolved, for another to go on from. */
  save(): Promise<Saved>;
  /** Completes the tables. `late` is metadata that was not known before. */
  close(late: Late): Promise<void>;
}

/** Works out the rows' last columns and the windows' statistics, and writes both tables, in this thread. */
export class TableSink implements RowSink {
  private readonly sharing: boolean;
  private readonly anyOrder: boolean;
  private readonly rows: PartWriter;
  private readonly windows: WindowTable<ExactValues>;
  private readonly spare: RowOutput[] = [];
  private readonly tables: Tables;

  private constructor(options: RowSinkOptions, tables: Tables, rows: PartWriter, windows: WindowTable<ExactValues>) {
    this.tables = tables;
    this.sharing = options.sharing;
    this.anyOrder = options.ordered && options.allFinish;
    this.rows = rows;
    this.windows = windows;
  }

  /** `saved`: goes on from there. */
  static async open(options: RowSinkOptions, saved: Saved | null = null): Promise<TableSink> {
    const { folder, inParts, partRows, ordered, window, classes, metadata } = options;
    const tables = new Tables(folder, metadata, saved?.tables ?? null);
    const order = { order: ordered ? "workload" : "finish" };
    const rows = await tables.parts(
      { name: "invocations", inParts, partRows },
      INVOCATIONS,
      { outcome: OUTCOMES },
      order,
    );
    const values = () => new ExactValues();
    const windows = new WindowTable(window, classes, await tables.table("windows", WINDOWS), values);
    const sink = new TableSink(options, tables, rows, windows);
    if (saved !== null) restore(sink, saved.state, tables.apart, windows.makers());
    return sink;
  }

  expect(batch: Batch, rows: number): void {
    this.windows.expect(batch, rows);
  }

  async write(block: RowData, end: number): Promise<void> {
    const output = this.spare.pop() ?? new RowOutput();
    const index = this.anyOrder ? block.first / BATCH_ROWS : null;
    const columns = output.columns(block, this.sharing, end);
    this.addToWindows(block, end);
    await this.rows.write(columns, block.rows, index);
    this.spare.push(output);
  }

  async save(): Promise<Saved> {
    this.spare.length = 0;
    const tables = await this.tables.save();
    return { tables, state: capture(this, this.tables.apart) };
  }

  async close(late: Late): Promise<void> {
    await this.rows.close(late);
    await this.windows.close(late);
  }

  /** Who never arrived is left out. Killed and rejected ones count as infinitely late. */
  private addToWindows(block: RowData, end: number): void {
    const { windows } = this;
    const { rows, arrival, runtime, priceClass, finish, outcome } = block;
    for (let i = 0; i < rows; i++) {
      const arrived = arrival[i]!;
      if (arrived > end) continue;
      const cell = windows.cellOf(arrived, priceClass[i]!);
      const { latency, outcomes, slowdown } = cell.values;
      const needed = runtime[i]!;
      const what = outcome[i]!;
      const last = what === FINISHED ? finish[i]! : what === UNFINISHED ? end : Number.POSITIVE_INFINITY;
      outcomes[what]!++;
      latency.add(what === FINISHED ? last - arrived : Math.max(last - arrived, needed), cell.arrived);
      if (needed > 0) slowdown.add(Math.max(0, last - (arrived + needed)) / needed);
      windows.ended(cell);
    }
  }
}
