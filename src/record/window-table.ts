import { enough, quantiles } from "../statistics/quantile.js";
import { type Batch, type TableWriter, WINDOWS } from "../table/index.js";
import type { RowData } from "./row-block.js";
import { FINISHED, type RowOutput, UNFINISHED } from "./row-output.js";

const QUANTILES = [0.5, 0.9, 0.99, 0.999] as const;

/** Values that grow: the first `length` of a list, and a number of ones, the least that a slowdown can be and mostly is. */
class Values {
  list = new Float64Array(64);
  length = 0;
  ones = 0;

  /** Makes room for more; `expected` values may be known to come in all. */
  grow(expected: number): void {
    const longer = new Float64Array(Math.max(2 * this.list.length, expected));
    longer.set(this.list);
    this.list = longer;
  }

  clear(): void {
    this.length = 0;
    this.ones = 0;
  }

  /** [mean, p50, p90, p99, p999, max], NaN for what there are too few values for. */
  statistics(): number[] {
    const { length, list, ones } = this;
    const count = ones + length;
    // Twice the precision, so that the mean does not depend on the order in which rows ended.
    let sum = ones;
    let lost = 0;
    for (let i = 0; i < length; i++) {
      const value = list[i]!;
      const next = sum + value;
      lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
      sum = next;
    }
    const found = quantiles(list, length, [...QUANTILES, 1], { value: 1, count: ones });
    const printed = QUANTILES.map((q, i) => (enough(count, q) ? found[i]! : Number.NaN));
    return [(sum + (Number.isFinite(sum) ? lost : 0)) / count, ...printed, found[QUANTILES.length]!];
  }
}

/** One window and class, from its first arrival until all of its invocations have ended. */
class Cell {
  readonly latency = new Values();
  readonly slowdown = new Values();
  readonly outcomes = [0, 0, 0, 0];
  /** Arrived, as far as is known; of those, not yet added. */
  arrived = 0;
  pending = 0;
}

/**
 * Fills windows.arrow from rows, in whatever order they end. Quantiles are exact: a cell keeps its values until all of
 * its invocations have ended, and is then written down and cleared.
 */
export class WindowTable {
  private readonly window: number;
  private readonly classes: number;
  private readonly writer: TableWriter;
  private readonly open = new Map<number, (Cell | undefined)[]>();
  private readonly closed: number[][] = [];
  private readonly spare: Cell[] = [];
  private newest = Number.NEGATIVE_INFINITY;

  /** `window` in seconds. */
  constructor(window: number, classes: number, writer: TableWriter) {
    this.window = window;
    this.classes = classes;
    this.writer = writer;
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
        cell = this.spare.pop() ?? new Cell();
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
  add(block: RowData, { finish, outcome }: RowOutput, end: number): void {
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
      const { latency, slowdown } = cell;
      if (latency.length === latency.list.length) latency.grow(cell.arrived);
      latency.list[latency.length++] = what === FINISHED ? last - arrival : Math.max(last - arrival, runtime);
      if (runtime > 0) {
        const value = wait === 0 ? 1 : 1 + wait / runtime;
        if (value === 1) slowdown.ones++;
        else {
          if (slowdown.length === slowdown.list.length) slowdown.grow(0);
          slowdown.list[slowdown.length++] = value;
        }
      }
      if (--cell.pending === 0 && index < this.newest) {
        this.finish(index, priceClass, cell);
        cells[priceClass] = undefined;
      }
    }
  }

  /** Writes the table. */
  async close(): Promise<void> {
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
      this.closed.push([...head, ...cell.latency.statistics(), ...cell.slowdown.statistics()]);
    }
    cell.latency.clear();
    cell.slowdown.clear();
    cell.outcomes.fill(0);
    cell.arrived = 0;
    cell.pending = 0;
    this.spare.push(cell);
  }
}
