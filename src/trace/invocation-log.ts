import { join } from "node:path";
import { Invalid } from "../invalid.js";
import {
  ARRAYS,
  BATCH_ROWS,
  type Column,
  type Dictionaries,
  TableWriter,
  TRACE_INVOCATIONS,
  type Values,
} from "../table/index.js";
import type { ContentHash } from "./content-hash.js";
import { type CpuTotals, noCpu } from "./cpu-share.js";

/** Columns of an invocation log that a source may have. */
export interface LogColumns {
  readonly priceClass: boolean;
  readonly memoryInitial: boolean;
  readonly memoryPeak: boolean;
  readonly parent: boolean;
}

const NO_COLUMNS: LogColumns = { priceClass: false, memoryInitial: false, memoryPeak: false, parent: false };

/** One invocation as a reader hands it over; null (NaN, -1) where the source does not say. */
export interface LogRow {
  key: number;
  arrival: number;
  runtime: number;
  priceClass: number;
  memoryInitial: number;
  memoryPeak: number;
  /** Row of the source, from 0. */
  parent: number;
}

/** The invocations of a log in memory, as columns that grow. */
export class InvocationLog {
  readonly has: LogColumns;
  rows = 0;
  key = new Int32Array(65536);
  arrival = new Float64Array(65536);
  runtime = new Float64Array(65536);
  private priceClass: Int32Array<ArrayBuffer>;
  private memoryInitial: Float32Array<ArrayBuffer>;
  private memoryPeak: Float32Array<ArrayBuffer>;
  private parent: Int32Array<ArrayBuffer>;
  /** Row of the source that each row was: others between may have been bad. */
  private sourceRow: Int32Array<ArrayBuffer>;
  /** Columns that only this log's format has, and their values. */
  readonly further: readonly Column[];
  readonly furtherValues: Values[];

  constructor(has: LogColumns = NO_COLUMNS, further: readonly Column[] = []) {
    this.has = has;
    this.further = further;
    this.furtherValues = further.map(({ type }) => new ARRAYS[type](65536));
    this.priceClass = new Int32Array(has.priceClass ? 65536 : 0);
    this.memoryInitial = new Float32Array(has.memoryInitial ? 65536 : 0);
    this.memoryPeak = new Float32Array(has.memoryPeak ? 65536 : 0);
    this.parent = new Int32Array(has.parent ? 65536 : 0);
    this.sourceRow = new Int32Array(has.parent ? 65536 : 0);
  }

  /** Adds a row that was row `sourceRow` of the source; `further` are its values of the further columns. */
  add(row: LogRow, sourceRow: number, further?: ArrayLike<number>): void {
    const { has } = this;
    if (this.rows === this.key.length) this.grow();
    const at = this.rows++;
    this.key[at] = row.key;
    this.arrival[at] = row.arrival;
    this.runtime[at] = row.runtime;
    if (has.priceClass) this.priceClass[at] = row.priceClass;
    if (has.memoryInitial) this.memoryInitial[at] = row.memoryInitial;
    if (has.memoryPeak) this.memoryPeak[at] = row.memoryPeak;
    if (has.parent) {
      this.parent[at] = row.parent;
      this.sourceRow[at] = sourceRow;
    }
    if (further) for (let i = 0; i < further.length; i++) this.furtherValues[i]![at] = further[i]!;
  }

  /**
   * Makes parents point to rows in `order` (null: as they are). Those whose parent was quarantined lose it; how many is
   * returned. Throws Invalid where a parent is no row or does not come before its child.
   */
  followParents(order: Uint32Array | null, sourceRows: number, file: string): number {
    if (!this.has.parent) return 0;
    const place = new Int32Array(sourceRows).fill(-1);
    for (let i = 0; i < this.rows; i++) place[this.sourceRow[order ? order[i]! : i]!] = i;
    let orphans = 0;
    for (let i = 0; i < this.rows; i++) {
      const row = order ? order[i]! : i;
      const parent = this.parent[row]!;
      if (parent < 0) continue;
      const to = parent < sourceRows ? place[parent]! : i;
      if (to >= i) {
        const where = `${file}, row ${this.sourceRow[row]} counted from 0`;
        throw new Invalid("parent", parent, where, "the number of a row that arrives earlier");
      }
      if (to < 0) orphans++;
      this.parent[row] = to;
    }
    return orphans;
  }

