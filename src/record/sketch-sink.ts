import type { Makers } from "../engine/restore.js";
import { type Batch, type TableWriter, WINDOWS } from "../table/index.js";
import { writeClasses } from "./class-totals.js";
import { ClassValues } from "./class-values.js";
import type { InvocationRecords } from "./open-invocations.js";
import type { Late, RowSinkOptions } from "./row-sink.js";
import { SampledRows } from "./sampled-rows.js";
import type { Tables } from "./tables.js";
import { WindowTable } from "./window-table.js";

/** What is kept where not every row is. */
export interface KeptOptions {
  /** Share of the rows that are kept; 0: none. */
  readonly share: number;
  /** Arrivals before it are left out of what is kept by class: the warm-up's end. */
  readonly since: number;
  /** Price of each class. */
  readonly prices: readonly number[];
}

/**
 * Keeps counts and sketches by class and window of every row, and few rows or none. Memory does not grow with the rows, as
 * long as they end. A class is what its windows add up to.
 */
export class SketchSink {
  private readonly tables: Tables;
  private readonly managed: boolean;
  private readonly since: number;
  private readonly stretch: Float64Array;
  private readonly windows: WindowTable<ClassValues>;
  private readonly classes: readonly ClassValues[];
  private readonly rows: SampledRows | null;

  private constructor(
    tables: Tables,
    options: RowSinkOptions,
    { prices, since }: KeptOptions,
    windows: TableWriter,
    rows: SampledRows | null,
  ) {
    const { managed, window } = options;
    const highest = Math.max(...prices);
    this.tables = tables;
    this.managed = managed;
    this.since = since;
    this.stretch = Float64Array.from(prices, (price) => highest / price);
    this.classes = prices.map(() => new ClassValues());
    this.windows = new WindowTable(
      window,
      prices.length,
      windows,
      () => new ClassValues(),
      (from, priceClass, values) => {
        if (from >= since) this.classes[priceClass]!.merge(values);
      },
    );
    this.rows = rows;
  }

  static async open(options: RowSinkOptions, kept: KeptOptions, tables: Tables): Promise<SketchSink> {
    const windows = await tables.table("windows", WINDOWS);
    const rows = kept.share === 0 ? null : await SampledRows.open(options, tables);
    return new SketchSink(tables, options, kept, windows, rows);
  }

  /** Whether rows are kept of some. */
  get keepsRows(): boolean {
    return this.rows !== null;
  }

  /** What it makes as it goes, for `restore`. */
  makers(): Makers {
    return this.windows.makers();
  }

  /** Tells of arrivals (`arrival_s`, `price_class`), in order, that will end. */
  expect(batch: Batch, rows: number): void {
    this.windows.expect(batch, rows);
  }

  /** The same for one whose arrival a scheduler tells of. */
  expectOne(arrival: number, priceClass: number): void {
    this.windows.expectOne(arrival, priceClass);
  }

  /**
   * Takes one that has ended, as the facts have it (see Observer), with its record in InvocationRecords. `outcome` as in
   * OUTCOMES; one that is open at the run's end has that as its time, and `end`, else infinite, is when no other ends.
   */
  take(
    known: InvocationRecords,
    record: number,
    facts: Float64Array,
    outcome: number,
    machine: number,
    preempted: number,
    end: number,
  ): void {
    if (this.rows !== null && known.isKept(record)) {
      this.rows.add(known, record, facts, outcome, machine, preempted, end);
    }
    const arrival = known.arrival(record);
    if (arrival > end) return;
    const { managed, since, windows } = this;
    const priceClass = known.priceClass(record);
    const stretch = this.stretch[priceClass]!;
    const cell = windows.cellOf(arrival, priceClass);
    cell.values.add(known, record, facts, outcome, preempted, stretch, managed);
    if (arrival >= since && windows.beganBefore(since)) {
      this.classes[priceClass]!.add(known, record, facts, outcome, preempted, stretch, managed);
    }
    windows.ended(cell);
  }

  /** Takes the invocation in a row of these columns that ended as it arrived and took no time, and is not kept. */
  pass(arrivals: Float64Array, classes: Uint8Array, row: number): void {
    const { since, windows } = this;
    const arrival = arrivals[row]!;
    const priceClass = classes[row]!;
    const cell = windows.cellOf(arrival, priceClass);
    cell.values.addPassed();
    if (arrival >= since && windows.beganBefore(since)) this.classes[priceClass]!.addPassed();
    windows.ended(cell);
  }

  /** Resolves when no more than so many batches are on their way to disk. */
  async settle(atMost?: number): Promise<void> {
    await this.rows?.settle(atMost);
  }

  /** Completes the tables, the run having ended at `end`. `late` is metadata that was not known before. */
  async close(end: number, late: Late): Promise<void> {
    await this.windows.close(late);
    await this.rows?.close(end, late);
    await writeClasses(this.classes, this.tables, late);
  }
}
