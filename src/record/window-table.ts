import { type Batch, type TableWriter, WINDOWS } from "../table/index.js";
import type { RowData } from "./row-block.js";
import { FINISHED, type RowOutput, UNFINISHED } from "./row-output.js";
import { exactCell, type WindowCell } from "./window-values.js";

/** One window and class, from its first arrival until all of its invocations have ended. */
class Cell {
  readonly values: WindowCell;
  readonly outcomes = [0, 0, 0, 0];
  /** Arrived, as far as is known; of those, not yet added. */
  arrived = 0;
  pending = 0;

  constructor(values: WindowCell) {
    this.values = values;
  }
}

/**
 * Fills windows.arrow from rows, in whatever order they end. A cell keeps its values, or a sketch of them, until all of its
 * invocations have ended, and is then written down and cleared.
 */
export class WindowTable {
  private readonly window: number;
  private readonly classes: number;
  private readonly writer: TableWriter;
  private readonly open = new Map<number, (Cell | undefined)[]>();
  private readonly closed: number[][] = [];
  private readonly spare: Cell[] = [];
  private readonly newCell: () => WindowCell;
  private newest = Number.NEGATIVE_INFINITY;

  /** `window` in seconds. */
  constructor(window: number, classes: number, writer: TableWriter, newCell = exactCell) {
    this.window = window;
    this.classes = classes;
    this.writer = writer;
    this.newCell = newCell;
  }

  /** Tells of arrivals, in order, whose rows will be added. */
  expect(batch: Batch, rows: number): void {
    const arrival = batch["arrival_s"]!;
    const priceClass = batch["price_class"]!;
    let cells: (Cell | undefined)[] = [];
    let until = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < rows; i++) {
      if (arrival[i]! >= until) {
        const index = this.indexOf(arrival[i]!);
        until = (index + 1) * this.window;
        cells = this.cellsOf(index);
        this.newest = index;
      }
      let cell = cells[priceClass[i]!];
      if (cell === undefined) {
        cell = this.spare.pop() ?? new Cell(this.newCell());
        cells[priceClass[i]!] = cell;
      }
      cell.arrived++;
      cell.pending++;
    }
  }

  /**
   * Adds a block's rows, which ended when and how `output` has it. `end` is the end of the run, for those that have not;
   * who never arrived is left out. Killed and rejected ones count as infinitely late.
   */
  add(block: RowData, { finish, outcome }: Pick<RowOutput, "finish" | "outcome">, end: number): void {
    let cells: (Cell | undefined)[] = [];
    let from = Number.POSITIVE_INFINITY;
    let until = Number.NEGATIVE_INFINITY;
    let index = Number.NaN;
    for (let i = 0; i < block.rows; i++) {
      const arrival = block.arrival[i]!;
      if (arrival > end) continue;
      if (arrival < from || arrival >= until) {
        index = this.indexOf(arrival);
        from = index * this.window;
        until = (index + 1) * this.window;
        cells = this.cellsOf(index);
      }
      const runtime = block.runtime[i]!;
      const what = outcome[i]!;
      const last = what === FINISHED ? finish[i]! : what === UNFINISHED ? end : Number.POSITIVE_INFINITY;
      const wait = Math.max(0, last - (arrival + runtime));
      const priceClass = block.priceClass[i]!;
      const cell = cells[priceClass]!;
      cell.outcomes[what]!++;
      const { latency, slowdown } = cell.values;
      latency.add(what === FINISHED ? last - arrival : Math.max(last - arrival, runtime), cell.arrived);
      if (runtime > 0) slowdown.add(wait / runtime, cell.arrived);
      if (--cell.pending === 0 && index < this.newest) {
        this.finish(index, priceClass, cell);
        cells[priceClass] = undefined;
      }
    }
  }

  /** Writes the table. */
  async close(late: Readonly<Record<string, string>> = {}): Promise<void> {
    this.writer.annotate(late);
    for (const [index, cells] of this.open) {
      for (const [priceClass, cell] of cells.entries()) if (cell !== undefined) this.finish(index, priceClass, cell);
    }
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

  private cellsOf(index: number): (Cell | undefined)[] {
    let cells = this.open.get(index);
    if (cells === undefined) {
      cells = new Array<Cell | undefined>(this.classes).fill(undefined);
      this.open.set(index, cells);
    }
    return cells;
  }

  private finish(index: number, priceClass: number, cell: Cell): void {
    const [finished, killed, rejected, unfinished] = cell.outcomes as [number, number, number, number];
    const count = finished + killed + rejected + unfinished;
    if (count > 0) {
      const head = [index * this.window, priceClass, count, finished, killed, rejected, unfinished];
      this.closed.push([...head, ...cell.values.latency.statistics(), ...cell.values.slowdown.statistics()]);
    }
    cell.values.latency.clear();
    cell.values.slowdown.clear();
    cell.outcomes.fill(0);
    cell.arrived = 0;
    cell.pending = 0;
    this.spare.push(cell);
  }
}
