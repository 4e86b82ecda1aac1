import { createRequire } from "node:module";
import { join } from "node:path";
import { Ajv } from "ajv";
import * as vega from "vega";
import { compile } from "vega-lite";
import { describe, expect, it } from "vitest";
import { CHARTS, chart } from "../../src/chart/charts.js";
import { toPng, toSvg } from "../../src/chart/render.js";
import type { Spec } from "../../src/chart/theme.js";

const schema = createRequire(import.meta.url)("vega-lite/vega-lite-schema.json") as object;
const ajv = new Ajv({ strict: false, validateFormats: false });
const valid = ajv.compile(schema);

/** Rows that show all that a chart can meet, by chart. */
const ROWS: Record<string, readonly object[]> = {
  "p99-slowdown": [
    { scheduler: "xx", price_class: 2, p99_slowdown: 1, lower_bound: false },
    { scheduler: "xx", price_class: 1, p99_slowdown: 1.2345, lower_bound: false },
    { scheduler: "xx", price_class: 0, p99_slowdown: 4321.5, lower_bound: true },
    { scheduler: "hermod", price_class: 2, p99_slowdown: null, lower_bound: false },
    { scheduler: "hermod", price_class: 1, p99_slowdown: 12.34, lower_bound: false },
    { scheduler: "hermod", price_class: 0, p99_slowdown: Number.POSITIVE_INFINITY, lower_bound: false },
  ],
};

/** What Vega-Lite warns of when it compiles. */
function warnings(spec: Spec): string[] {
  const said: string[] = [];
  const logger = vega.logger(vega.Warn, undefined, (_method, _level, words) => said.push(words.join(" ")));
  compile(spec, { logger });
  return said;
}

describe.each(Object.keys(CHARTS))("the chart %s", (name) => {
  const rows = ROWS[name]!;

  it("is valid Vega-Lite, and plain JSON", () => {
    const spec = chart(name, rows);
    expect(valid(spec), ajv.errorsText(valid.errors)).toBe(true);
    expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
  });

  it("compiles without a warning", () => {
    expect(warnings(chart(name, rows))).toEqual([]);
  });

  it("leaves its rows as they were", () => {
    const before = structuredClone(rows);
    chart(name, rows);
    expect(rows).toEqual(before);
  });

  it("is its golden", async () => {
    const golden = join(import.meta.dirname, `../golden/${name}.json`);
    await expect(`${JSON.stringify(chart(name, rows), null, 2)}\n`).toMatchFileSnapshot(golden);
  });

  it("draws", async () => {
    expect(await toSvg(chart(name, rows))).toMatch(/^<svg/);
    expect(Buffer.from((await toPng(chart(name, rows), 1)).subarray(1, 4)).toString()).toBe("PNG");
  });

  it.each(CHARTS[name]!.needs)("says so where its rows have no %s", (needed) => {
    const lacking = rows.map((row) => Object.fromEntries(Object.entries(row).filter(([column]) => column !== needed)));
    const columns = Object.keys(lacking[0]!).join(", ");
    expect(() => chart(name, lacking)).toThrow(
      `invalid rows: no ${needed} (chart ${name}, rows of ${columns}); expected ${CHARTS[name]!.needs.join(", ")}`,
    );
  });
});

describe("the list of charts", () => {
  it("says which there are when asked for another", () => {
    expect(() => chart("pie", [{}])).toThrow(
      `invalid chart: pie (chart); expected one of ${Object.keys(CHARTS).join(", ")}`,
    );
  });

  it("refuses to draw nothing", () => {
    expect(() => chart("p99-slowdown", [])).toThrow(
      "invalid rows: none (chart p99-slowdown); expected at least one row",
    );
  });

  it("reads a chart's rows from anything that can be iterated", () => {
    const rows = ROWS["p99-slowdown"]!;
    expect(chart("p99-slowdown", new Set(rows))).toEqual(chart("p99-slowdown", rows));
  });
});

describe("a PNG", () => {
  const blank: Spec = { data: { values: [{}] }, mark: { type: "text", text: "" } };
  const worded: Spec = { data: { values: [{}] }, mark: { type: "text", text: "slowdown ≥ 12.3 ∞" } };

  it("has its letters, also where the system has no font", async () => {
    const bytes = await Promise.all([blank, worded].map((spec) => toPng(spec)));
    expect(bytes[1]!.length).toBeGreaterThan(bytes[0]!.length + 500);
  });

  it("is the same on every drawing", async () => {
    expect(await toPng(worded)).toEqual(await toPng(worded));
  });

  it("grows with the zoom", async () => {
    const width = async (zoom: number) => new DataView((await toPng(worded, zoom)).slice().buffer).getUint32(16);
    expect(await width(3)).toBe(3 * (await width(1)));
  });
});
