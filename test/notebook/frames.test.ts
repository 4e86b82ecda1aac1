import * as arrow from "apache-arrow";
import * as aq from "arquero";
import { describe, expect, it } from "vitest";
import { toArquero, toArrow, toDanfo } from "../../src/notebook/frames.js";

const table = new arrow.Table({
  latency_s: arrow.vectorFromArray([1.5, null, 3], new arrow.Float64()),
  price_class: arrow.vectorFromArray([0, 4, 0], new arrow.Uint8()),
  owner: arrow.vectorFromArray(["a", null, "a"], new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32())),
});
const rows = [
  { latency_s: 1.5, price_class: 0, owner: "a" },
  { latency_s: null, price_class: 4, owner: null },
  { latency_s: 3, price_class: 0, owner: "a" },
];

describe("a table", () => {
  it("goes from Arrow to Arquero and back", () => {
    const there = toArquero(table);
    expect(there).toBeInstanceOf(aq.ColumnTable);
    expect(there.objects()).toEqual(rows);
    const back = toArrow(there);
    expect(back).toBeInstanceOf(arrow.Table);
    expect(back.toArray().map((row) => row.toJSON())).toEqual(rows);
  });

  it("goes from Arrow or Arquero to Danfo and back, through the query there", async () => {
    for (const from of [table, toArquero(table)]) {
      const frame = await toDanfo(from);
      expect(frame.shape).toEqual([3, 3]);
      expect(toArquero(frame).objects()).toEqual(rows);
      expect(
        toArrow(frame)
          .toArray()
          .map((row) => row.toJSON()),
      ).toEqual(rows);
    }
  });

  it("is as Danfo sees it: null is missing, numbers are numbers", async () => {
    const frame = await toDanfo(table);
    expect(frame.dtypes).toEqual(["float32", "int32", "string"]);
    expect(frame.column("latency_s").mean()).toBe(2.25);
    expect((await frame.sample(2, { seed: 1 })).index).toEqual((await frame.sample(2, { seed: 1 })).index);
  });

  it("stays as it is where it is already in the library asked for", () => {
    const there = toArquero(table);
    expect(toArquero(there)).toBe(there);
    expect(toArrow(table)).toBe(table);
  });

  it("in parts is one for Arquero, dictionaries too", () => {
    const parts = new arrow.Table(table.schema, [...table.batches, ...table.batches]);
    expect(toArquero(parts).objects()).toEqual([...rows, ...rows]);
    expect(toArquero(parts).groupby("owner").count().objects()).toEqual([
      { owner: "a", count: 4 },
      { owner: null, count: 2 },
    ]);
  });

  it("that was filtered, sorted or computed in Arquero goes to Arrow as it reads there, types kept", () => {
    const query = toArquero(table)
      .filter((row: { price_class: number }) => row.price_class === 0)
      .orderby(aq.desc("latency_s"))
      .derive({ twice: (row: { latency_s: number }) => row.latency_s * 2 });
    const there = toArrow(query);
    expect(there.toArray().map((row) => row.toJSON())).toEqual([
      { latency_s: 3, price_class: 0, owner: "a", twice: 6 },
      { latency_s: 1.5, price_class: 0, owner: "a", twice: 3 },
    ]);
    expect(there.schema.fields.map((field) => String(field.type))).toEqual([
      "Float64",
      "Uint8",
      "Dictionary<Int32, Utf8>",
      "Float64",
    ]);
  });

  it("above 100,000 rows is too much for Danfo", async () => {
    const large = aq.table({ x: new Float64Array(100_001) });
    await expect(toDanfo(large)).rejects.toThrow(
      "invalid table: 100001 rows (toDanfo); expected at most 100000 rows: aggregate it first",
    );
  });

  it("of Danfo's that describes another keeps the names of its rows", async () => {
    const described = toArquero((await toDanfo(table.select(["price_class"]))).describe());
    expect(described.array("index").slice(0, 4)).toEqual(["count", "mean", "std", "min"]);
    expect(described.array("price_class")[0]).toBe(3);
  });

  it("may be a list of row objects", () => {
    const there = toArquero([{ a: 1 }, { b: "x" }]);
    expect(there.objects()).toEqual([
      { a: 1, b: null },
      { a: null, b: "x" },
    ]);
    expect(toArrow([{ a: 1 }]).numRows).toBe(1);
  });
});
