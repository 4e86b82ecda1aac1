import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { type ColumnSource, parquetWriteBuffer } from "hyparquet-writer";
import { expect, it } from "vitest";
import { openTrace } from "../../src/trace/trace-folder.js";
import { content, failure, fileWith, openLog, read, rows } from "./helpers.js";

const fixture = (name: string) => join(import.meta.dirname, "../fixtures/parquet", name);
const arrow = (name: string) => join(import.meta.dirname, "../fixtures/arrow", name);

function parquet(columnData: ColumnSource[], options: { rowGroupSize?: number; codec?: "UNCOMPRESSED" } = {}): Buffer {
  return Buffer.from(parquetWriteBuffer({ columnData, ...options }));
}

it("reads what pyarrow writes as it reads the same table from Arrow", async () => {
  const { folder, manifest } = await read(fixture("pyarrow.parquet"), { name: "t" });
  const twin = await read(arrow("pyarrow-file.arrow"), { name: "t" });
  expect(manifest.notes).toContain("columns not read: comment and tags");
  const same = { ...content(folder), "manifest.json": "" };
  expect(same).toEqual({ ...content(twin.folder), "manifest.json": "" });
  expect(manifest).toMatchObject({ format: "workload", sha256: twin.manifest.sha256, rows: twin.manifest.rows });
});

it("reads what polars writes as it reads the same table from Arrow", async () => {
  const one = await read(fixture("polars.parquet"));
  expect(one.manifest.sha256).toBe((await read(arrow("polars-file.arrow"))).manifest.sha256);
});

it.each(["none", "gzip", "zstd", "lz4", "brotli"])(
  "reads Parquet packed with %s, in several row groups",
  async (codec) => {
    const { manifest, folder } = await read(fixture(`pyarrow-${codec}.parquet`));
    expect(manifest.sha256).toBe((await read(arrow("pyarrow-lz4.arrow"))).manifest.sha256);
    expect(rows(folder, "invocations")).toHaveLength(1000);
  },
);

it("reads decimals to the last bit, and bytes that are UTF-8 as text", async () => {
  const { folder } = await read(fixture("decimals.parquet"));
  expect(rows(folder, "invocations").map((row) => [row["arrival_s"], row["runtime_s"]])).toEqual([
    [0.1, 0.000000001],
    [0.35, Number("123456789012345678.25")],
    [1.15, 3],
  ]);
  expect(rows(folder, "functions").map((row) => row["function"])).toEqual(["f", "g", null]);
});

it("reads every encoding of numbers and text", async () => {
  const { folder } = await read(fixture("encodings.parquet"));
  const text = (i: number) => (i % 11 === 0 ? null : `label-${Math.floor(i / 3)}-${"x".repeat(i % 5)}`);
  const { functions } = await openTrace(folder);
  rows(folder, "invocations").forEach((row, i) => {
    expect(row).toMatchObject({
      arrival_s: i / 8,
      runtime_s: ((i * i) % 97) / 16,
      memory_initial_mib: i % 4096,
      memory_peak_mib: Math.fround(2147483648 + i),
      price_class: i % 3 === 0 ? null : i % 200,
      parent: i > 0 && i % 5 === 0 ? Math.floor(i / 2) : null,
    });
    const f = row["function_id"] as number;
    expect([functions.function[f], functions.app[f], functions.owner[f]]).toEqual([text(i), text(999 - i), text(i)]);
  });
});

it("reads numbers of 16 bits", async () => {
  const { folder } = await read(fixture("halves.parquet"));
  const found = rows(folder, "invocations").map((row) => [row["arrival_s"], row["runtime_s"]]);
  expect(found.map(([half]) => half)).toEqual(found.map(([, double]) => double));
  expect(found).toHaveLength(6);
});

it("gives back every number to the last bit, however rows are grouped", async () => {
  const seconds = fc.oneof(
    fc.double({ min: 0, max: 1e9, noNaN: true }),
    fc.nat(1e6).map((n) => n / 1000),
  );
  const property = fc.asyncProperty(
    fc.array(fc.tuple(seconds, seconds), { minLength: 1, maxLength: 40 }),
    fc.integer({ min: 1, max: 9 }),
    async (list, rowGroupSize) => {
      const sorted = [...list].sort((a, b) => a[0] - b[0]);
      const columns = ["arrival_s", "runtime_s"].map((name, i) => ({ name, data: sorted.map((row) => row[i]!) }));
      const bytes = parquet(
        columns.map((column) => ({ ...column, type: "DOUBLE" as const })),
        { rowGroupSize },
      );
      const { folder } = await read(fileWith("w.parquet", bytes));
      const log = await openLog(folder);
      const found: number[][] = [];
      for await (const { columns, rows: count } of log.batches()) {
        for (let i = 0; i < count; i++) found.push([columns["arrival_s"]![i]!, columns["runtime_s"]![i]!]);
      }
      await log.close();
      expect(found).toEqual(sorted);
    },
  );
  await fc.assert(property, { seed: 8, numRuns: 25 });
});

