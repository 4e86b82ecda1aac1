import type { ColumnSource, SchemaElement } from "hyparquet-writer";
import type { Batch, Column, Values } from "./column.js";

/**
 * How a column lies in memory and in Parquet. Unsigned integers say so by their converted type alone: the writer gives
 * the newer logical type of integers a field of the wrong width.
 */
const KINDS = {
  float64: { array: Float64Array, element: { type: "DOUBLE" } },
  float32: { array: Float32Array, element: { type: "FLOAT" } },
  int32: { array: Int32Array, element: { type: "INT32" } },
  uint32: { array: Uint32Array, element: { type: "INT32", converted_type: "UINT_32" } },
  uint16: { array: Uint16Array, element: { type: "INT32", converted_type: "UINT_16" } },
  uint8: { array: Uint8Array, element: { type: "INT32", converted_type: "UINT_8" } },
  dictionary: {
    array: Int32Array,
    element: { type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "STRING" } },
  },
} as const;

/** The strings of a dictionary column. */
export type StringsOf = (column: string) => readonly string[];

/** The Parquet schema of a table: columns that are never null are required. */
export function parquetSchema(columns: readonly Column[]): SchemaElement[] {
  const leaves = columns.map(({ name, type, nulls }): SchemaElement => {
    return { name, ...KINDS[type].element, repetition_type: nulls === undefined ? "REQUIRED" : "OPTIONAL" };
  });
  return [{ name: "schema", num_children: columns.length }, ...leaves];
}

/** Gathers rows, at most `capacity`, until they are a row group. */
export class ParquetRows {
  private readonly columns: { readonly of: Column; values: Values }[];
  private readonly capacity: number;
  /** Rows that there is room for now. */
  private room = 0;
  /** Gathered so far. */
  rows = 0;

  constructor(columns: readonly Column[], capacity: number) {
    this.columns = columns.map((of) => ({ of, values: new KINDS[of.type].array(0) }));
    this.capacity = capacity;
  }

  /** Copies rows of a batch from `from` on, as many as have room; gives how many. A column that it lacks is all null. */
  add(batch: Batch, from: number, to: number): number {
    const rows = Math.min(to - from, this.capacity - this.rows);
    if (this.rows + rows > this.room) this.grow(this.rows + rows);
    for (const { of, values } of this.columns) {
      const given = batch[of.name];
      if (given) values.set(given.subarray(from, from + rows), this.rows);
      else values.fill(/^float/.test(of.type) ? Number.NaN : -1, this.rows, this.rows + rows);
    }
    this.rows += rows;
    return rows;
  }

  private grow(least: number): void {
    this.room = Math.min(this.capacity, Math.max(least, 2 * this.room));
    for (const column of this.columns) {
      const before = column.values.subarray(0, this.rows);
      column.values = new KINDS[column.of.type].array(this.room);
      column.values.set(before);
    }
  }

  /** What has been gathered, for the writer; the next rows are a group of their own. */
  take(stringsOf: StringsOf): ColumnSource[] {
    const rows = this.rows;
    this.rows = 0;
    return this.columns.map(({ of, values }) => {
      return { name: of.name, ...sourceOf(of, values.subarray(0, rows), stringsOf) };
    });
  }
}

function sourceOf(column: Column, values: Values, stringsOf: StringsOf): Omit<ColumnSource, "name"> {
  const nullable = column.nulls !== undefined;
  if (column.type === "dictionary") return strings(values as Int32Array, stringsOf(column.name));
  if (values instanceof Float64Array || values instanceof Float32Array) return floats(values, nullable);
  if (values instanceof Uint32Array) return unsigned(values);
  if (nullable && values.includes(-1)) return { data: Array.from(values, (value) => (value === -1 ? null : value)) };
  return { data: values instanceof Uint16Array ? Int32Array.from(values) : values };
}

/** Dictionary pages, unless every row is null: an empty dictionary would confuse readers. */
function strings(keys: Int32Array, known: readonly string[]): Omit<ColumnSource, "name"> {
  const data = Array.from(keys, (key) => known[key] ?? null);
  return keys.some((key) => key >= 0) ? { data, encoding: "RLE_DICTIONARY" } : { data };
}

/** A dictionary would take -0 for 0, so that a group with a -0 has none. */
function floats(values: Float64Array | Float32Array, nullable: boolean): Omit<ColumnSource, "name"> {
  let nulls = false;
  let negativeZero = false;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) nulls = nullable;
    else if (value === 0 && Object.is(value, -0)) negativeZero = true;
  }
  const data = nulls ? Array.from(values, (value) => (Number.isNaN(value) ? null : value)) : values;
  return negativeZero ? { data, encoding: "PLAIN" } : { data };
}

/** From 2^31 on the writer takes a list only. */
function unsigned(values: Uint32Array): Omit<ColumnSource, "name"> {
  return { data: values.some((value) => value > 2147483647) ? Array.from(values) : values };
}
