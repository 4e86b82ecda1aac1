import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { type Column, readTable, TableReader, TableWriter } from "../../src/table/index.js";

const folder = mkdtempSync(join(tmpdir(), "replaybook-table-"));
afterAll(() => rmSync(folder, { recursive: true }));

const COLUMNS: readonly Column[] = [
  { name: "x", type: "float64", unit: "s", about: "x", nulls: "none" },
  { name: "n", type: "uint8", unit: "", about: "n" },
  { name: "who", type: "dictionary", unit: "", about: "who", nulls: "nobody" },
  { name: "absent", type: "float64", unit: "", about: "absent", nulls: "always" },
];

async function write(name: string): Promise<string> {
  const path = join(folder, name);
  const writer = await TableWriter.create(path, COLUMNS, { seed: "1" }, { who: ["ann", "bø"] });
  const first = {
    x: new Float64Array([1, Number.NaN, 3]),
    n: new Uint8Array([1, 2, 3]),
    who: new Int32Array([0, -1, 1]),
  };
  await writer.write(first, 3);
  await writer.write({ x: new Float64Array([4, 5]), n: new Uint8Array([4, 9]), who: new Int32Array([1, 0]) }, 1);
  await writer.close();
  return path;
}

it("reads back in Apache Arrow what was written, batch by batch, with nulls and dictionaries", async () => {
  const table = readTable(await write("a.arrow"));
  expect(table.toArray().map((row) => row.toJSON())).toEqual([
    { x: 1, n: 1, who: "ann", absent: null },
    { x: null, n: 2, who: null, absent: null },
    { x: 3, n: 3, who: "bø", absent: null },
    { x: 4, n: 4, who: "bø", absent: null },
  ]);
  expect(table.schema.metadata.get("seed")).toBe("1");
  expect(table.schema.fields[0]!.metadata.get("unit")).toBe("s");
});

it("gives the same bytes for the same batches", async () => {
  expect(readFileSync(await write("b.arrow"))).toEqual(readFileSync(await write("c.arrow")));
});

it("streams the columns asked for, null as NaN and -1", async () => {
  const reader = await TableReader.open(await write("d.arrow"));
  const got = [];
  for await (const { rows, columns } of reader.batches(["who", "x"]))
    got.push([rows, [...columns["who"]!], [...columns["x"]!]]);
  expect(got).toEqual([
    [3, [0, -1, 1], [1, Number.NaN, 3]],
    [1, [1], [4]],
  ]);
  expect(reader.dictionary("who")).toEqual(["ann", "bø"]);
  await expect(reader.batches(["y"]).next()).rejects.toThrow("has no column y");
  await reader.close();
});

it("says in one line that a file is missing, cut short or not Arrow", async () => {
  const path = await write("e.arrow");
  truncateSync(path, 500);
  await expect(TableReader.open(path)).rejects.toThrow(/^invalid table: .*e\.arrow \(cut short or not Arrow\)/);
  expect(() => readTable(path)).toThrow("cut short or not Arrow");
  writeFileSync(path, "");
  await expect(TableReader.open(path)).rejects.toThrow("cut short or not Arrow");
  writeFileSync(path, "hello");
  await expect(TableReader.open(path)).rejects.toThrow("cut short or not Arrow");
  await expect(TableReader.open(join(folder, "none"))).rejects.toThrow("ENOENT");
});
