import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readTable } from "../../src/table/index.js";
import { checksums, done, replaybook } from "./built.js";

const here = mkdtempSync(join(tmpdir(), "replaybook-sweep-"));
const at = (...path: string[]) => join(here, ...path);
const json = (...path: string[]) => JSON.parse(readFileSync(at(...path), "utf8"));
const OPTIONS = { trace: "paper.arrow", machines: 4, cores: 2 };
const PLAN = { options: OPTIONS, grid: { scheduler: ["xx", "edf"], load: [0.5, 1.2], seed: [1, 2] } };
const plan = (name: string, value: unknown) => {
  writeFileSync(at(name), JSON.stringify(value));
  return name;
};
/** The runs of a sweep, each with its options. */
const cellsOf = (folder: string): { run: string; options: Record<string, string>; sha256: Record<string, string> }[] =>
  json(folder, "sweep.json").cells;
/** Everything of a sweep but what says when and where it ran. */
const allOf = (folder: string) => {
  const isTimings = ([path]: [string, string]) => path.endsWith("timings.json") || path.endsWith("source.json");
  return Object.fromEntries(Object.entries(checksums(at(folder))).filter((entry) => !isTimings(entry)));
};

beforeAll(async () => {
  await done(["generate", "paper", "--ticks", "10", "--load", "30", "-o", "paper.arrow"], here);
  plan("plan.json", PLAN);
  await done(["sweep", "plan.json", "-o", "swept", "--workers", "2"], here);
  writeFileSync(at("own.csv"), "start,need\n0,0.5\n1,2\n2,x\n3,1\n");
});
afterAll(() => rmSync(here, { recursive: true }));

it("makes of each cell the run folder that replay with its options makes, byte for byte", async () => {
  const cells = cellsOf("swept");
  expect(cells.length).toBe(4);
  for (const [i, { run, options, sha256 }] of cells.entries()) {
    const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
    await done(["replay", "paper.arrow", "-o", `one-${i}`, ...flags], here);
    expect(checksums(at("swept", run))).toEqual(checksums(at(`one-${i}`)));
    expect(sha256).toEqual(checksums(at(`one-${i}`)));
    expect(json("swept", run, "timings.json").trace_path).toBe(at("paper.arrow"));
  }
});

it("makes the same bytes, whatever the number of workers", async () => {
  for (const workers of ["1", "5"]) {
    await done(["sweep", "plan.json", "-o", `by-${workers}`, "--workers", workers], here);
    expect(allOf(`by-${workers}`)).toEqual(allOf("swept"));
  }
});

it("makes them of more than one batch too, where every scheduler has a worker of its own", async () => {
  const rows = Array.from({ length: 70_000 }, (_, i) => `${i / 64},${((i * 7919) % 1009) / 1000},${i % 5}`);
  writeFileSync(at("long.csv"), `arrival_s,runtime_s,price_class\n${rows.join("\n")}\n`);
  plan("long.json", { options: { trace: "long.csv", machines: 5 }, grid: { scheduler: ["xx", "ideal"], k: [1, 2] } });
  await done(["sweep", "long.json", "-o", "long", "--workers", "2"], here);
  const { run } = cellsOf("long")[0]!;
  await done(["replay", "long.csv", "--machines", "5", "--scheduler", "xx,ideal", "--k", "1", "-o", "long-k"], here);
  expect(checksums(at("long", run))).toEqual(checksums(at("long-k")));
});

it("writes sweep.json: the plan, what it varies, and each cell with its options, trace and checksums", () => {
  const { cells, ...rest } = json("swept", "sweep.json");
  expect(rest).toEqual({ replaybook: "0.1.0", table_version: "1", plan: PLAN, varied: ["scheduler", "load", "seed"] });
  expect(cells[1]).toMatchObject({
    run: expect.stringMatching(/^runs\/paper_machines-4_cores-2_seed-2_load-0\.5_[0-9a-f]{10}$/),
    trace: { path: "paper.arrow", format: null, map: {}, on_bad_row: "stop" },
    options: { scheduler: "xx,edf", machines: "4", load: "0.5", seed: "2", k: "3" },
  });
  expect(cells[1].trace.sha256).toBe(json("swept", cells[1].run, "run.json").trace.sha256);
});

