import { columnParts, type Values } from "../table/index.js";

/** Rows at a time: their columns together fit a processor's cache. */
const ROWS = 65536;

/** The data of a column in one piece, as Apache Arrow has it. */
interface Piece {
  readonly values: Values;
  readonly length: number;
  readonly nullCount: number;
  readonly nullBitmap: Uint8Array;
}

/**
 * The columns named of a table that may be in parts, some rows at a time; nothing else of its files is read. Null is NaN in a column
 * of floats, -1 in others. Throws Invalid where the table is not whole or lacks a column.
 */
export function* columnRows<Name extends string>(
  files: readonly string[],
  names: readonly Name[],
): Generator<{ readonly rows: number; readonly columns: Readonly<Record<Name, Values>> }> {
  for (const table of columnParts(files, names, ROWS)) {
    const columns = names.map((name) => [name, valuesOf(table.getChild(name)!.data[0] as unknown as Piece)]);
    yield { rows: table.numRows, columns: Object.fromEntries(columns) as Record<Name, Values> };
  }
}

function valuesOf({ values, length, nullCount, nullBitmap }: Piece): Values {
  if (nullCount === 0) return values;
  const none = values instanceof Float64Array || values instanceof Float32Array ? Number.NaN : -1;
  for (let i = 0; i < length; i++) if (((nullBitmap[i >> 3]! >> (i & 7)) & 1) === 0) values[i] = none;
  return values;
}
