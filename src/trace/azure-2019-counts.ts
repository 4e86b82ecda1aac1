import { Invalid } from "../invalid.js";
import type { Bad } from "./bad-rows.js";
import type { CsvReader } from "./csv.js";
import { fieldText, internField, TOO_FEW } from "./csv-rows.js";
import { DAY_MINUTES, type DayCells } from "./day-cells.js";
import type { FunctionLabels } from "./function-labels.js";
import type { Keys } from "./keys.js";

const ZERO = 48;
const NINE = 57;
const COMMA = 44;
const LF = 10;
const CR = 13;
const MOST = 4294967295;
const WHOLE = /^\d+(\.0*)?$/;

/** A minute's column: 17, minute_17 or 17_minute. */
export const MINUTE = /^(?:minute_?)?(\d+)(?:_?minute)?$/i;

const OTHER = 0;
const LABELS = ["HashOwner", "HashApp", "HashFunction", "Trigger"] as const;

/** What the columns of an invocations file are. */
export interface CountColumns {
  readonly names: readonly string[];
  /** By column: 1 … 4 for owner, app, function, trigger; -1 for a minute; 0 for what is not read. */
  readonly role: Int8Array;
  /** By column: its minute of the day, from 0. */
  readonly minute: Uint16Array;
  /** By column: the column after the run of minutes that it is in. */
  readonly runEnd: Int32Array;
  readonly firstMinute: number;
  readonly lastMinute: number;
  readonly hasTrigger: boolean;
  readonly unknown: readonly string[];
}

/** Throws Invalid where a column is there twice or a minute is not of a day. `columns` are under our names. */
export function countColumns(columns: readonly string[], file: string): CountColumns {
  const role = new Int8Array(columns.length);
  const minute = new Uint16Array(columns.length);
  const runEnd = new Int32Array(columns.length);
  const seen = new Set<string | number>();
  const unknown: string[] = [];
  let firstMinute = DAY_MINUTES;
  let lastMinute = -1;
  columns.forEach((name, column) => {
    const digits = MINUTE.exec(name)?.[1];
    const label = (LABELS as readonly string[]).indexOf(name);
    role[column] = digits === undefined ? label + 1 : -1;
    if (role[column] === OTHER) {
      unknown.push(name);
      return;
    }
    const key = digits === undefined ? name : Number(digits);
    if (seen.has(key)) throw new Invalid("column", name, `${file} line 1, twice`, "each column once");
    seen.add(key);
    if (typeof key === "string") return;
    if (key < 1 || key > DAY_MINUTES) throw new Invalid("column", name, `${file} line 1`, "minutes from 1 to 1440");
    minute[column] = key - 1;
    firstMinute = Math.min(firstMinute, key - 1);
    lastMinute = Math.max(lastMinute, key - 1);
  });
  for (let column = columns.length - 1; column >= 0; column--) {
    runEnd[column] = role[column + 1] === -1 ? runEnd[column + 1]! : column + 1;
  }
  return { names: columns, role, minute, runEnd, firstMinute, lastMinute, hasTrigger: seen.has("Trigger"), unknown };
}

/**
 * The parser of an invocations file's rows: a row's cells above zero go into `cells`, under the key of its function.
 * `onRow` is told each good row's key, trigger and sum.
 */
