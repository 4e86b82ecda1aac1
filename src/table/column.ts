/** How a column's values are laid out: an Arrow primitive, or int32 keys into a dictionary of utf8 strings. */
export type ColumnType = "float64" | "float32" | "int32" | "uint32" | "uint16" | "uint8" | "dictionary";

/** What holds a column's values in memory. */
export const ARRAYS = {
  float64: Float64Array,
  float32: Float32Array,
  int32: Int32Array,
  uint32: Uint32Array,
  uint16: Uint16Array,
  uint8: Uint8Array,
  dictionary: Int32Array,
} as const satisfies Record<ColumnType, unknown>;

/** One column of a table: what it is called, how it is stored, in what unit, and what it says. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** Unit of the values; "" for counts, ids and labels. */
  readonly unit: string;
  /** One sentence. */
  readonly about: string;
  /** What null means; absent where a value is never null. */
  readonly nulls?: string;
}

/** Values of one column in memory. Null is NaN in a float column and -1 in an int32 or dictionary column. */
export type Values = Float64Array | Float32Array | Int32Array | Uint32Array | Uint16Array | Uint8Array;

/** Columns of one batch by name. Arrays may be longer than the batch has rows. */
export type Batch = Readonly<Record<string, Values>>;

/** Version of the tables below, in every table's metadata and every manifest. Raised when a column changes its meaning. */
export const TABLE_VERSION = "1";

/** Rows of a batch in every table that is written in batches. */
export const BATCH_ROWS = 65536;

/** Rows of a part: above this a table becomes a folder `<name>/part-00000.arrow` … */
export const PART_ROWS = 256 * BATCH_ROWS;