it("writes summary.arrow: a row per run, scheduler and class, with the options that vary and what summary says", async () => {
  const table = readTable(at("swept", "summary.arrow"));
  const names = table.schema.names as string[];
  expect(names.slice(0, 6)).toEqual(["run", "trace", "load", "seed", "scheduler", "price_class"]);
  const rows = table.toArray().map((row) => row.toJSON());
  expect(rows.length).toBe(4 * 2 * 5);
  const { run } = cellsOf("swept")[3]!;
  const summary = JSON.parse(await done(["summary", at("swept", run), "--json"], here));
  const { utilisation, classes } = summary.schedulers[1];
  const of = classes[2];
  expect(rows[4 * 2 * 5 - 3]).toMatchObject({
    ...{ run: run.slice("runs/".length), trace: "paper.arrow", load: 1.2, seed: 2, scheduler: "edf", price_class: 2 },
    ...{ machines: 4, offered_load: summary.offered_load.realised, utilisation: utilisation?.mean ?? null },
    ...{
      count: of.count,
      finished: of.finished,
      p50_slowdown: of.slowdown.p50.value,
      missed: of.missed,
      price: of.price,
    },
    ...{ p99_latency_s: null, lower_bounds: "" },
  });
});

describe("a sweep that is there already", () => {
  it("is gone on with: finished runs are not replayed again, and the bytes are the same", async () => {
    await done(["sweep", "plan.json", "-o", "again"], here);
    const before = allOf("again");
    const [first, second] = cellsOf("again")
      .slice(0, 2)
      .map(({ run }) => run) as [string, string];
    const timings = json("again", first, "timings.json");
    rmSync(at("again", second), { recursive: true });
    rmSync(at("again", "cells"), { recursive: true });
    rmSync(at("again", "summary.arrow"));
    const { status, stdout } = await replaybook(["sweep", "plan.json", "-o", "again"], here);
    expect(status).toBe(0);
    expect(stdout.replace(/in [\d.]+ s/, "in 1 s")).toBe(
      "4 runs: 1 replayed in 1 s, 3 were there already\nwrote again: summary.arrow with 40 rows, a row per run, scheduler and price class, and runs/\n",
    );
    expect(allOf("again")).toEqual(before);
    expect(json("again", first, "timings.json")).toEqual(timings);
  });
});

describe("a cell that fails", () => {
  it("does not stop the others, is named in one line, ends the sweep with 1, and is tried again", async () => {
    const cells = [{ ram: "1MiB" }, { until: "5s" }, { cut: "90d..91d" }];
    plan("failing.json", { options: { ...OPTIONS, scheduler: "edf" }, cells });
    const { status, stdout, stderr } = await replaybook(["sweep", "failing.json", "-o", "failing"], here);
    const lines = stderr.split("\n").filter((line) => !line.startsWith("sweep: "));
    expect(lines.map((line) => line.replace(/_[0-9a-f]{10}|[\d.]+(?=MiB, the)/g, "X"))).toEqual([
      "replaybook: failed: runs/paper_machines-4_cores-2_ram-1MiBX: invalid ram: 1MiB (--ram); expected at least XMiB, the least that an invocation of the workload starts with",
      expect.stringMatching(/^replaybook: failed: runs\/paper_machines-4_cores-2_cut-90d..91dX: invalid cut: .*$/),
      "replaybook: failed: 2 of 3 runs; the same command tries them again",
      "",
    ]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^3 runs: 1 replayed in .*, 2 failed\nwrote failing: summary.arrow with 5 rows, /);
    expect(cellsOf("failing").map(({ sha256 }) => sha256 === null)).toEqual([true, false, true]);
    expect(readdirSync(at("failing", "runs")).length).toBe(1);
    const again = await replaybook(["sweep", "failing.json", "-o", "failing"], here);
    expect(again.stderr).toContain("replaybook: failed: 2 of 2 runs; the same command tries them again\n");
  });
});

describe("a trace", () => {
  it("of a provider's files is read once, and its bad rows go with every run as replay has it", async () => {
    const map = { start: "arrival_s", need: "runtime_s" };
    const trace = { path: "own.csv", format: "workload", map, "on-bad-row": "quarantine" };
    plan("own.json", { options: { trace, scheduler: "edf" }, grid: { cores: [1, 2] } });
    const { status, stderr } = await replaybook(["sweep", "own.json", "-o", "own"], here);
    expect(status).toBe(0);
    expect(stderr.match(/note: .*/g)).toEqual(["note: own.csv: 1 bad row was left out: see rejects.csv in its runs"]);
    expect(readdirSync(at("own", "traces")).length).toBe(1);
    const { run } = cellsOf("own")[0]!;
    const maps = Object.entries(map).flatMap((pair) => ["--map", pair.join("=")]);
    const flags = ["--on-bad-row=quarantine", "--scheduler", "edf", "--cores", "1"];
    await done(["replay", "own.csv", ...maps, ...flags, "-o", "own-one"], here);
    expect(checksums(at("own", run))).toEqual(checksums(at("own-one")));
    expect(Object.keys(checksums(at("own", run)))).toContain("rejects.csv");
  });
});

