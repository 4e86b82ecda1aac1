import { describe, expect, it } from "vitest";
import { sweepCells } from "../../src/cli/sweep-run.js";

const NAMES = /expected some of trace, scheduler, machines, .*\bclasses\b/;
const LOAD = "expected as-is or a fraction above 0 and up to 1000, such as 0.9";
const messageOf = (plan: unknown): string => {
  try {
    sweepCells(plan, "plan.json");
  } catch (error) {
    return (error as Error).message;
  }
  return "";
};
const options = { trace: "own.csv" };

/** What of a cell is not the default. */
const said = (plan: unknown, ...names: readonly string[]) =>
  sweepCells(plan).map(({ trace, texts }) => [trace.path, ...names.map((name) => texts[name])].join(" "));

describe("a plan", () => {
  it("is every combination of the grid's values over its options, the first varying slowest", () => {
    const grid = { load: [0.5, "0.9"], seed: [1, 2, 3] };
    expect(said({ options: { trace: "own.csv", k: 2 }, grid }, "load", "seed", "k")).toEqual([
      "own.csv 0.5 1 2",
      "own.csv 0.5 2 2",
      "own.csv 0.5 3 2",
      "own.csv 0.9 1 2",
      "own.csv 0.9 2 2",
      "own.csv 0.9 3 2",
    ]);
  });

  it("is a list of cells, each with settings that win over the options", () => {
    const cells = [{ k: 1 }, { k: 5, trace: "other.csv" }, {}];
    expect(said({ options: { ...options, k: 2 }, cells }, "k")).toEqual(["own.csv 1", "other.csv 5", "own.csv 2"]);
  });

  it("is a list of cells, each with every combination of the grid", () => {
    const plan = { options, cells: [{ ram: "1GiB" }, { ram: "2GiB" }], grid: { seed: [1, 2] } };
    expect(said(plan, "ram", "seed")).toEqual(["own.csv 1GiB 1", "own.csv 1GiB 2", "own.csv 2GiB 1", "own.csv 2GiB 2"]);
  });

  it("of options alone is one cell", () => {
    expect(said({ options }, "seed")).toEqual(["own.csv 1"]);
  });

  it("takes lists as values where an option is a list", () => {
    const plan = { options, grid: { prices: [[1, 2], "3,4", [5]] } };
    expect(said(plan, "prices")).toEqual(["own.csv 1,2", "own.csv 3,4", "own.csv 5"]);
  });

  it("replays combinations that differ in nothing but the scheduler as one, in the order of the plan", () => {
    const grid = { scheduler: ["edf", ["xx", "hermod"], "ideal"], load: [0.5, 0.9] };
    expect(said({ options, grid }, "load", "scheduler")).toEqual([
      "own.csv 0.5 edf,xx,hermod,ideal",
      "own.csv 0.9 edf,xx,hermod,ideal",
    ]);
    const cells = [{ scheduler: "xx" }, { scheduler: "xx", k: 1 }, { scheduler: "edf" }];
    expect(said({ options, cells }, "k", "scheduler")).toEqual(["own.csv 3 xx,edf", "own.csv 1 xx"]);
  });

  it("names a run by its trace, what is not the default, and a hash of everything", () => {
    const one = (own: object) => sweepCells({ options: { ...options, ...own } })[0]!.name;
    expect(one({ load: 0.5, seed: 2 })).toMatch(/^own_seed-2_load-0\.5_[0-9a-f]{10}$/);
    expect(one({ seed: "1" })).toBe(one({}));
    expect(one({ trace: "a/b c.csv.gz" })).toMatch(/^b-c_[0-9a-f]{10}$/);
    expect(one({ trace: ".." })).toMatch(/^trace_[0-9a-f]{10}$/);
    expect(one({ classes: `weights:${Array(99).fill(1)}` }).length).toBeLessThan(115);
    const paths = ["a/own.csv", "b/own.csv", { path: "a/own.csv", map: { start: "arrival_s" } }];
    expect(new Set(paths.map((trace) => one({ trace }))).size).toBe(3);
  });

  it("names a run the same, whatever else the plan has", () => {
    const [first] = sweepCells({ options, grid: { seed: [1, 2] } });
    const more = sweepCells({ options: {}, grid: { k: [2, 3], trace: ["own.csv"], seed: [3, 1] } });
    expect(more.map(({ name }) => name)).toContain(first!.name);
  });
});

