import type { Bad } from "./bad-rows.js";
import type { LogRow } from "./invocation-log.js";

type NumberField = keyof Omit<LogRow, "key">;

/** A column of a workload table that holds numbers. */
export interface NumberColumn {
  readonly name: string;
  readonly field: NumberField;
  readonly required: boolean;
  readonly accepts: (value: number) => boolean;
  readonly expected: string;
  /** What stands for null in a row. */
  readonly none: number;
}

const finite = (value: number) => value >= 0 && value < Number.POSITIVE_INFINITY;
const seconds = { required: true, accepts: finite, expected: "a number of seconds >= 0", none: Number.NaN };
const mib = {
  required: false,
  accepts: (value: number) => finite(Math.fround(value)),
  expected: "a number of MiB >= 0, or nothing",
  none: Number.NaN,
};
const whole = (most: number) => (value: number) => Number.isInteger(value) && value >= 0 && value <= most;

/** The columns of numbers; a workload table may lack those that are not required. */
export const NUMBER_COLUMNS: readonly NumberColumn[] = [
  { name: "arrival_s", field: "arrival", ...seconds },
  { name: "runtime_s", field: "runtime", ...seconds },
  {
    ...{ name: "price_class", field: "priceClass", required: false, accepts: whole(255), none: -1 },
    expected: "a whole number from 0 to 255, or nothing",
  },
  { name: "memory_initial_mib", field: "memoryInitial", ...mib },
  { name: "memory_peak_mib", field: "memoryPeak", ...mib },
  {
    ...{ name: "parent", field: "parent", required: false, accepts: whole(2147483646), none: -1 },
    expected: "the number of an earlier row, counted from 0, or nothing",
  },
];

/** The columns of labels, in the order in which they make up a function's key. */
export const LABEL_COLUMNS = ["owner", "app", "function", "trigger"] as const;

/** All columns of a workload table, as a user may bring it. */
export const WORKLOAD_COLUMNS = [...NUMBER_COLUMNS.map(({ name }) => name), ...LABEL_COLUMNS];

/** A row in which nothing is known. */
export function emptyRow(): LogRow {
  const nothing = { priceClass: -1, memoryInitial: Number.NaN, memoryPeak: Number.NaN, parent: -1 };
  return { key: 0, arrival: 0, runtime: 0, ...nothing };
}

/** What is wrong with `value` in a column (null: it is not there), called `theirs` in the file; null where it is good. */
export function badNumber(column: NumberColumn, value: number | null, text: string, theirs: string): Bad | null {
  if (value === null ? !column.required : column.accepts(value)) return null;
  const bad = { what: column.name, value: text, expected: column.expected };
  return theirs === column.name ? bad : { ...bad, column: theirs };
}

/** What is wrong between the columns of a row: a peak below the initial memory, once both are float32. */
export function badRow(row: LogRow): Bad | null {
  const initial = Math.fround(row.memoryInitial);
  if (!(Math.fround(row.memoryPeak) < initial)) return null;
  return {
    what: "memory_peak_mib",
    value: row.memoryPeak,
    expected: `at least memory_initial_mib, ${row.memoryInitial}`,
  };
}
