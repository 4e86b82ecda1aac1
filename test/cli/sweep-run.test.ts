import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { type SweepManner, sweep } from "../../src/cli/sweep-run.js";
import type { Plan } from "../../src/sweep/plan.js";
import { readTable } from "../../src/table/index.js";
import { checksums } from "./built.js";

const here = mkdtempSync(join(tmpdir(), "replaybook-sweeps-"));
afterAll(() => rmSync(here, { recursive: true }));
const at = (...path: string[]) => join(here, ...path);

const TRACE = at("own.csv");
writeFileSync(
  TRACE,
  `arrival_s,runtime_s,price_class\n${Array.from({ length: 300 }, (_, i) => `${i / 8},1,${i % 5}\n`).join("")}`,
);
const OPTIONS = { trace: TRACE, machines: 4, cores: 2, scheduler: "edf" };
const PLAN = { options: OPTIONS, grid: { load: [0.5, 1.2], seed: [1, 2] } };
/** Sweeps all in this thread. */
const swept = (plan: Plan, folder: string, manner: SweepManner = {}) =>
  sweep(plan, at(folder), undefined, { workers: 0, ...manner });

it("tells what it replayed, how far it is, and what reading the trace took for granted", async () => {
  writeFileSync(at("late.csv"), "arrival_s,runtime_s\n1,1\n0,1\n");
  const told: [string, number, number][] = [];
  const notes: string[] = [];
  const plan = { options: { ...OPTIONS, trace: at("late.csv") }, grid: { seed: [1, 2] } };
  const progress = (...step: [string, number, number]) => told.push(step);
  const result = await sweep(plan, at("told"), progress, { workers: 0, note: (text) => notes.push(text) });
  expect(result).toMatchObject({ replayed: 2, failures: [], rows: 10, manifest: { varied: ["seed"] } });
  expect(told.filter(([stage]) => stage === "sweep")).toEqual([
    ["sweep", 1, 2],
    ["sweep", 2, 2],
  ]);
  expect(notes).toEqual([`${at("late.csv")}: rows were not in order of arrival: sorted, ties as they were`]);
});

it("has sizes and times as numbers in their units, and labels where a value is no number", async () => {
  const grid = {
    ...{ ram: ["unlimited", "32GiB"], "sample-every": ["5s"] },
    ...{ until: ["drained", "20s"], "swap-in-watermark": [0.8] },
  };
  await swept({ options: OPTIONS, grid }, "units");
  const table = readTable(at("units", "summary.arrow"));
  const columns = ["ram_mib", "sample_every_s", "until", "swap_in_watermark"];
  expect(table.schema.names.slice(2, 6)).toEqual(columns);
  expect(table.schema.fields[2]!.metadata.get("unit")).toBe("MiB");
  const values = columns.map((name) => [0, 5, 10, 15].map((row) => table.getChild(name)!.get(row)));
  expect(values).toEqual([
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 32768, 32768],
    [5, 5, 5, 5],
    ["drained", "20s", "drained", "20s"],
    [0.8, 0.8, 0.8, 0.8],
  ]);
});

it("keeps infinite quantiles, and those of which nothing can be said, where they come from a record", async () => {
  await swept({ options: OPTIONS }, "infinite");
  const [name] = readdirSync(at("infinite", "cells"));
  const record = JSON.parse(readFileSync(at("infinite", "cells", name!), "utf8"));
  record.rows[0].p99_slowdown = "Infinity";
  record.rows[0].p999_slowdown = null;
  writeFileSync(at("infinite", "cells", name!), JSON.stringify(record));
  expect(await swept({ options: OPTIONS }, "infinite")).toMatchObject({ replayed: 0 });
  const table = readTable(at("infinite", "summary.arrow"));
  const [p99, p999] = ["p99_slowdown", "p999_slowdown"].map((column) => table.getChild(column)!.get(0));
  expect([p99, p999]).toEqual([Number.POSITIVE_INFINITY, null]);
});

it("adds the runs that another plan has to a folder; the bytes are those of a new one", async () => {
  const grown = { ...PLAN, grid: { ...PLAN.grid, seed: [2, 3] } };
  await swept(PLAN, "grown");
  expect(await swept(grown, "grown")).toMatchObject({ replayed: 2 });
  await swept(grown, "fresh");
  for (const file of ["sweep.json", "summary.arrow"]) {
    expect(readFileSync(at("grown", file))).toEqual(readFileSync(at("fresh", file)));
  }
  expect(readdirSync(at("grown", "runs")).length).toBe(6);
});

it("replays all of it again where it is forced to", async () => {
  await swept(PLAN, "forced");
  const before = Object.keys(checksums(at("forced")));
  expect(await swept(PLAN, "forced")).toMatchObject({ replayed: 0 });
  expect(await swept(PLAN, "forced", { force: true })).toMatchObject({ replayed: 4, failures: [] });
  expect(Object.keys(checksums(at("forced")))).toEqual(before);
});

it("reads a trace again that was touched, and refuses to go on with one that has changed, until it is forced to", async () => {
  const trace = at("changing.csv");
  const write = (text: string, second: number) => {
    writeFileSync(trace, `arrival_s,runtime_s\n0,1\n${text}\n`);
    utimesSync(trace, second, second);
  };
  const plan = { options: { trace, scheduler: "edf" } };
  write("1,1", 1);
  await swept(plan, "changing");
  write("1,1", 2);
  expect(await swept(plan, "changing")).toMatchObject({ replayed: 0 });
  write("1,2", 3);
  const failed = await swept(plan, "changing").catch((error) => error.message);
  expect(failed.replace(/[0-9a-f]{64}/g, "X").replace(/_[0-9a-f]{10}/, "_Y")).toBe(
    `invalid trace: ${trace} (its sha256 is X; runs/changing_Y replayed another); expected one whose sha256 is X, or --force to replay all of it`,
  );
  expect(await swept(plan, "changing", { force: true })).toMatchObject({ replayed: 1 });
});

it("does not go on with a sweep that another version began, unless it is forced to", async () => {
  mkdirSync(at("old"));
  writeFileSync(at("old", "sweep.json"), JSON.stringify({ replaybook: "0.0.1", table_version: "0" }));
  await expect(swept(PLAN, "old")).rejects.toThrow(
    `invalid output: ${at("old")} (-o, a sweep of replaybook 0.0.1 with tables of version 0); expected one of replaybook 0.1.0 and 1, or --force to replay all`,
  );
  expect(await swept(PLAN, "old", { force: true })).toMatchObject({ replayed: 4 });
});

it("leaves a run that fails out of the tables, and everything else in", async () => {
  const result = await swept({ options: OPTIONS, grid: { cut: ["all", "90d..91d"], seed: [1, 2] } }, "failing");
  expect(result.failures.map(({ cell }) => cell.texts["seed"])).toEqual(["1", "2"]);
  expect(result.manifest.cells.map(({ sha256 }) => sha256 === null)).toEqual([false, false, true, true]);
  expect(result.rows).toBe(2 * 5);
  expect(readdirSync(at("failing", "runs")).length).toBe(2);
});