describe("a bad plan is refused", () => {
  it.each([
    ["no object", [1], "plan: [1] (plan.json); expected a JSON object"],
    [
      "an empty grid",
      { options, grid: {} },
      "grid: {} (plan.json); expected an object of one or more options, each with a list of values",
    ],
    ["an unknown key", { options, gird: {} }, "key: gird (plan.json); expected options, grid or cells"],
    ["options that are none", { options: 3 }, "options: 3 (plan.json); expected a JSON object"],
    ["a grid that is none", { options, grid: [1] }, "grid: [1] (plan.json); expected a JSON object"],
    [
      "an empty list",
      { options, grid: { load: [] } },
      "load: [] (plan.json, grid); expected a list of one or more values",
    ],
    ["no list", { options, grid: { load: 0.5 } }, "load: 0.5 (plan.json, grid); expected a list of one or more values"],
    [
      "a value twice",
      { options, grid: { seed: [1, 2, 1] } },
      "seed: 1 (plan.json, grid, twice); expected each value once",
    ],
    ["no cells", { options, cells: [] }, "cells: [] (plan.json); expected a list of one or more objects of options"],
    ["a cell that is none", { options, cells: [{}, 7] }, "cell: 7 (plan.json, cell 2); expected a JSON object"],
    [
      "an option in cells and in the grid",
      { options, cells: [{ seed: 1 }], grid: { seed: [1] } },
      "option: seed (plan.json, cell 1, and in grid); expected it in one of the two",
    ],
    [
      "a cell twice",
      { options, cells: [{ seed: 1 }, { k: 2 }, {}] },
      "scheduler: xx (plan.json, cell 3, the same as cell 1: seed 1); expected each combination once",
    ],
    [
      "more cells than anyone replays",
      {
        options,
        grid: Object.fromEntries(["seed", "k", "cores"].map((name) => [name, Array.from(Array(200).keys())])),
      },
      "grid: 8000000 cells (plan.json); expected at most 1000000",
    ],
    [
      "no trace",
      { grid: { load: [1] } },
      "trace: none (plan.json, cell 1: load 1); expected a trace to replay, in options, grid or cells",
    ],
    [
      "a trace that is no path",
      { options: { trace: 3 } },
      "trace: 3 (plan.json, cell 1); expected a path, or an object with path and, if need be, format, map and on-bad-row",
    ],
    [
      "a trace with an unknown key",
      { options: { trace: { path: "a", formt: "x" } } },
      "key: formt (plan.json, cell 1, trace); expected some of path, format, map, on-bad-row",
    ],
    [
      "an unknown rule for bad rows",
      { options: { trace: { path: "a", "on-bad-row": "skip" } } },
      "bad-row rule: skip (plan.json, cell 1, trace); expected stop or quarantine",
    ],
    [
      "a value of no text",
      { options, grid: { seed: [true] } },
      "seed: true (plan.json, cell 1: seed true); expected a text or a number",
    ],
    [
      "a value that replay refuses",
      { options, grid: { seed: [1, 2], load: [0.5, -1] } },
      `load: -1 (--load, plan.json, cell 2: seed 1, load -1); ${LOAD}`,
    ],
    [
      "an option that replay refuses",
      { options: { ...options, load: "much" } },
      `load: much (--load, plan.json, cell 1); ${LOAD}`,
    ],
    [
      "a scheduler that is none",
      { options, grid: { scheduler: ["xx", "fifo"] } },
      "scheduler: fifo (--scheduler, plan.json, cell 2: scheduler fifo); expected one of xx, hermod, edf, ideal, random",
    ],
  ])("%s", (_, plan, message) => {
    expect(messageOf(plan)).toBe(`invalid ${message}`);
  });

  it.each([
    ["options", { options: { trace: "a", lod: 1 } }, "option: lod (plan.json, options); "],
    ["the grid", { options, grid: { lod: [1] } }, "option: lod (plan.json, grid); "],
    ["a cell", { options, cells: [{}, { lod: 1 }] }, "option: lod (plan.json, cell 2); "],
  ])("an unknown option in %s", (_, plan, start) => {
    expect(messageOf(plan).startsWith(`invalid ${start}`)).toBe(true);
    expect(messageOf(plan)).toMatch(NAMES);
  });
});
