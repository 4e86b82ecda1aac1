import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Batch,
  type Column,
  type ColumnType,
  ForeignParquet,
  ParquetTableWriter,
  type Values,
} from "../../src/table/index.js";
import { newPlace } from "../analysis/hand-made-run.js";
import { duckdb, sqlText } from "./duckdb.js";

const column = (name: string, type: ColumnType, nulls?: string): Column => {
  return { name, type, unit: "s", about: `${name}, "told"`, ...(nulls !== undefined && { nulls }) };
};
const STRINGS = ["plain", "naïve ✓", "", "it's", "𝄞"];

let files = 0;
const place = newPlace();
/** Writes batches of [columns' values, rows] and gives the path. */
async function written(
  columns: readonly Column[],
  batches: readonly (readonly [Batch, number])[],
  metadata: Record<string, string> = {},
  strings: readonly string[] = STRINGS,
): Promise<string> {
  const path = join(place, `${files++}.parquet`);
  const about = { metadata, createdBy: "test version 1.2.3" };
  const out = await ParquetTableWriter.create(path, columns, about, () => strings);
  for (const [batch, rows] of batches) await out.write(batch, rows);
  await out.close();
  return path;
}

/** The values that DuckDB reads of a column named x. */
async function read(type: ColumnType, values: Values, nulls?: string): Promise<unknown[]> {
  const path = await written([column("x", type, nulls)], [[{ x: values }, values.length]]);
  return (await duckdb(`select x from ${sqlText(path)}`)).map(({ x }) => x);
}

describe("a Parquet file of ours, as DuckDB reads it", () => {
  it("has our types, and null only where a column may be null", async () => {
    const types = ["float64", "float32", "int32", "uint32", "uint16", "uint8", "dictionary"] as const;
    const columns = types.flatMap((type) => [column(type, type), column(`${type}_or_null`, type, "unknown")]);
    const path = await written(columns, []);
    const described = await duckdb(`describe select * from ${sqlText(path)}`);
    const kinds = ["DOUBLE", "FLOAT", "INTEGER", "UINTEGER", "USMALLINT", "UTINYINT", "VARCHAR"];
    expect(described.map((row) => row["column_type"])).toEqual(kinds.flatMap((kind) => [kind, kind]));
    const schema = await duckdb(
      `select repetition_type r from parquet_schema(${sqlText(path)}) where type is not null`,
    );
    expect(schema.map(({ r }) => r)).toEqual(kinds.flatMap(() => ["REQUIRED", "OPTIONAL"]));
    expect(await duckdb(`select count(*)::int n from ${sqlText(path)}`)).toEqual([{ n: 0 }]);
  });

  it("has every double to the last bit, minus zero and infinity among them, and NaN as null", async () => {
    const some = [0, -0, 1, 0.1, 5e-324, -1.2345678901234567e-123, 2 ** 53, Number.POSITIVE_INFINITY];
    expect(await read("float64", Float64Array.from(some))).toEqual(some);
    expect(await read("float64", Float64Array.of(-0, Number.NaN, 0, 0, 0, 0), "none")).toEqual([-0, null, 0, 0, 0, 0]);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.double({ noNaN: true }), { minLength: 1 }), async (drawn) => {
        expect(await read("float64", Float64Array.from(drawn))).toEqual(drawn);
      }),
      { seed: 4, numRuns: 10 },
    );
  });

  it("has floats and whole numbers as they are, and -1 as null only where a column may be null", async () => {
    expect(await read("float32", Float32Array.of(0.1, Number.NaN, 170), "none")).toEqual([Math.fround(0.1), null, 170]);
    expect(await read("int32", Int32Array.of(-2147483648, -1, 2147483647))).toEqual([-2147483648, -1, 2147483647]);
    expect(await read("int32", Int32Array.of(5, -1, -2), "none")).toEqual([5, null, -2]);
    expect(await read("uint32", Uint32Array.of(0, 2147483648, 4294967295))).toEqual([0, 2147483648, 4294967295]);
    expect(await read("uint16", Uint16Array.of(0, 65535))).toEqual([0, 65535]);
    expect(await read("uint8", Uint8Array.of(0, 255))).toEqual([0, 255]);
  });

  it("has labels as dictionary-encoded strings", async () => {
    expect(await read("dictionary", Int32Array.of(4, 1, -1, 2, 3, 1), "none")).toEqual([
      ...["𝄞", "naïve ✓", null, "", "it's", "naïve ✓"],
    ]);
    expect(await read("dictionary", Int32Array.of(-1, -1), "none")).toEqual([null, null]);
    const path = await written([column("x", "dictionary")], [[{ x: Int32Array.of(0, 1, 2) }, 3]]);
    const [chunk] = await duckdb(`select encodings, compression from parquet_metadata(${sqlText(path)})`);
    expect(chunk).toEqual({ encodings: "PLAIN, RLE_DICTIONARY", compression: "SNAPPY" });
  });

  it("has null all along a column that its batches lack", async () => {
    const columns = [column("x", "uint8"), column("y", "float32", "none"), column("z", "dictionary", "none")];
    const path = await written(columns, [[{ x: Uint8Array.of(7, 8, 9) }, 2]]);
    expect(await duckdb(`from ${sqlText(path)}`)).toEqual([
      { x: 7, y: null, z: null },
      { x: 8, y: null, z: null },
    ]);
  });

  it("says what it was told of itself, and each column's unit and meaning", async () => {
    const path = await written([column("x", "float64", "never")], [], { seed: "7", config: '{"k":3}' });
    const rows = await duckdb(`select decode(key) k, decode(value) v from parquet_kv_metadata(${sqlText(path)})`);
    expect(Object.fromEntries(rows.map(({ k, v }) => [k, v]))).toEqual({
      seed: "7",
      config: '{"k":3}',
      columns: '{"x":{"type":"float64","unit":"s","about":"x, \\"told\\"","null":"never"}}',
    });
    const [file] = await duckdb(`select created_by from parquet_file_metadata(${sqlText(path)})`);
    expect(file).toEqual({ created_by: "test version 1.2.3" });
  });
});

