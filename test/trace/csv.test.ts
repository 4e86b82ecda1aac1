import fc from "fast-check";
import { expect, it } from "vitest";
import { ByteSource } from "../../src/trace/byte-source.js";
import { CsvReader } from "../../src/trace/csv.js";
import { fileWith } from "./helpers.js";

async function rowsOf(text: string): Promise<{ columns: readonly string[]; rows: string[][]; lines: number[] }> {
  const source = ByteSource.open(fileWith("x.csv", text));
  const reader = await CsvReader.open(source);
  const rows: string[][] = [];
  const lines: number[] = [];
  do {
    while (reader.nextRow()) {
      const row: string[] = [];
      while (reader.next()) row.push(reader.text.toString("utf8", reader.start, reader.end));
      rows.push(row);
      lines.push(reader.line);
    }
  } while (await reader.nextBlock());
  source.close();
  return { columns: reader.columns ?? [], rows, lines };
}

const quoted = (field: string) => (/[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field);

it("gives back every field that was written, however it is quoted, with LF or CRLF, with or without a last line end", async () => {
  const field = fc.string({ unit: fc.constantFrom("a", "é", ",", '"', " ", "7", "."), maxLength: 6 });
  const table = fc.array(fc.array(field, { minLength: 2, maxLength: 5 }), { minLength: 1, maxLength: 8 });
  const property = fc.asyncProperty(table, fc.constantFrom("\n", "\r\n"), fc.boolean(), async (rows, end, last) => {
    const text = ["x,y", ...rows.map((row) => row.map(quoted).join(","))].join(end) + (last ? end : "");
    expect((await rowsOf(text)).rows).toEqual(rows);
  });
  await fc.assert(property, { seed: 3, numRuns: 150 });
});

it("reads files of many blocks, and counts lines, empty ones too", async () => {
  const rows = Array.from({ length: 60000 }, (_, i) => [`key-${i}`, "x".repeat(i % 61)]);
  const text = `a,b\n\n${rows.map((row) => row.join(",")).join("\n")}\n\n\nlast,1`;
  const found = await rowsOf(text);
  expect(found.rows).toEqual([...rows, ["last", "1"]]);
  expect(found.lines[0]).toBe(3);
  expect(found.lines.at(-1)).toBe(60005);
});

it("keeps a quote inside a field that does not begin with one", async () => {
  expect((await rowsOf('a,b\nx"y,5" disk\n')).rows).toEqual([['x"y', '5" disk']]);
});

it("takes the header without a byte order mark, quotes and surrounding spaces", async () => {
  expect((await rowsOf('\ufeffa, b ,"c,d"\r\n1,2,3\r\n')).columns).toEqual(["a", "b", "c,d"]);
});

it("reads numbers as Number does, and everything else as none", async () => {
  const texts = fc.oneof(
    fc.double({ noDefaultInfinity: true, noNaN: true }).map(String),
    fc.tuple(fc.nat(), fc.nat()).map(([a, b]) => `${a}.${b}`),
    fc.bigInt({ min: 0n, max: 10n ** 25n }).map(String),
    fc.constantFrom(
      "",
      "-",
      ".",
      "1.",
      ".5",
      "-.5",
      "+1",
      "1e5",
      "1e",
      "0x10",
      "Infinity",
      "nan",
      "1 ",
      " 2",
      "1_0",
      "1e999",
      "--1",
      "1.2.3",
      '"3.25"',
      "00012",
      "-0",
    ),
  );
  const property = fc.asyncProperty(fc.array(texts, { minLength: 1, maxLength: 30 }), async (list) => {
    const source = ByteSource.open(fileWith("x.csv", `x,y\n${list.map((text) => `${text},${text}\n`).join("")}`));
    const reader = await CsvReader.open(source);
    for (const text of list) {
      expect(reader.nextRow()).toBe(true);
      const plain = text.replaceAll('"', "").trim();
      const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(plain) ? Number(plain) + 0 : Number.NaN;
      for (let field = 0; field < 2; field++) {
        expect(reader.nextNumber()).toBe(true);
        expect(reader.value).toBe(Number.isFinite(number) ? number : Number.NaN);
      }
      expect(reader.ended).toBe(true);
    }
    source.close();
  });
  await fc.assert(property, { seed: 5, numRuns: 200 });
});