const TABLE: ColumnSource[] = [
  { name: "start", data: [0, 1, null, 3], type: "DOUBLE" },
  { name: "runtime_s", data: [1n, -2n, 3n, 4n], type: "INT64" },
  { name: "price_class", data: [1, 2, 3, null], type: "INT32" },
  { name: "function", data: ["f", "f", "g", null], type: "STRING" },
];
const map = { start: "arrival_s" };

it("stops at a bad row with file, row and value, or quarantines it", async () => {
  const path = fileWith("w.parquet", parquet(TABLE));
  expect(await failure(path, { map })).toBe(
    "invalid runtime_s: -2 (w.parquet row 2); expected a number of seconds >= 0",
  );
  const { folder, manifest } = await read(path, { map, onBadRow: "quarantine" });
  expect(manifest.rows["invocations"]).toEqual({ kept: 2, filled: 0, quarantined: 2 });
  expect(readFileSync(join(folder, "rejects.csv"), "utf8")).toBe(
    "file,line,reason,row\n" +
      '"w.parquet",2,"invalid runtime_s: -2 (in this row); expected a number of seconds >= 0","1,-2,2,f"\n' +
      '"w.parquet",3,"invalid arrival_s: null or NaN (column start); expected a number of seconds >= 0",",3,3,g"\n',
  );
  expect((await openTrace(folder)).functions.function).toEqual(["f", null]);
});

it.each([
  ["a time stamp", { name: "arrival_s", data: [new Date(0)], type: "TIMESTAMP" as const }, "TIMESTAMP"],
  ["true and false", { name: "arrival_s", data: [true], type: "BOOLEAN" as const }, "BOOLEAN"],
])("refuses %s where numbers are wanted", async (_, column, type) => {
  const bytes = parquet([column, { name: "runtime_s", data: [1], type: "DOUBLE" }]);
  expect(await failure(fileWith("w.parquet", bytes))).toMatch(
    new RegExp(`^invalid column: arrival_s \\(w.parquet, of type ${type}.*\\); expected numbers or text$`),
  );
});

it("refuses text where numbers are wanted, and text that is no UTF-8", async () => {
  const second: ColumnSource = { name: "runtime_s", data: [1], type: "DOUBLE" };
  const text = parquet([{ name: "arrival_s", data: ["0"], type: "STRING" }, second]);
  expect(await failure(fileWith("w.parquet", text))).toBe(
    "invalid column: arrival_s (w.parquet, of text); expected numbers",
  );
  const bytes = parquet([
    { name: "arrival_s", data: [0], type: "DOUBLE" },
    second,
    { name: "owner", data: [Uint8Array.of(0x61, 0xff)], type: "BYTE_ARRAY" },
  ]);
  expect(await failure(fileWith("w.parquet", bytes))).toBe(
    "invalid label: a\ufffd (w.parquet, column owner); expected text in UTF-8",
  );
});

it("says that a Parquet file is cut short or damaged, has no rows, or lacks a column", async () => {
  const whole = parquet(TABLE, { codec: "UNCOMPRESSED" });
  const message = "invalid table: w.parquet (cut short, damaged or not Parquet); expected a whole Parquet file";
  expect(await failure(fileWith("w.parquet", whole.subarray(0, whole.length >> 1)), { map })).toBe(message);
  expect(await failure(fileWith("w.parquet", "PAR1xxxxxxxx"))).toBe(message);
  const damaged = Buffer.from(whole);
  damaged.fill(0xff, 4, 60);
  expect(await failure(fileWith("w.parquet", damaged), { map })).toBe(message);
  const empty = parquet(["arrival_s", "runtime_s"].map((name) => ({ name, data: [], type: "DOUBLE" })));
  expect(await failure(fileWith("w.parquet", empty))).toBe(
    "invalid file: w.parquet (no rows); expected at least one row",
  );
  expect(await failure(fileWith("w.parquet", whole))).toBe(
    "invalid column: arrival_s (w.parquet, missing); expected the columns arrival_s, runtime_s",
  );
});
