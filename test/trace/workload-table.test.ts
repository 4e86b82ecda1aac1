import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as zlib from "node:zlib";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, it } from "vitest";
import { failure, fileWith, openLog, read, rows } from "./helpers.js";

const fixture = (name: string) => join(import.meta.dirname, "../fixtures/arrow", name);

it("reads a table that has only arrivals and runtimes", async () => {
  const { folder, manifest } = await read(fileWith("w.csv", "arrival_s,runtime_s\n0,1\n0.5,2\n"));
  expect(manifest).toMatchObject({
    kind: "invocations",
    format: "workload",
    keyed_by: "order",
    duration_s: 0.5,
    functions: 1,
    invocations: 2,
    lacks: ["owner", "app", "function", "trigger", "price_class", "memory"],
    notes: [],
  });
  expect(rows(folder, "functions")).toEqual([
    { function_id: 0, owner: null, app: null, function: null, trigger: null },
  ]);
});

it("reads every column, quoted fields too; what is empty is null", async () => {
  const csv =
    "function,runtime_s,arrival_s,app,owner,trigger,price_class,memory_initial_mib,memory_peak_mib,parent\n" +
    '"f, ""the first""",1.5,0,a,,http,2,10,20.5,\n' +
    "g,0,0.25,,o,,,,nan,0.0\n";
  const { folder, manifest } = await read(fileWith("w.csv", csv));
  expect(manifest.lacks).toEqual([]);
  expect(rows(folder, "functions")).toEqual([
    { function_id: 0, owner: null, app: "a", function: 'f, "the first"', trigger: "http" },
    { function_id: 1, owner: "o", app: null, function: "g", trigger: null },
  ]);
  expect(rows(folder, "invocations")).toEqual([
    {
      function_id: 0,
      arrival_s: 0,
      runtime_s: 1.5,
      price_class: 2,
      memory_initial_mib: 10,
      memory_peak_mib: 20.5,
      parent: null,
    },
    {
      function_id: 1,
      arrival_s: 0.25,
      runtime_s: 0,
      price_class: null,
      memory_initial_mib: null,
      memory_peak_mib: null,
      parent: 0,
    },
  ]);
});

it("does not take a field for a quoted label that has the same bytes and a comma", async () => {
  const { folder } = await read(fileWith("w.csv", 'function,runtime_s,arrival_s\n"a,1",1,0\na,1,1\n"a,1",1,2\n'));
  expect(rows(folder, "functions").map((row) => row["function"])).toEqual(["a,1", "a"]);
});

it("sorts a table that is not in order of arrival, ties as they were; parents follow their rows", async () => {
  const csv = "arrival_s,runtime_s,function,parent\n5,1,late,1\n2,2,early,\n2,3,tie,1\n";
  const { folder, manifest } = await read(fileWith("w.csv", csv));
  expect(rows(folder, "invocations").map((row) => [row["arrival_s"], row["runtime_s"], row["parent"]])).toEqual([
    [2, 2, null],
    [2, 3, 0],
    [5, 1, 0],
  ]);
  expect(rows(folder, "functions").map((row) => row["function"])).toEqual(["early", "tie", "late"]);
  expect(manifest.notes).toEqual(["rows were not in order of arrival: sorted, ties as they were"]);
});

it("refuses a parent that arrives after its child", async () => {
  expect(await failure(fileWith("w.csv", "arrival_s,runtime_s,parent\n2,1,\n1,1,0\n"))).toBe(
    "invalid parent: 0 (w.csv, row 1 counted from 0); expected the number of a row that arrives earlier",
  );
});

it("numbers functions as they first appear, so that relabelling them changes nothing but the labels", async () => {
  const csv = (f: string, g: string) => `arrival_s,runtime_s,function\n0,1,${f}\n1,1,${g}\n2,1,${f}\n`;
  const one = await read(fileWith("w.csv", csv("a", "b")));
  const other = await read(fileWith("w.csv", csv("z", "b")));
  const file = "invocations.arrow";
  expect(readFileSync(join(other.folder, file))).toEqual(readFileSync(join(one.folder, file)));
});

it("renames columns with a map and leaves out the others, which it says", async () => {
  const csv = "t,exec,region,node\n0,1,eu,3\n";
  const { folder, manifest } = await read(fileWith("w.csv", csv), { map: { t: "arrival_s", exec: "runtime_s" } });
  expect(rows(folder, "invocations")[0]).toMatchObject({ arrival_s: 0, runtime_s: 1 });
  expect(manifest.notes).toEqual(["columns not read: node and region"]);
});

it("gives back every number to the last bit, from CSV and from gzip", async () => {
  const seconds = fc.oneof(
    fc.double({ min: 0, max: 1e9, noNaN: true }),
    fc.nat(1e6).map((n) => n / 1000),
  );
  const property = fc.asyncProperty(
    fc.array(fc.tuple(seconds, seconds), { minLength: 1, maxLength: 40 }),
    async (list) => {
      const sorted = [...list].sort((a, b) => a[0] - b[0]);
      const csv = `arrival_s,runtime_s\n${sorted.map((row) => `${row.join(",")}\n`).join("")}`;
      for (const bytes of [csv, gzipSync(csv)]) {
        const { folder } = await read(fileWith("w.csv", bytes));
        const log = await openLog(folder);
        const found: number[][] = [];
        for await (const { columns, rows: count } of log.batches()) {
          for (let i = 0; i < count; i++) found.push([columns["arrival_s"]![i]!, columns["runtime_s"]![i]!]);
        }
        await log.close();
        expect(found).toEqual(sorted.map((row) => row.map((x) => x + 0)));
      }
    },
  );
  await fc.assert(property, { seed: 7, numRuns: 25 });
});

