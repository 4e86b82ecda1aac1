import { Invalid } from "../invalid.js";
import type { Bad } from "./bad-rows.js";
import type { CsvReader } from "./csv.js";
import { fieldText, nothingThere, TOO_FEW } from "./csv-rows.js";
import { DAY_MINUTES } from "./day-cells.js";

const COMMA = 44;
const N = 78;
const A = 97;
const DAY_SECONDS = 60 * DAY_MINUTES;
/** Days beyond which a time is no time of the release. */
const MOST_DAYS = 36525;

/** A column of a wide file that is a function: its number, from 0. */
export const FUNCTION = /^(?:0|[1-9]\d{0,8})$/;

const OTHER = -1;
const DAY = -2;
const TIME = -3;

/** What a wide family's values have to be. */
export interface WideValue {
  /** What a bad value is called. */
  readonly what: string;
  readonly accepts: (value: number) => boolean;
  readonly expected: string;
}

/** A row of a wide file: function ids and their values, as many as `length`; functions without a value are not there. */
export interface WideRow {
  /** Day of the release, from 0. */
  readonly day: number;
  /** Second of that day, from 0. */
  readonly second: number;
  readonly length: number;
  readonly id: Int32Array;
  readonly value: Float64Array;
}

/** The functions of some files, ascending, from their columns. */
export function functionsIn(files: readonly (readonly string[])[]): number[] {
  const all = new Set<number>();
  for (const columns of files) for (const name of columns) if (FUNCTION.test(name)) all.add(Number(name));
  return [...all].sort((a, b) => a - b);
}

/** Columns that are neither day nor time nor a function. */
export function otherColumns(columns: readonly string[]): string[] {
  return columns.filter((name) => name !== "day" && name !== "time" && !FUNCTION.test(name));
}

/**
 * The parser of a wide file's rows: day, time, and a column a function, whose number's id `idOf` gives (undefined: it is
 * not wanted). Each good row goes to `onRow`, which may still say what is wrong with it. `columns` are under our names.
 * Throws Invalid where a column is there twice.
 */
export function wideRows(
  columns: readonly string[],
  file: string,
  idOf: ReadonlyMap<number, number>,
  wanted: WideValue,
  onRow: (row: WideRow) => Bad | null,
): (reader: CsvReader) => Bad | null {
  const role = rolesOf(columns, file, idOf);
  const id = new Int32Array(columns.length);
  const value = new Float64Array(columns.length);
  return (reader) => {
    let bad: Bad | null = null;
    let day = 0;
    let time = 0;
    let length = 0;
    for (let column = 0; column < role.length; column++) {
      if (column > 0 && column + 1 < role.length && passNothing(reader)) {
        const at = role[column]!;
        if (at === DAY || at === TIME) bad ??= timeBad(columns[column]!, "");
        continue;
      }
      if (!reader.nextNumber()) return TOO_FEW;
      const at = role[column]!;
      if (at === OTHER || bad !== null) continue;
      const number = reader.value;
      if (at === DAY || at === TIME) {
        if (!isTime(number, at)) bad = timeBad(columns[column]!, fieldText(reader));
        if (at === DAY) day = number;
        else time = number;
      } else if (wanted.accepts(number)) {
        id[length] = at;
        value[length++] = number;
      } else if (!Number.isNaN(number) || !nothingThere(reader)) {
        bad = { what: wanted.what, value: fieldText(reader), column: columns[column]!, expected: wanted.expected };
      }
    }
    if (!reader.ended) return TOO_FEW;
    if (bad !== null) return bad;
    const second = time - day * DAY_SECONDS;
    if (second < 0 || second >= DAY_SECONDS) {
      return { what: "time", value: time, expected: `a second of day ${day}, counted from day 0` };
    }
    return onRow({ day, second, length, id, value });
  };
}

function rolesOf(columns: readonly string[], file: string, idOf: ReadonlyMap<number, number>): Int32Array {
  const seen = new Set<string>();
  return Int32Array.from(columns, (name) => {
    const known = name === "day" || name === "time" || FUNCTION.test(name);
    if (known && seen.has(name)) throw new Invalid("column", name, `${file} line 1, twice`, "each column once");
    seen.add(name);
    if (name === "day") return DAY;
    if (name === "time") return TIME;
    return FUNCTION.test(name) ? (idOf.get(Number(name)) ?? OTHER) : OTHER;
  });
}

/** Passes over a field that is empty or NaN and not the row's last, as most are. */
function passNothing(reader: CsvReader): boolean {
  if (reader.ended) return false;
  const { bytes, at } = reader;
  if (bytes[at] === COMMA) {
    reader.at = at + 1;
    return true;
  }
  if (bytes[at] !== N || bytes[at + 1] !== A || bytes[at + 2] !== N || bytes[at + 3] !== COMMA) return false;
  reader.at = at + 4;
  return true;
}

function isTime(value: number, role: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < MOST_DAYS * (role === DAY ? 1 : DAY_SECONDS);
}

function timeBad(column: string, value: string): Bad {
  const expected =
    column === "day" ? "a day of the release, from 0" : "a whole number of seconds since the release's start";
  return { what: column, value, expected };
}