export function countRows(
  layout: CountColumns,
  cells: DayCells,
  labels: FunctionLabels,
  keys: Keys,
  onRow: (key: number, trigger: number, invocations: number) => void,
): (reader: CsvReader) => Bad | null {
  const { names, role } = layout;
  const byRole = [labels.owner, labels.owner, labels.app, labels.function, labels.trigger];
  const ids = new Int32Array(byRole.length);
  const minutes = new MinuteScanner(layout);
  const ofHeader = layout.minute.reduce((sum, minute, column) => sum + (role[column] === -1 ? minute + 1 : 0), 0);
  return (reader) => {
    const page = cells.open();
    ids.fill(-1);
    minutes.used = page.used;
    minutes.sum = 0;
    for (let column = 0; column < names.length; ) {
      const kind = role[column]!;
      if (kind < 0) {
        const bad = minutes.scan(reader, column, page.minute, page.count);
        if (bad !== null) return bad;
        column = layout.runEnd[column]!;
        continue;
      }
      if (kind === 0) {
        if (!reader.next()) return TOO_FEW;
      } else {
        const id = internField(reader, byRole[kind]!, names[column]!);
        if (typeof id !== "number") return id;
        ids[kind] = id;
      }
      column++;
    }
    if (!reader.ended) return TOO_FEW;
    // Columns are called as counts look, so files put one behind the other would have a function of that name.
    if (minutes.sum === ofHeader && repeatsHeader(reader)) return HEADER;
    const key = keys.intern(ids[1]!, ids[2]!, ids[3]!, -1);
    cells.add(key, minutes.sum, minutes.used);
    onRow(key, ids[4]!, minutes.sum);
    return null;
  };
}

const HEADER: Bad = { what: "row", value: "the header", expected: "it in the first line only" };

/** Whether the row, which has been read to its end, is the header again. */
function repeatsHeader(reader: CsvReader): boolean {
  reader.rewind();
  let repeats = true;
  for (let column = 0; reader.next(); column++)
    if (fieldText(reader).trim() !== reader.columns![column]) repeats = false;
  return repeats;
}

/** Reads runs of minutes, byte by byte. Most cells are "0,": those are passed over two bytes at a time. */
class MinuteScanner {
  private readonly layout: CountColumns;
  /** Where in the page the next cell goes. */
  used = 0;
  /** Invocations in the row so far. */
  sum = 0;

  constructor(layout: CountColumns) {
    this.layout = layout;
  }

  /** Puts the cells above zero of the run that begins with `first` into a page. */
  scan(reader: CsvReader, first: number, minutes: Uint16Array, counts: Uint32Array): Bad | null {
    if (reader.ended) return TOO_FEW;
    const { minute } = this.layout;
    const { bytes } = reader;
    const last = this.layout.runEnd[first]!;
    let { used, sum } = this;
    let { at } = reader;
    let column = first;
    while (column < last) {
      const begin = at;
      const limit = at + 2 * (last - column);
      while (at < limit && bytes[at] === ZERO && bytes[at + 1] === COMMA) at += 2;
      column += (at - begin) >> 1;
      if (column === last) break;
      const start = at;
      let count = 0;
      let byte = bytes[at]!;
      while (byte >= ZERO && byte <= NINE) {
        count = count * 10 + (byte - ZERO);
        byte = bytes[++at]!;
      }
      if (byte === COMMA && at > start && count <= MOST) at++;
      else {
        reader.at = start;
        count = this.unusual(reader, start, at, count);
        if (count < 0) return this.bad(reader, column);
        if (reader.ended && column + 1 < last) return TOO_FEW;
        at = reader.at;
      }
      if (count > 0) {
        minutes[used] = minute[column]!;
        counts[used++] = count;
        sum += count;
      }
      column++;
    }
    reader.at = at;
    this.used = used;
    this.sum = sum;
    return null;
  }

  /** The count of a field that does not end in a comma, or is no plain number; -1 where it is none. */
  private unusual(reader: CsvReader, start: number, at: number, count: number): number {
    const byte = reader.bytes[at];
    if (!reader.next()) return -1;
    if (at > start && count <= MOST && (byte === LF || (byte === CR && reader.ended))) return count;
    const text = fieldText(reader).trim();
    const value = WHOLE.test(text) ? Number(text) : -1;
    return value <= MOST ? value : -1;
  }

  private bad(reader: CsvReader, column: number): Bad {
    const { names } = this.layout;
    const value = reader.broken ? "" : fieldText(reader);
    reader.rewind();
    let fields = 0;
    while (reader.next()) fields++;
    if (fields !== names.length) return TOO_FEW;
    const expected = /^\d+$/.test(value) ? `a whole number from 0 to ${MOST}` : "a whole number >= 0";
    return { what: "count", value, column: names[column]!, expected };
  }
}