const PYARROW = [
  {
    function_id: 0,
    arrival_s: 0.1,
    runtime_s: 0,
    price_class: null,
    memory_initial_mib: 2,
    memory_peak_mib: 2,
    parent: null,
  },
  {
    function_id: 1,
    arrival_s: 1,
    runtime_s: 3,
    price_class: 3,
    memory_initial_mib: 3,
    memory_peak_mib: null,
    parent: 0,
  },
  {
    function_id: 2,
    arrival_s: 2.5,
    runtime_s: 0.25,
    price_class: 1,
    memory_initial_mib: 1,
    memory_peak_mib: 1.5,
    parent: 1,
  },
];

it.each(["pyarrow-file.arrow", "pyarrow-stream.arrow"])(
  "reads %s: integers, float32, large text, dictionaries",
  async (name) => {
    const { folder, manifest } = await read(fixture(name));
    expect(rows(folder, "invocations")).toEqual(PYARROW);
    expect(rows(folder, "functions")).toEqual([
      { function_id: 0, owner: "p", app: "x", function: "g", trigger: null },
      { function_id: 1, owner: "o", app: "y", function: null, trigger: "http" },
      { function_id: 2, owner: "o", app: "x", function: "f", trigger: "http" },
    ]);
    expect(manifest.notes).toContain("column not read: comment");
  },
);

it.each(["polars-file.arrow", "polars-stream.arrow"])("reads %s: text views and categories", async (name) => {
  const { folder } = await read(fixture(name));
  expect(rows(folder, "functions")).toEqual([
    { function_id: 0, owner: null, app: "g", function: "g", trigger: null },
    { function_id: 1, owner: "short", app: null, function: null, trigger: null },
    { function_id: 2, owner: "a label longer than twelve bytes", app: "f", function: "f", trigger: null },
  ]);
  expect(rows(folder, "invocations").map((row) => row["price_class"])).toEqual([null, 3, 1]);
});

it("reads Arrow packed with lz4", async () => {
  const { folder } = await read(fixture("pyarrow-lz4.arrow"));
  const expected = Array.from({ length: 1000 }, (_, i) => [i / 8, ((i * i) % 97) / 16, i % 7]);
  expect(rows(folder, "invocations").map((row) => [row["arrival_s"], row["runtime_s"], row["function_id"]])).toEqual(
    expected,
  );
  expect(rows(folder, "functions")[6]!["function"]).toBe("function-6");
});

it("reads Arrow packed with zstd where Node can unpack it, else says what would", async () => {
  if ("zstdDecompressSync" in zlib) {
    const { folder } = await read(fixture("pyarrow-zstd.arrow"));
    expect(rows(folder, "invocations")).toEqual(PYARROW);
  } else {
    expect(await failure(fixture("pyarrow-zstd.arrow"))).toBe(
      "invalid table: pyarrow-zstd.arrow (Arrow compressed with zstd); " +
        "expected no compression or lz4, or Node 22.15 or later",
    );
  }
});

it("stops at a bad row of an Arrow table with file, row and value, or quarantines it", async () => {
  const map = { price_class: "runtime_s", runtime_s: "price_class" };
  const path = fixture("pyarrow-file.arrow");
  expect(await failure(path, { map })).toBe(
    "invalid price_class: 0.25 (pyarrow-file.arrow row 1, column runtime_s); " +
      "expected a whole number from 0 to 255, or nothing",
  );
  const { folder, manifest } = await read(path, { map, onBadRow: "quarantine" });
  expect(manifest.rows["invocations"]).toEqual({ kept: 1, filled: 0, quarantined: 2 });
  expect(readFileSync(join(folder, "rejects.csv"), "utf8").split("\n")[2]).toBe(
    '"pyarrow-file.arrow",2,"invalid runtime_s: null or NaN (column price_class); ' +
      'expected a number of seconds >= 0","0.1,,0,2,2,,p,x,g,"',
  );
});

it("refuses text where numbers are wanted", async () => {
  expect(await failure(fixture("pyarrow-file.arrow"), { map: { app: "runtime_s", runtime_s: "app" } })).toBe(
    "invalid column: app (pyarrow-file.arrow, of text); expected numbers",
  );
});

it("takes a column of numbers for labels where labels are wanted", async () => {
  const map = { memory_initial_mib: "function", function: "memory_initial_mib" };
  expect(await failure(fixture("pyarrow-file.arrow"), { map })).toContain("of text");
  const { folder } = await read(fixture("polars-file.arrow"), { map: { price_class: "trigger" } });
  expect(rows(folder, "functions").map((row) => row["trigger"])).toEqual([null, "3", "1"]);
});
