import * as arrow from "apache-arrow";
import * as aq from "arquero";
import type { DataFrame } from "danfojs-node";
import { Invalid } from "../invalid.js";

/** A table in any of the three libraries that a notebook uses, or a list of objects, one per row. */
export type AnyTable = arrow.Table | aq.ColumnTable | DataFrame | readonly object[];

/** Danfo takes minutes beyond this. */
const DANFO_ROWS = 100_000;

/** To Arquero, for queries. Arrow columns are wrapped, not copied; Danfo's NaN becomes null. */
export function toArquero(table: AnyTable): aq.ColumnTable {
  if (table instanceof aq.ColumnTable) return table;
  if (isRows(table)) return fromRows(table);
  const source = table instanceof arrow.Table ? table : fromDanfo(table);
  const getChild = (name: string) => inOnePiece(source.getChild(name)!);
  return aq.fromArrow({ schema: source.schema, getChild } as never); // all that it asks of a table
}

/** Columns in the order in which rows name them; null in a row that lacks one. */
function fromRows(rows: readonly object[]): aq.ColumnTable {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const values = (name: string) => rows.map((row) => (row as Record<string, unknown>)[name] ?? null);
  return aq.table(Object.fromEntries(names.map((name) => [name, values(name)])), names);
}

function isRows(table: AnyTable): table is readonly object[] {
  return Array.isArray(table);
}

/**
 * Arquero 8.0.3 takes the padding after a batch's validity bits for nulls of the next batch's labels: a dictionary
 * column with nulls is put into one batch.
 */
function inOnePiece(column: arrow.Vector): arrow.Vector {
  if (!arrow.DataType.isDictionary(column.type) || column.nullCount === 0) return column;
  const keys = new Int32Array(column.length);
  const nullBitmap = new Uint8Array((column.length + 7) >> 3);
  let row = 0;
  for (const batch of column.data) {
    for (let i = 0; i < batch.length; i++, row++) {
      if (!batch.getValid(i)) continue;
      keys[row] = batch.values[i];
      nullBitmap[row >> 3]! |= 1 << (row & 7);
    }
  }
  const { type, length, nullCount } = column;
  const dictionary = column.data[0]!.dictionary!;
  return new arrow.Vector([arrow.makeData({ type, length, nullCount, nullBitmap, data: keys, dictionary } as never)]);
}

/**
 * To Apache Arrow, for files and other tools. Columns that Arquero only wraps go back as they are, computed ones are
 * copied: numbers as float64, text as a dictionary. (Arquero's own toArrow() makes zeros of a wrapped column's nulls.)
 */
export function toArrow(table: AnyTable): arrow.Table {
  if (table instanceof arrow.Table) return table;
  if (isRows(table)) return toArrow(fromRows(table));
  if (!(table instanceof aq.ColumnTable)) return fromDanfo(table);
  const whole = !table.isFiltered() && !table.isOrdered();
  const columns = table.columnNames().map((name) => {
    const column: unknown = table.column(name);
    if (column instanceof arrow.Vector && whole) return [name, column];
    const values = table.array(name) as unknown[];
    const type = column instanceof arrow.Vector ? column.type : undefined;
    return [name, arrow.vectorFromArray(values, type as arrow.DataType)];
  });
  return new arrow.Table(Object.fromEntries(columns));
}

/**
 * To a Danfo frame, for what pandas would do to a summary. Danfo is loaded by the first call (0.7 s), counts in float32
 * and is slow: throws Invalid above 100,000 rows. Null becomes NaN in numbers and stays null elsewhere.
 */
export async function toDanfo(table: AnyTable): Promise<DataFrame> {
  const rows = toArquero(table);
  if (rows.numRows() > DANFO_ROWS) {
    throw new Invalid("table", `${rows.numRows()} rows`, "toDanfo", `at most ${DANFO_ROWS} rows: aggregate it first`);
  }
  const { default: danfo } = (await import("danfojs-node")) as unknown as { default: typeof import("danfojs-node") };
  const columns = rows.columnNames().map((name) => [name, plain(rows.array(name) as ArrayLike<unknown>)]);
  return new danfo.DataFrame(Object.fromEntries(columns));
}

/** Danfo refuses typed arrays and mistakes the type of bigints and of numbers with nulls. */
function plain(values: ArrayLike<unknown>): unknown[] {
  const array = Array.from(values, (value) => (typeof value === "bigint" ? Number(value) : value));
  const numeric = array.some((value) => typeof value === "number");
  return numeric ? array.map((value) => value ?? Number.NaN) : array.map((value) => value ?? null);
}

function fromDanfo(frame: DataFrame): arrow.Table {
  const columns = frame.columns.map((name, i) => {
    const values = frame.column(name).values as unknown[];
    if (frame.dtypes[i] !== "int32" && frame.dtypes[i] !== "float32") return [name, arrow.vectorFromArray(values)];
    const numbers = values.map((value) => (Number.isNaN(value) ? null : (value as number | null)));
    return [name, arrow.vectorFromArray(numbers, new arrow.Float64())];
  });
  // A frame that describes another has names for its rows; one of rows has their numbers.
  const named = frame.index.some((name) => typeof name === "string");
  const names = named ? [["index", arrow.vectorFromArray(frame.index.map(String))]] : [];
  return new arrow.Table(Object.fromEntries([...names, ...columns]));
}
