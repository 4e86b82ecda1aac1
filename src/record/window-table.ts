import type { Makers } from "../engine/restore.js";
import { type Batch, type TableWriter, WINDOWS } from "../table/index.js";
import type { WindowValues } from "./window-values.js";

/** One window and class, from its first arrival until all of its invocations have ended. */
class Cell<V extends WindowValues> {
  readonly values: V;
  index = 0;
  priceClass = 0;
  /** Arrived, as far as is known; of those, not yet ended. */
  arrived = 0;
  pending = 0;

  constructor(values: V) {
    this.values = values;
  }
}

/**
 * Fills windows.arrow from rows, in whatever order they end. A cell keeps its values, or a sketch of them, until all of its
 * invocations have ended, and is then written down and cleared.
 */
export class WindowTable<V extends WindowValues> {
  private readonly window: number;
  private readonly classes: number;
  private readonly writer: TableWriter;
  private readonly open = new Map<number, (Cell<V> | undefined)[]>();
  private readonly closed: number[][] = [];
  private readonly spare: Cell<V>[] = [];
  private readonly newValues: () => V;
  private readonly written: (from: number, priceClass: number, values: V) => void;
  /** The last window that has arrivals, its end and cells. */
  private newest = Number.NEGATIVE_INFINITY;
  private newestUntil = Number.NEGATIVE_INFINITY;
  private newestCells: (Cell<V> | undefined)[] = [];
  /** By class, arrivals that are being counted. */
  private readonly counts: Float64Array;
  /** Of the arrival asked for last: its window's ends and cells. */
  private from = Number.POSITIVE_INFINITY;
  private until = Number.NEGATIVE_INFINITY;
  private cells: (Cell<V> | undefined)[] = [];

  /**
   * `window` in seconds. `written` is told what is written down: where the window begins, its class, and its values before
   * they are cleared.
   */
  constructor(
    window: number,
    classes: number,
    writer: TableWriter,
    newValues: () => V,
    written: (from: number, priceClass: number, values: V) => void = () => {},
  ) {
    this.window = window;
    this.classes = classes;
    this.counts = new Float64Array(classes);
    this.writer = writer;
    this.newValues = newValues;
    this.written = written;
  }

  /** Tells of arrivals, in order, that will end. */
  expect(batch: Batch, rows: number): void {
    const arrival = batch["arrival_s"] as Float64Array;
    const priceClass = batch["price_class"] as Uint8Array;
    const { counts } = this;
    for (let i = 0; i < rows; ) {
      this.reach(arrival[i]!);
      const until = this.newestUntil;
      do counts[priceClass[i++]!]!++;
      while (i < rows && arrival[i]! < until);
      for (let of = 0; of < this.classes; of++) {
        if (counts[of]! > 0) this.expectIn(of, counts[of]!);
        counts[of] = 0;
      }
    }
  }

  /** The same for one. */
  expectOne(arrival: number, priceClass: number): void {
    this.reach(arrival);
    this.expectIn(priceClass, 1);
  }

  /** Makes the window of an arrival the newest, where it is later. */
  private reach(arrival: number): void {
    if (arrival < this.newestUntil) return;
    this.newest = this.indexOf(arrival);
    this.newestUntil = (this.newest + 1) * this.window;
    this.newestCells = this.cellsOf(this.newest);
  }

  private expectIn(priceClass: number, count: number): void {
    const cell = this.newestCells[priceClass] ?? this.newCell(priceClass);
    cell.arrived += count;
    cell.pending += count;
  }

  /** The cell of an arrival that was expected and has not ended. */
  cellOf(arrival: number, priceClass: number): Cell<V> {
    if (arrival < this.from || arrival >= this.until) {
      const index = this.indexOf(arrival);
      this.from = index * this.window;
      this.until = (index + 1) * this.window;
      this.cells = this.cellsOf(index);
    }
    return this.cells[priceClass]!;
  }

  /** Whether the window of the arrival asked for last begins before `time`. */
  beganBefore(time: number): boolean {
    return this.from < time;
  }

  /** One of the cell has ended, and is among its values. */
  ended(cell: Cell<V>): void {
    if (--cell.pending === 0 && cell.index < this.newest) this.write(cell);
  }

  /** What it makes as it goes, for `restore`. */
  makers(): Makers {
    return { Cell: () => new Cell(this.newValues()) };
  }

  /** Writes the table. */
  async close(late: Readonly<Record<string, string>> = {}): Promise<void> {
    this.writer.annotate(late);
    for (const cells of this.open.values()) for (const cell of cells) if (cell !== undefined) this.write(cell);
    this.closed.sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]!);
    const batch: Record<string, Float64Array | Uint8Array | Uint32Array> = {};
    for (const [c, column] of WINDOWS.entries()) {
      const values = this.closed.map((row) => row[c]!);
      if (column.type === "uint8") batch[column.name] = Uint8Array.from(values);
      else if (column.type === "uint32") batch[column.name] = Uint32Array.from(values);
      else batch[column.name] = Float64Array.from(values);
    }
    await this.writer.write(batch, this.closed.length);
    await this.writer.close();
  }

  /** Window that an arrival lies in. */
  private indexOf(arrival: number): number {
    const index = Math.floor(arrival / this.window);
    return arrival >= (index + 1) * this.window ? index + 1 : arrival < index * this.window ? index - 1 : index;
  }

  private cellsOf(index: number): (Cell<V> | undefined)[] {
    let cells = this.open.get(index);
    if (cells === undefined) {
      cells = new Array<Cell<V> | undefined>(this.classes).fill(undefined);
      this.open.set(index, cells);
    }
    return cells;
  }

  private newCell(priceClass: number): Cell<V> {
    const cell = this.spare.pop() ?? new Cell(this.newValues());
    cell.index = this.newest;
    cell.priceClass = priceClass;
    this.newestCells[priceClass] = cell;
    return cell;
  }

  private write(cell: Cell<V>): void {
    const { index, priceClass, values } = cell;
    const { outcomes } = values;
    const count = outcomes.reduce((sum, of) => sum + of, 0);
    if (count > 0) {
      const from = index * this.window;
      this.closed.push([from, priceClass, count, ...outcomes, ...values.statistics()]);
      this.written(from, priceClass, values);
    }
    values.clear();
    cell.arrived = 0;
    cell.pending = 0;
    const cells = this.open.get(index)!;
    cells[priceClass] = undefined;
    this.spare.push(cell);
  }
}