it("lists the runs with --dry-run, and writes nothing", async () => {
  const stdout = await done(["sweep", "plan.json", "-o", "dry", "--dry-run"], here);
  expect(stdout.replace(/_[0-9a-f]{10}/g, "_X").split("\n")).toEqual([
    expect.stringMatching(/^run +scheduler {2}load {2}seed$/),
    "runs/paper_machines-4_cores-2_load-0.5_X         xx,edf      0.5     1",
    "runs/paper_machines-4_cores-2_seed-2_load-0.5_X  xx,edf      0.5     2",
    "runs/paper_machines-4_cores-2_load-1.2_X         xx,edf      1.2     1",
    "runs/paper_machines-4_cores-2_seed-2_load-1.2_X  xx,edf      1.2     2",
    "4 runs, 8 replays",
    "",
  ]);
  expect(existsSync(at("dry"))).toBe(false);
  expect(await done(["sweep", "plan.json", "-o", "swept", "--dry-run"], here)).toContain(
    "4 runs, 8 replays; 4 runs in swept already\n",
  );
  const listed = JSON.parse(await done(["sweep", "plan.json", "-o", "dry", "--dry-run", "--json"], here));
  expect(listed.map(({ run }: { run: string }) => run)).toEqual(cellsOf("swept").map(({ run }) => run));
});

it("prints sweep.json with --json, and how far it is on stderr", async () => {
  const { stdout, stderr } = await replaybook(["sweep", "plan.json", "-o", "json", "--json"], here);
  expect(stdout).toBe(readFileSync(at("json", "sweep.json"), "utf8"));
  expect(stderr).toBe([20, 40, 60, 80, 100].map((percent) => `sweep: ${percent} % of 4 runs\n`).join(""));
});

describe("what cannot be swept is refused with one line, and leaves nothing", () => {
  const wanted = "a new name, or the folder of a sweep to go on with";
  it.each([
    ["a plan that is not there", "no.json", "new", "plan: no.json (ENOENT); expected a JSON file"],
    [
      "a plan that is not JSON",
      "text.json",
      "new",
      "plan: text.json (not JSON); expected a JSON object of options, a grid or cells",
    ],
    [
      "a plan that is a list",
      "list.json",
      "new",
      "plan: list.json (no JSON object); expected a JSON object of options, a grid or cells",
    ],
    ["an empty list", "empty.json", "new", "load: [] (empty.json, grid); expected a list of one or more values"],
    [
      "a trace that is not there",
      "lost.json",
      "new",
      "trace: lost.csv (no such file or folder); expected a trace's files or folder",
    ],
    [
      "a folder of something else",
      "plan.json",
      "other",
      `output: other (-o, exists and is no sweep's); expected ${wanted}`,
    ],
    ["a file", "plan.json", "own.csv", `output: own.csv (-o, not a folder); expected ${wanted}`],
    [
      "a sweep.json that is none",
      "plan.json",
      "broken",
      `output: broken (-o, its sweep.json is not a sweep's); expected ${wanted}`,
    ],
    ["no workers", "plan.json --workers 0", "new", "workers: 0 (--workers); expected a whole number from 1 to 1024"],
  ])("%s", async (_, args, output, message) => {
    writeFileSync(at("text.json"), "{");
    writeFileSync(at("list.json"), "[1]");
    plan("empty.json", { options: OPTIONS, grid: { load: [] } });
    plan("lost.json", { options: { trace: "lost.csv" } });
    for (const name of ["other", "broken"]) mkdirSync(at(name), { recursive: true });
    writeFileSync(at("other", "notes.txt"), "mine");
    writeFileSync(at("broken", "sweep.json"), "{");
    expect(await replaybook(["sweep", ...args.split(" "), "-o", output], here)).toEqual({
      status: 2,
      stdout: "",
      stderr: `replaybook: invalid ${message}\n`,
    });
    expect(existsSync(at("new"))).toBe(false);
    expect(readdirSync(at("other"))).toEqual(["notes.txt"]);
  });
});
