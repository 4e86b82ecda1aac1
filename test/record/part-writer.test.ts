import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { PartWriter } from "../../src/record/part-writer.js";
import { BATCH_ROWS, batchesOf, type Column, partsOf, readTable } from "../../src/table/index.js";

const here = mkdtempSync(join(tmpdir(), "replaybook-parts-"));
afterAll(() => rmSync(here, { recursive: true }));

const COLUMNS: readonly Column[] = [{ name: "n", type: "float64", unit: "", about: "A number." }];
const numbers = (from: number) => ({ n: Float64Array.from({ length: BATCH_ROWS }, (_, i) => from + i) });

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

it("writes a file for a table without rows", async () => {
  const writer = new PartWriter({ folder: here, name: "none", inParts: false }, COLUMNS, {}, {});
  await writer.close();
  expect(readTable(join(here, "none.arrow")).numRows).toBe(0);
});
