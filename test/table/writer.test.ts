import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { BATCH_ROWS, type Column, readTable, TableReader, TableWriter } from "../../src/table/index.js";
import type { SavedTable } from "../../src/table/writer.js";

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

let made = 0;
const newPaths = () => [join(folder, `${made}-whole.arrow`), join(folder, `${made++}-killed.arrow`)] as const;

/** Batches of few rows and of many; columns with nulls, without, and all zero, which are left out of the file. */
const ROWS = [3, 20_000, 16_384, 1, 50_000];
const batchAt = (batch: number) => {
  const rows = ROWS[batch % ROWS.length]!;
  return {
    x: Float64Array.from({ length: rows }, (_, i) => (batch % 2 === 0 ? 0 : i % 9 === 0 ? Number.NaN : i / 3)),
    n: Uint8Array.from({ length: rows }, (_, i) => (batch % 3 === 0 ? 0 : i)),
    who: Int32Array.from({ length: rows }, (_, i) => (batch % 4 === 0 ? -1 : i % 2)),
  };
};
const put = (writer: TableWriter, batch: number) => writer.write(batchAt(batch), ROWS[batch % ROWS.length]!);
function writeAt(path: string, at: number, text: string): void {
  const file = openSync(path, "r+");
  writeSync(file, text, at);
  closeSync(file);
}
const OF = [COLUMNS, { seed: "1" }, { who: ["ann", "bø"] }] as const;

it("goes on from where it was saved, with the bytes that it would have had", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(8), fc.nat(8), fc.nat(6), fc.boolean(), async (before, after, lost, closed) => {
      const [whole, killed] = newPaths();
      const undisturbed = await TableWriter.create(whole, ...OF);
      for (let batch = 0; batch < before + after; batch++) await put(undisturbed, batch);
      undisturbed.annotate({ known: "late" });
      await undisturbed.close();

      const first = await TableWriter.create(killed, ...OF);
      for (let batch = 0; batch < before; batch++) void put(first, batch);
      const saving = first.save();
      for (let batch = 0; batch < lost; batch++) void put(first, before + batch + 1);
      const saved = JSON.parse(JSON.stringify(await saving)) as SavedTable;
      await (closed ? first.close() : first.abandon());
      if (!closed) writeAt(killed, saved.end, "half a batch".repeat(9000));
      const second = await TableWriter.resume(killed, ...OF, saved);
      expect(await second.save()).toEqual(saved);
      for (let batch = before; batch < before + after; batch++) await put(second, batch);
      second.annotate({ known: "late" });
      await second.close();
      expect(readFileSync(killed).equals(readFileSync(whole))).toBe(true);
      for (const path of [whole, killed]) rmSync(path);
    }),
    { seed: 41, numRuns: 40 },
  );
});

it("goes on from where it was saved when batches come in any order", async () => {
  const columns = [COLUMNS[1]!, { ...COLUMNS[0]!, name: "y" }].map(({ nulls: _, ...column }) => column);
  const last = 4;
  const at = (index: number) => ({
    n: new Uint8Array(BATCH_ROWS).fill(index % 2),
    y: new Float64Array(BATCH_ROWS).fill(index % 3),
  });
  const placed = (writer: TableWriter, index: number) =>
    writer.writeAt(index, at(index), index === last ? 5 : BATCH_ROWS);
  const indices = Array.from({ length: last + 1 }, (_, i) => i);
  const shuffled = fc.shuffledSubarray(indices, { minLength: last + 1 });
  await fc.assert(
    fc.asyncProperty(shuffled, fc.nat(last + 1), fc.nat(3), async (order, before, lost) => {
      const [whole, killed] = newPaths();
      const undisturbed = await TableWriter.create(whole, columns);
      for (const index of indices) await placed(undisturbed, index);
      await undisturbed.close();

      const first = await TableWriter.create(killed, columns);
      for (const index of order.slice(0, before)) await placed(first, index);
      const saved = await first.save();
      for (const index of order.slice(before, before + lost)) await placed(first, index);
      await first.abandon();
      const second = await TableWriter.resume(killed, columns, {}, {}, saved);
      for (const index of order.slice(before)) await placed(second, index);
      await second.close();
      expect(readFileSync(killed).equals(readFileSync(whole))).toBe(true);
      for (const path of [whole, killed]) rmSync(path);
    }),
    { seed: 42, numRuns: 25 },
  );
});

it("is not resumed where its dictionaries are others", async () => {
  const path = join(folder, "other.arrow");
  const writer = await TableWriter.create(path, ...OF);
  await put(writer, 0);
  const saved = await writer.save();
  await writer.abandon();
  const others = { who: ["ann", "bø", "c".repeat(100)] };
  await expect(TableWriter.resume(path, COLUMNS, {}, others, saved)).rejects.toThrow(/^the table was saved with /);
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
