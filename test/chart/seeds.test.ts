import { createRequire } from "node:module";
import { Ajv } from "ajv";
import * as vega from "vega";
import { compile } from "vega-lite";
import { describe, expect, it } from "vitest";
import { chart } from "../../src/chart/charts.js";
import type { Spec } from "../../src/chart/theme.js";

const valid = new Ajv({ strict: false, validateFormats: false }).compile(
  createRequire(import.meta.url)("vega-lite/vega-lite-schema.json") as object,
);

function warnings(spec: Spec): string[] {
  const said: string[] = [];
  compile(spec, { logger: vega.logger(vega.Warn, undefined, (_method, _level, words) => said.push(words.join(" "))) });
  return said;
}

interface Drawn {
  readonly p99_slowdown: number;
  readonly sign: string;
  readonly low?: number;
  readonly high?: number;
  readonly seeds?: number;
}
const valuesOf = (spec: Spec) => (spec as unknown as { data: { values: Drawn[] } }).data.values;
const subtitleOf = (spec: Spec) => [(spec.title as { subtitle: string | string[] }).subtitle].flat().join(" ");

/** p99s of the seeds 1, 2, … at a load. */
const at = (load: number, p99s: readonly (number | null)[], more: object = {}) =>
  p99s.map((p99_slowdown, i) => ({ scheduler: "xx", price_class: 0, load, seed: i + 1, p99_slowdown, ...more }));

describe("the chart p99-by-load of several seeds", () => {
  it("draws the mean of their p99s with Student's interval of it, where all have five", () => {
    const spec = chart("p99-by-load", [...at(0.5, [1, 2, 3, 4, 5]), ...at(0.9, [9, 9, 9, 9, 9, 9])]);
    // 3 ± 2.776 x 0.7071 ; below 1 there is no slowdown.
    expect(valuesOf(spec)).toEqual([
      { scheduler: "xx", load: 0.5, price_class: 0, p99_slowdown: 3, sign: "", low: 1.037, high: 4.963, seeds: 5 },
      { scheduler: "xx", load: 0.9, price_class: 0, p99_slowdown: 9, sign: "", low: 9, high: 9, seeds: 6 },
    ]);
    expect(subtitleOf(spec)).toContain("the mean over 5 to 6 seeds; band: Student's 95 % interval of that mean");
  });

  it("draws no interval below a slowdown of 1", () => {
    const [value] = valuesOf(chart("p99-by-load", at(0.5, [1, 1, 1, 1, 20])));
    expect(value!.low).toBe(1);
    expect(value!.high).toBeGreaterThan(10);
  });

  it("draws their range where some have fewer", () => {
    const spec = chart("p99-by-load", [...at(0.5, [1, 2, 3, 4, 5]), ...at(0.9, [2, 4])]);
    expect(valuesOf(spec).map(({ low, high }) => [low, high])).toEqual([
      [1, 5],
      [2, 4],
    ]);
    expect(subtitleOf(spec)).toContain("the mean over 2 to 5 seeds; band: from the least to the largest");
  });

  it("leaves out a seed that has too few to tell, and bears the signs of any other", () => {
    const spec = chart("p99-by-load", [
      ...at(0.5, [2, null, 4]),
      ...at(0.7, [3, 5]).map((row, i) => ({ ...row, lower_bound: i === 1 })),
      ...at(0.9, [3, Number.POSITIVE_INFINITY]),
    ]);
    expect(valuesOf(spec).map(({ p99_slowdown, sign, seeds }) => [p99_slowdown, sign, seeds])).toEqual([
      [3, "", 2],
      [4, "≥", 2],
      [expect.any(Number), "∞", 2],
    ]);
    const [, , infinite] = valuesOf(spec);
    expect([infinite!.low, infinite!.high]).toEqual([3, infinite!.p99_slowdown]);
  });

  it("knows rows for seeds that do not name them, and tells schedulers and classes apart", () => {
    const rows = ["xx", "edf"].flatMap((scheduler) =>
      [1, 0].flatMap((price_class) =>
        [0.5, 0.5, 0.9].map((load) => ({ scheduler, price_class, load, p99_slowdown: 2 })),
      ),
    );
    expect(valuesOf(chart("p99-by-load", rows))).toHaveLength(8);
    expect(subtitleOf(chart("p99-by-load", rows))).toContain("over 1 to 2 seeds");
  });

  it("refuses a seed that is there twice: its rows differ in what the chart cannot show", () => {
    const rows = [...at(0.5, [2]), ...at(0.5, [3])];
    expect(() => chart("p99-by-load", rows)).toThrow(
      "invalid seed: 1 (xx at load 0.5, twice); expected rows that differ in load, or in the seed at a load",
    );
  });

  it("says nothing of seeds where there is one of each load, or none that can tell", () => {
    for (const rows of [at(0.5, [null]), [...at(0.5, [2]), ...at(0.9, [3])]]) {
      const spec = chart("p99-by-load", rows);
      expect(subtitleOf(spec)).not.toContain("seed");
      expect(valuesOf(spec).filter(({ low }) => low !== undefined)).toEqual([]);
    }
  });

  it("draws no band where all are infinite, whose interval is none", () => {
    const spec = chart("p99-by-load", [
      ...at(0.5, Array(5).fill(Number.POSITIVE_INFINITY)),
      ...at(0.9, [3, 3, 3, 3, 3]),
    ]);
    expect(valuesOf(spec).map(({ sign, low }) => [sign, low])).toEqual([
      ["∞", undefined],
      ["", 3],
    ]);
  });

  it("is valid Vega-Lite and compiles without a warning, also at one load", () => {
    const edf = { scheduler: "edf" };
    const many = [...at(0.5, [1, 2, 30]), ...at(0.9, [5, 50, Number.POSITIVE_INFINITY])];
    for (const rows of [many, [...many, ...at(0.5, [1, 2], edf), ...at(0.9, [4, 5], edf)], at(0.5, [1, 2])]) {
      const spec = chart("p99-by-load", rows);
      expect(valid(spec)).toBe(true);
      expect(warnings(spec)).toEqual([]);
    }
  });
});

describe("the chart utilisation-by-load of several seeds", () => {
  const rows = [
    { scheduler: "xx", load: 0.5, seed: 1, mean: 0.5, min: 0.4, median: 0.51, max: 0.66 },
    { scheduler: "xx", load: 0.5, seed: 2, mean: 0.6, min: 0.2, median: 0.53, max: 0.62 },
    { scheduler: "edf", load: 0.5, seed: 1, mean: 0.5, min: null, median: null, max: null },
  ];

  it("has the idlest and busiest machine of any, and the means of median and mean", () => {
    const spec = chart("utilisation-by-load", rows);
    expect(valuesOf(spec)).toEqual([
      { scheduler: "xx", load: 0.5, mean: 0.55, min: 0.2, median: 0.52, max: 0.66 },
      { scheduler: "edf", load: 0.5, mean: 0.5, min: null, median: null, max: null },
    ]);
    expect(subtitleOf(spec)).toContain("1 to 2 seeds: the bar is over all of them");
    expect(valid(spec)).toBe(true);
    expect(warnings(spec)).toEqual([]);
  });
});
