import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Invalid } from "../../src/invalid.js";
import { type Column, readTable, TableReader, TableWriter } from "../../src/table/index.js";

const here = mkdtempSync(join(tmpdir(), "replaybook-reader-"));
const whole = join(here, "whole.arrow");
const ROWS = 700;
const COLUMNS: readonly Column[] = [
  { name: "time_s", type: "float64", unit: "s", about: "a time", nulls: "never" },
  { name: "machine", type: "int32", unit: "", about: "a number" },
  { name: "kind", type: "dictionary", unit: "", about: "a word" },
];

beforeAll(async () => {
  const writer = await TableWriter.create(whole, COLUMNS, { table: "made up" }, { kind: ["out", "in"] });
  for (let batch = 0; batch < 3; batch++) {
    const time_s = Float64Array.from({ length: ROWS }, (_, i) => (i % 5 ? i : Number.NaN));
    const machine = Int32Array.from({ length: ROWS }, (_, i) => i);
    const kind = Int32Array.from({ length: ROWS }, (_, i) => i & 1);
    await writer.write({ time_s, machine, kind }, ROWS);
  }
  await writer.close();
});
afterAll(() => rmSync(here, { recursive: true }));

async function rowsOf(path: string): Promise<number> {
  const reader = await TableReader.open(path);
  try {
    let rows = 0;
    for await (const batch of reader.batches()) {
      for (const values of Object.values(batch.columns)) expect(values.length).toBe(batch.rows);
      rows += batch.rows;
    }
    return rows;
  } finally {
    await reader.close();
  }
}

describe("a table of our own that was damaged", () => {
  const damaged = join(here, "damaged.arrow");

  it("is read as it is or refused in one line, wherever its bytes are changed", async () => {
    const bytes = readFileSync(whole);
    const changes = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(changes, fc.boolean(), async (flips, atTheEnd) => {
        const copy = Buffer.from(bytes);
        for (const [at, to] of flips) copy[atTheEnd ? bytes.length - 1 - (at % 2000) : at] = to;
        writeFileSync(damaged, copy);
        try {
          expect(await rowsOf(damaged)).toBeGreaterThanOrEqual(0);
          readTable(damaged);
        } catch (error) {
          expect(error).toBeInstanceOf(Invalid);
          expect((error as Invalid).message).not.toContain("\n");
        }
      }),
      { numRuns: 300, seed: 5 },
    );
  });

  it("is refused wherever it is cut", async () => {
    const bytes = readFileSync(whole);
    for (let length = 0; length < bytes.length; length += 997) {
      writeFileSync(damaged, bytes.subarray(0, length));
      await expect(rowsOf(damaged)).rejects.toThrow("cut short or not Arrow");
    }
  });

  it("may be read over and over where it is whole", async () => {
    const reader = await TableReader.open(whole);
    for (let time = 0; time < 50; time++) expect((await reader.batch(1)).rows).toBe(ROWS);
    await reader.close();
  });
});
