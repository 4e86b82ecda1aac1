import { Invalid } from "../invalid.js";
import type { Bad } from "./bad-rows.js";
import type { CsvReader } from "./csv.js";
import { fieldText, internField, nothingThere, TOO_FEW } from "./csv-rows.js";
import type { Ranks } from "./function-ids.js";
import type { FunctionLabels } from "./function-labels.js";

/** Columns of a durations or memory file in the order in which their values are kept; `count` is the first of them. */
export interface StatisticsColumns {
  readonly count: string;
  readonly average: string;
  readonly values: readonly string[];
  /** What a bad value is called. */
  readonly what: string;
}

/** Columns of a durations file. */
export const DURATION_COLUMNS: StatisticsColumns = {
  what: "duration",
  count: "Count",
  average: "Average",
  values: [
    ...["Count", "Average", "Minimum", "Maximum"],
    ...[0, 1, 25, 50, 75, 99, 100].map((level) => `percentile_Average_${level}`),
  ],
};

/** Columns of a memory file. */
export const MEMORY_COLUMNS: StatisticsColumns = {
  what: "memory",
  count: "SampleCount",
  average: "AverageAllocatedMb",
  values: [
    ...["SampleCount", "AverageAllocatedMb"],
    ...[1, 5, 25, 50, 75, 95, 99, 100].map((level) => `AverageAllocatedMb_pct${level}`),
  ],
};

const LABELS = ["HashOwner", "HashApp", "HashFunction"] as const;

/** The rows of the durations or memory files of all days: ids of owner, app and function (-1: none), day, values. */
export class StatisticsRows {
  readonly columns: StatisticsColumns;
  readonly width: number;
  rows = 0;
  owner = new Int32Array(1024);
  app = new Int32Array(1024);
  function = new Int32Array(1024);
  day = new Int32Array(1024);
  /** Row r has values[r * width + i]; NaN where the file has none. */
  values: Float64Array;
  /** Columns that no file has and columns that are not read. */
  readonly unknown = new Set<string>();

  constructor(columns: StatisticsColumns) {
    this.columns = columns;
    this.width = columns.values.length;
    this.values = new Float64Array(1024 * this.width);
  }

  /** The parser of the rows of one file. Throws Invalid where a column is there twice. */
  parser(
    names: readonly string[],
    day: number,
    labels: FunctionLabels,
    file: string,
  ): (reader: CsvReader) => Bad | null {
    const role = names.map((name) => this.role(name));
    role.forEach((at, column) => {
      const name = names[column]!;
      if (at === null) this.unknown.add(name);
      else if (role.indexOf(at) < column)
        throw new Invalid("column", name, `${file} line 1, twice`, "each column once");
    });
    const ids = new Int32Array(LABELS.length);
    const found = new Float64Array(this.width);
    const byRole = [labels.owner, labels.app, labels.function];
    return (reader) => {
      ids.fill(-1);
      found.fill(Number.NaN);
      for (let column = 0; column < role.length; column++) {
        const at = role[column]!;
        if (at === null) {
          if (!reader.next()) return TOO_FEW;
          continue;
        }
        if (at < 0) {
          const id = internField(reader, byRole[-1 - at]!, names[column]!);
          if (typeof id !== "number") return id;
          ids[-1 - at] = id;
          continue;
        }
        if (!reader.nextNumber()) return TOO_FEW;
        const { value } = reader;
        if (Number.isNaN(value) && nothingThere(reader)) continue;
        if (Number.isNaN(value) || (at === 0 && (value < 0 || !Number.isInteger(value)))) {
          return this.bad(reader, names, column, at);
        }
        found[at] = value;
      }
      if (!reader.ended) return TOO_FEW;
      this.add(ids, day, found);
      return null;
    };
  }

  /** Row numbers by owner, app, function (by rank of their labels) and day, one a key: of duplicates the one with the larger count, then larger values. */
  order(ranks: Ranks, wanted: (row: number) => boolean): number[] {
    const rank = (of: Int32Array, id: number) => (id < 0 ? -1 : of[id]!);
    const rows: number[] = [];
    for (let row = 0; row < this.rows; row++) if (wanted(row)) rows.push(row);
    const byKey = (a: number, b: number) =>
      rank(ranks.owner, this.owner[a]!) - rank(ranks.owner, this.owner[b]!) ||
      rank(ranks.app, this.app[a]!) - rank(ranks.app, this.app[b]!) ||
      rank(ranks.function, this.function[a]!) - rank(ranks.function, this.function[b]!) ||
      this.day[a]! - this.day[b]!;
    rows.sort((a, b) => byKey(a, b) || this.largerFirst(a, b));
    return rows.filter((row, i) => i === 0 || byKey(rows[i - 1]!, row) !== 0);
  }

  private role(name: string): number | null {
    const label = (LABELS as readonly string[]).indexOf(name);
    if (label >= 0) return -1 - label;
    const value = this.columns.values.indexOf(name);
    return value < 0 ? null : value;
  }

  private bad(reader: CsvReader, names: readonly string[], column: number, at: number): Bad {
    const value = fieldText(reader);
    for (let rest = column + 1; rest < names.length; rest++) if (!reader.next()) return TOO_FEW;
    if (!reader.ended) return TOO_FEW;
    const count = at === 0;
    const expected = count ? "a whole number >= 0" : "a number, or nothing where it is not known";
    return { what: count ? "count" : this.columns.what, value, column: names[column]!, expected };
  }

  private largerFirst(a: number, b: number): number {
    for (let i = 0; i < this.width; i++) {
      const left = this.values[a * this.width + i]!;
      const right = this.values[b * this.width + i]!;
      if (left === right || (Number.isNaN(left) && Number.isNaN(right))) continue;
      return Number.isNaN(left) || left < right ? 1 : -1;
    }
    return 0;
  }

  private add(ids: Int32Array, day: number, found: Float64Array): void {
    if (this.rows === this.day.length) this.grow();
    this.owner[this.rows] = ids[0]!;
    this.app[this.rows] = ids[1]!;
    this.function[this.rows] = ids[2]!;
    this.day[this.rows] = day;
    this.values.set(found, this.rows * this.width);
    this.rows++;
  }

  private grow(): void {
    const size = 2 * this.rows;
    const ints = (from: Int32Array<ArrayBuffer>) => {
      const to = new Int32Array(size);
      to.set(from);
      return to;
    };
    this.owner = ints(this.owner);
    this.app = ints(this.app);
    this.function = ints(this.function);
    this.day = ints(this.day);
    const values = new Float64Array(size * this.width);
    values.set(this.values);
    this.values = values;
  }
}
