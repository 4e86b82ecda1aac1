import { join } from "node:path";
import { BATCH_ROWS, type Batch, INVOCATIONS, OUTCOMES, TableWriter, WINDOWS } from "../table/index.js";
import { PartWriter } from "./part-writer.js";
import type { RowData } from "./row-block.js";
import { RowOutput } from "./row-output.js";
import { WindowTable } from "./window-table.js";

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
  /** Where writing can be done there and then: a block may be used again at once, and need not be full. */
  take?(block: RowData, end: number): void;
  /** Resolves when little is on its way to disk of what was taken. */
  settle?(): Promise<void>;
  /** Completes the tables. `late` is metadata that was not known before. */
  close(late: Late): Promise<void>;
}

/** Works out the rows' last columns and the windows' statistics, and writes both tables, in this thread. */
export class TableSink implements RowSink {
  private readonly sharing: boolean;
  private readonly managed: boolean;
  private readonly anyOrder: boolean;
  private readonly rows: PartWriter;
  private readonly windows: WindowTable;
  private readonly spare: RowOutput[] = [];

  private constructor(options: RowSinkOptions, rows: PartWriter, windows: WindowTable) {
    this.sharing = options.sharing;
    this.managed = options.managed;
    this.anyOrder = options.ordered && options.allFinish;
    this.rows = rows;
    this.windows = windows;
  }

  static async open(options: RowSinkOptions): Promise<TableSink> {
    const { folder, inParts, partRows, ordered, window, classes, metadata } = options;
    const place = { folder, name: "invocations", inParts, partRows };
    const described = { ...metadata, table: "invocations", order: ordered ? "workload" : "finish" };
    const rows = new PartWriter(place, INVOCATIONS, described, { outcome: OUTCOMES });
    const path = join(folder, "windows.arrow");
    const windows = await TableWriter.create(path, WINDOWS, { ...metadata, table: "windows" });
    return new TableSink(options, rows, new WindowTable(window, classes, windows));
  }

  expect(batch: Batch, rows: number): void {
    this.windows.expect(batch, rows);
  }

  async write(block: RowData, end: number): Promise<void> {
    const output = this.spare.pop() ?? new RowOutput(this.managed);
    const index = this.anyOrder ? block.first / BATCH_ROWS : null;
    const columns = output.columns(block, this.sharing, end);
    this.windows.add(block, output, end);
    await this.rows.write(columns, block.rows, index);
    this.spare.push(output);
  }

  async close(late: Late): Promise<void> {
    await this.rows.close(late);
    await this.windows.close(late);
  }
}