describe("a long table", () => {
  const ROWS = 300_000;
  const COLUMNS = [column("t", "float64"), column("id", "uint32"), column("kind", "dictionary", "none")];
  const t = Float64Array.from({ length: ROWS }, (_, i) => i / 7);
  const id = Uint32Array.from({ length: ROWS }, (_, i) => i + 2147400000);
  const kind = Int32Array.from({ length: ROWS }, (_, i) => (i % 6) - 1);
  const cut = (lengths: readonly number[]) => {
    let from = 0;
    return lengths.map((rows): [Batch, number] => {
      const [a, b] = [from, from + rows];
      from = b;
      return [{ t: t.subarray(a, b), id: id.subarray(a, b), kind: kind.subarray(a, b) }, rows];
    });
  };

  it("is in row groups of 262,144 rows with the bounds that let an engine pass over them", async () => {
    const path = await written(COLUMNS, cut([ROWS]));
    const columns = "row_group_num_rows n, stats_min_value a, stats_max_value b, stats_null_count lacking";
    const groups = await duckdb(`select path_in_schema c, ${columns} from parquet_metadata(${sqlText(path)})`);
    expect(groups).toEqual([
      { c: "t", n: 262144n, a: "-0.0", b: "37449.0", lacking: 0n },
      { c: "id", n: 262144n, a: "2147400000", b: "2147662143", lacking: 0n },
      { c: "kind", n: 262144n, a: "", b: "𝄞", lacking: 43691n },
      { c: "t", n: 37856n, a: String(262144 / 7), b: "42857.0", lacking: 0n },
      { c: "id", n: 37856n, a: "2147662144", b: "2147699999", lacking: 0n },
      { c: "kind", n: 37856n, a: "", b: "𝄞", lacking: 6309n },
    ]);
    const sums = "count(*)::int n, sum(id)::varchar s, max(t) m, count(kind)::int k";
    expect(await duckdb(`select ${sums} from ${sqlText(path)} where t >= 40000`)).toEqual([
      { n: 20000, s: String((20000 * (280000 + 299999)) / 2 + 20000 * 2147400000), m: 299999 / 7, k: 16667 },
    ]);
  });

  it("has the same bytes, however it is cut into batches", async () => {
    const whole = readFileSync(await written(COLUMNS, cut([ROWS])));
    expect(readFileSync(await written(COLUMNS, cut([1, 65536, 200_000, 0, 34_463]))).equals(whole)).toBe(true);
  });

  it("is read back by our own reader, row for row", async () => {
    const table = await ForeignParquet.open(await written(COLUMNS, cut([ROWS])));
    let rows = 0;
    let wrong = 0;
    for await (const { rows: n, columns } of table.batches(["t", "id", "kind"])) {
      const [times, ids, kinds] = [columns["t"]!, columns["id"]!, columns["kind"]!];
      if (times.kind !== "numbers" || ids.kind !== "numbers" || kinds.kind !== "labels") throw new Error("kinds");
      for (let i = 0; i < n; i++, rows++) {
        if (times.values[i] !== t[rows] || ids.values[i]! !== id[rows]) wrong++;
        if (kinds.strings[kinds.keys[i]!] !== STRINGS[kind[rows]!]) wrong++;
      }
    }
    await table.close();
    expect({ rows, wrong }).toEqual({ rows: ROWS, wrong: 0 });
  });
});