  /**
   * Writes invocations.arrow into `folder`, rows in `order`, function ids by key, and adds it to the hash.
   * `dictionaries` are those of further columns of labels.
   */
  async write(
    folder: string,
    order: Uint32Array | null,
    idOf: Int32Array,
    hash: ContentHash,
    dictionaries: Dictionaries = {},
  ): Promise<void> {
    const { has, further } = this;
    const columns = [...TRACE_INVOCATIONS, ...further];
    const writer = await TableWriter.create(join(folder, "invocations.arrow"), columns, {}, dictionaries);
    try {
      for (let from = 0; from < this.rows; from += BATCH_ROWS) {
        const rows = Math.min(BATCH_ROWS, this.rows - from);
        const picked = order ? order.subarray(from, from + rows) : null;
        const pick = <T extends Values>(values: T, into: T): T => {
          for (let i = 0; i < rows; i++) into[i] = values[picked ? picked[i]! : from + i]!;
          return into;
        };
        const function_id = new Uint32Array(rows);
        for (let i = 0; i < rows; i++) function_id[i] = idOf[this.key[picked ? picked[i]! : from + i]!]!;
        const batch: Record<string, Values> = {
          function_id,
          arrival_s: pick(this.arrival, new Float64Array(rows)),
          runtime_s: pick(this.runtime, new Float64Array(rows)),
        };
        if (has.priceClass) batch["price_class"] = pick(this.priceClass, new Int32Array(rows));
        if (has.memoryInitial) batch["memory_initial_mib"] = pick(this.memoryInitial, new Float32Array(rows));
        if (has.memoryPeak) batch["memory_peak_mib"] = pick(this.memoryPeak, new Float32Array(rows));
        if (has.parent) batch["parent"] = pick(this.parent, new Int32Array(rows));
        for (const [i, { name, type }] of further.entries()) {
          batch[name] = pick(this.furtherValues[i]!, new ARRAYS[type](rows));
        }
        const written = writer.write(batch, rows);
        for (const [name, values] of Object.entries(batch)) hash.values(name, values);
        await written;
      }
      await writer.close();
    } catch (error) {
      await writer.abandon();
      throw error;
    }
  }

  /** What each of `functions` functions uses: its runtimes added up, in `order`. */
  cpu(idOf: Int32Array, functions: number, order: Uint32Array | null): CpuTotals {
    const { key, runtime } = this;
    const totals = noCpu(functions);
    for (let i = 0; i < this.rows; i++) {
      const row = order ? order[i]! : i;
      const id = idOf[key[row]!]!;
      totals.invocations[id]!++;
      totals.cpu_s[id]! += runtime[row]!;
    }
    totals.known.set(totals.invocations);
    return totals;
  }

  private grow(): void {
    this.key = doubled(this.key, new Int32Array(2 * this.key.length));
    this.arrival = doubled(this.arrival, new Float64Array(2 * this.arrival.length));
    this.runtime = doubled(this.runtime, new Float64Array(2 * this.runtime.length));
    this.priceClass = doubled(this.priceClass, new Int32Array(2 * this.priceClass.length));
    this.memoryInitial = doubled(this.memoryInitial, new Float32Array(2 * this.memoryInitial.length));
    this.memoryPeak = doubled(this.memoryPeak, new Float32Array(2 * this.memoryPeak.length));
    this.parent = doubled(this.parent, new Int32Array(2 * this.parent.length));
    this.sourceRow = doubled(this.sourceRow, new Int32Array(2 * this.sourceRow.length));
    for (const [i, { type }] of this.further.entries()) {
      this.furtherValues[i] = doubled(this.furtherValues[i]!, new ARRAYS[type](2 * this.furtherValues[i]!.length));
    }
  }
}

function doubled<T extends Values>(from: T, to: T): T {
  to.set(from as never);
  return to;
}
