import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { PartWriter, type SavedParts } from "../../src/record/part-writer.js";
import {
  BATCH_ROWS,
  batchesOf,
  type Column,
  partsOf,
  readTable,
  TableReader,
  type TableWriter,
} from "../../src/table/index.js";

const here = mkdtempSync(join(tmpdir(), "replaybook-parts-"));
afterAll(() => rmSync(here, { recursive: true }));

const COLUMNS: readonly Column[] = [{ name: "n", type: "float64", unit: "", about: "A number." }];
const numbers = (from: number) => ({ n: Float64Array.from({ length: BATCH_ROWS }, (_, i) => from + i) });

const LABELS = { label: ["a", "bc", "døf"] };
const LABELLED: readonly Column[] = [...COLUMNS, { name: "label", type: "dictionary", unit: "", about: "A label." }];
const labelled = (batch: number) => ({
  ...numbers(batch * BATCH_ROWS),
  label: Int32Array.from({ length: BATCH_ROWS }, (_, i) => (i + batch) % 3),
});

/** Leaves a table's files as a process that is killed does. */
async function abandon(writer: PartWriter): Promise<void> {
  await writer.save();
  await (writer as unknown as { writer: TableWriter | null }).writer?.abandon();
}

async function numbersOf(name: string): Promise<number[]> {
  const found: number[] = [];
  for await (const { rows, columns } of batchesOf(partsOf(here, name), ["n"])) {
    for (let i = 0; i < rows; i++) found.push(columns["n"]![i]!);
  }
  return found;
}

it("writes one file where there are to be no parts", async () => {
  const writer = new PartWriter({ folder: here, name: "one", inParts: false }, COLUMNS, { of: "numbers" }, {});
  await writer.write(numbers(0), BATCH_ROWS);
  await writer.write(numbers(BATCH_ROWS), 3);
  await writer.close({ known: "at last" });
  expect(partsOf(here, "one")).toEqual([join(here, "one.arrow")]);
  expect(await numbersOf("one")).toEqual(Array.from({ length: BATCH_ROWS + 3 }, (_, i) => i));
  const { metadata } = readTable(join(here, "one.arrow")).schema;
  expect([metadata.get("of"), metadata.get("known")]).toEqual(["numbers", "at last"]);
});

it("writes batches of one file in any order into their places", async () => {
  const bytes = [];
  for (const order of [
    [0, 1, 2],
    [2, 0, 1],
  ]) {
    const name = order.join("");
    const writer = new PartWriter({ folder: here, name, inParts: false }, COLUMNS, {}, {});
    for (const index of order) await writer.write(numbers(index * BATCH_ROWS), index === 2 ? 5 : BATCH_ROWS, index);
    await writer.close();
    bytes.push(readTable(join(here, `${name}.arrow`)).numRows);
    expect(await numbersOf(name)).toEqual(Array.from({ length: 2 * BATCH_ROWS + 5 }, (_, i) => i));
  }
  expect(bytes).toEqual([2 * BATCH_ROWS + 5, 2 * BATCH_ROWS + 5]);
});

it("begins another part after so many rows, each of them a whole table", async () => {
  const place = { folder: here, name: "parts", inParts: true, partRows: 2 * BATCH_ROWS };
  const writer = new PartWriter(place, COLUMNS, { of: "numbers" }, {});
  for (let batch = 0; batch < 5; batch++) await writer.write(numbers(batch * BATCH_ROWS), BATCH_ROWS);
  await writer.close();
  expect(readdirSync(join(here, "parts"))).toEqual(["part-00000.arrow", "part-00001.arrow", "part-00002.arrow"]);
  expect((await numbersOf("parts")).every((n, i) => n === i)).toBe(true);
  for (const path of partsOf(here, "parts")) expect(readTable(path).schema.metadata.get("of")).toBe("numbers");
});

it("says in every part what is known only at the end", async () => {
  const place = { folder: here, name: "late", inParts: true, partRows: BATCH_ROWS };
  const writer = new PartWriter(place, LABELLED, { of: "numbers" }, LABELS);
  for (let batch = 0; batch < 4; batch++) await writer.write(labelled(batch), batch === 3 ? 9 : BATCH_ROWS);
  await writer.close({ known: "at last", also: "this" });
  const parts = partsOf(here, "late");
  expect(parts.length).toBe(4);
  for (const [part, path] of parts.entries()) {
    const reader = await TableReader.open(path);
    const { metadata } = reader;
    expect([...metadata.keys()].sort()).toEqual(["also", "known", "of", "table_version"]);
    expect([metadata.get("of"), metadata.get("known"), metadata.get("also")]).toEqual(["numbers", "at last", "this"]);
    for await (const { rows, columns } of reader.batches()) {
      expect(rows).toBe(part === 3 ? 9 : BATCH_ROWS);
      expect(reader.dictionary("label")[columns["label"]![8]!]).toBe(LABELS.label[(8 + part) % 3]);
    }
    await reader.close();
  }
});

it("goes on from where it was saved, in parts or not, and removes what was begun after that", async () => {
  const batches = 9;
  const write = (writer: PartWriter, batch: number) =>
    writer.write(labelled(batch), batch === batches - 1 ? 77 : BATCH_ROWS);
  const filesOf = (folder: string) =>
    partsOf(folder, "it").map((path) => [
      relative(folder, path),
      createHash("sha256").update(readFileSync(path)).digest("hex"),
    ]);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(0, BATCH_ROWS, 2 * BATCH_ROWS, 3 * BATCH_ROWS),
      fc.nat(batches),
      fc.nat(5),
      fc.boolean(),
      async (partRows, at, further, closed) => {
        const [whole, killed] = [mkdtempSync(join(here, "whole-")), mkdtempSync(join(here, "killed-"))];
        const placed = (folder: string) => ({ folder, name: "it", inParts: partRows > 0, partRows });
        const of = [LABELLED, { of: "numbers" }, LABELS] as const;
        const undisturbed = new PartWriter(placed(whole), ...of);
        for (let batch = 0; batch < batches; batch++) await write(undisturbed, batch);
        await undisturbed.close({ known: "at last" });

        const first = new PartWriter(placed(killed), ...of);
        for (let batch = 0; batch < at; batch++) void write(first, batch);
        const saving = first.save();
        for (let batch = at; batch < Math.min(at + further, batches); batch++) void write(first, batch);
        const saved = JSON.parse(JSON.stringify(await saving)) as SavedParts;
        if (closed) await first.close();
        else await abandon(first);
        const second = await PartWriter.resume(placed(killed), ...of, saved);
        for (let batch = at; batch < batches; batch++) await write(second, batch);
        await second.close({ known: "at last" });
        expect(filesOf(killed)).toEqual(filesOf(whole));
        for (const folder of [whole, killed]) rmSync(folder, { recursive: true });
      },
    ),
    { seed: 31, numRuns: 30 },
  );
}, 60_000);

it("writes a file for a table without rows", async () => {
  const writer = new PartWriter({ folder: here, name: "none", inParts: false }, COLUMNS, {}, {});
  await writer.close();
  expect(readTable(join(here, "none.arrow")).numRows).toBe(0);
});
