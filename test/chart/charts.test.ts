import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Ajv } from "ajv";
import * as vega from "vega";
import { compile } from "vega-lite";
import { describe, expect, it } from "vitest";
import { CHARTS, chart } from "../../src/chart/charts.js";
import { toPng, toSvg } from "../../src/chart/render.js";
import type { Spec } from "../../src/chart/theme.js";
import { ROWS } from "./rows.js";

const v5 = gunzipSync(readFileSync(join(import.meta.dirname, "../fixtures/vega-lite-v5.schema.json.gz"))).toString();
const SCHEMAS: readonly (readonly [string, object])[] = [
  ["5", JSON.parse(v5) as object],
  ["6", createRequire(import.meta.url)("vega-lite/vega-lite-schema.json") as object],
];
const ajv = new Ajv({ strict: false, validateFormats: false });
const VALID = SCHEMAS.map(([version, schema]) => ({ version, valid: ajv.compile(schema) }));

/** Columns with names from a trace or a person. */
const HELD = ["scheduler", "group", "label", "series"];

/** What Vega-Lite warns of when it compiles. */
function warnings(spec: Spec): string[] {
  const said: string[] = [];
  const logger = vega.logger(vega.Warn, undefined, (_method, _level, words) => said.push(words.join(" ")));
  compile(spec, { logger });
  return said;
}

describe.each(Object.keys(CHARTS))("the chart %s", (name) => {
  const rows = ROWS[name]!;

  it.each(VALID)("is valid Vega-Lite $version", ({ valid }) => {
    expect(valid(chart(name, rows)), ajv.errorsText(valid.errors)).toBe(true);
  });

  it("is plain JSON", () => {
    const spec = chart(name, rows);
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

  it("also compiles without a warning where there is one row", () => {
    expect(warnings(chart(name, rows.slice(0, 1)))).toEqual([]);
  });

  it("draws what a name says as text, whatever it is", async () => {
    const hostile = "</text><script>alert(1)</script>\"'&";
    const named = rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([column, value]) => [column, HELD.includes(column) ? hostile : value]),
      ),
    );
    const svg = await toSvg(chart(name, named));
    expect(svg).not.toContain("<script");
    expect(svg).not.toContain('"\'&"');
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

  it("refuses rows that would make a chart of more than 1 MB", () => {
    const rows = Array.from({ length: 30_000 }, (_, i) => ({ ...ROWS["tail-over-time"]![0], window_start_s: i }));
    expect(() => chart("tail-over-time", rows)).toThrow(
      /^invalid rows: 30000 \(chart tail-over-time, which would be 2\.\d MB\); expected fewer, such as quantiles or bins: at most 1 MB$/,
    );
  });

  it.each(["latency-ccdf", "occupancy-and-traffic"])("leaves out points of %s rather than be too large", (name) => {
    const many = Array.from({ length: 100_000 }, (_, i) => ({ ...ROWS[name]![0], value: 1 + i, written_mib: 1 + i }));
    expect(JSON.stringify(chart(name, many)).length).toBeLessThan(1e6);
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
