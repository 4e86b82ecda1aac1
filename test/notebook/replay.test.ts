import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { checksums, done, MAIN } from "../cli/built.js";

/** As built, for they start the built command line. */
const built = (name: string) => import(pathToFileURL(join(MAIN, "../../notebook", `${name}.js`)).href);
const { replay } = (await built("replay")) as typeof import("../../src/notebook/replay.js");
const { sweep } = (await built("sweep")) as typeof import("../../src/notebook/sweep.js");
const { generate, ingest, sample } = (await built("make")) as typeof import("../../src/notebook/make.js");

const here = mkdtempSync(join(tmpdir(), "replaybook cells "));
const cwd = process.cwd();
let trace: string;
beforeAll(async () => {
  process.chdir(here); // a notebook's folder
  writeFileSync("package.json", "{}");
  trace = await generate("paper", { load: 20, ticks: 20 });
});
afterAll(() => {
  process.chdir(cwd);
  rmSync(here, { recursive: true });
});

describe("a replay in a cell", () => {
  const options = { machines: 10, cores: 4, scheduler: ["xx", "hermod"], swapInWatermark: 0.8, seed: 3 };

  it("has the bytes of the command line's", async () => {
    const run = await replay({ trace, ...options }, "mine");
    const flags = ["--machines", "10", "--cores", "4", "--scheduler", "xx,hermod", "--swap-in-watermark", "0.8"];
    await done(["replay", trace, ...flags, "--seed", "3", "-o", "theirs"], here);
    expect(run.schedulers).toEqual(["xx", "hermod"]);
    expect(checksums("mine")).toEqual(checksums("theirs"));
  });

  it("that is run again opens what is there; another goes elsewhere, or is refused where the folder was given", async () => {
    const first = await replay({ trace, ...options });
    const before = statSync(join(first.folder, "run.json")).mtimeMs;
    expect((await replay({ trace, ...options })).folder).toBe(first.folder);
    expect(statSync(join(first.folder, "run.json")).mtimeMs).toBe(before);
    expect(first.folder).toMatch(
      /^data\/runs\/paper_load-20_ticks-20_[0-9a-f]{10}_machines-10_cores-4_scheduler-xx-hermod_swap-i_[0-9a-f]{10}$/,
    );
    await expect(replay({ trace, ...options, seed: 4 }, "mine")).rejects.toThrow(
      "invalid output: mine (-o, exists: a run with seed 3, not 4); expected a new name, or --force to replace it",
    );
    expect((await replay({ trace, ...options, seed: 4, force: true }, "mine")).manifest.seed).toBe(4);
  });

  it("tells how far it is, up to the end", async () => {
    const told: [string, number, number][] = [];
    await replay({ trace, scheduler: "xx" }, "told", (...stage) => told.push(stage));
    expect(told.length).toBeGreaterThan(0);
    for (const [, at, total] of told) expect(at / total).toBeLessThanOrEqual(1);
  });

  it("is refused as on the command line, in one line", async () => {
    await expect(replay({ trace, scheduler: "fifo" })).rejects.toMatchObject({
      name: "Invalid",
      message: "invalid scheduler: fifo (--scheduler); expected one of xx, hermod, edf, ideal, random",
    });
    await expect(replay({ trace, loud: 1 })).rejects.toThrow(
      "invalid option: --loud=1 (unknown); expected what `replaybook replay --help` lists",
    );
  });

  it("that is interrupted ends at once, and leaves nothing", async () => {
    const large = await generate("paper", { load: 400, ticks: 500 });
    const kernel = vi.fn(); // A kernel hears of the interrupt, and goes on.
    process.on("SIGINT", kernel);
    try {
      const progress = vi.fn();
      const replayed = replay({ trace: large }, "interrupted", progress);
      const failed = expect(replayed).rejects.toMatchObject({
        name: "Interrupted",
        message: "replay was interrupted; nothing was left half-written",
      });
      while (progress.mock.calls.length === 0) await setTimeout(5);
      process.kill(process.pid, "SIGINT");
      await failed;
      expect(kernel).toHaveBeenCalledOnce();
      expect(readdirSync(".").filter((name) => name.startsWith("interrupted"))).toEqual([]);
    } finally {
      process.off("SIGINT", kernel);
    }
  });
});

describe("a sweep in a cell", () => {
  it("is a table and runs to open, and is not made twice", async () => {
    const plan = { options: { trace, machines: 10 }, grid: { scheduler: ["xx", "edf"], load: [0.5, 0.9] } };
    const swept = await sweep(plan);
    expect(swept.runs.map(({ options }) => options["load"])).toEqual(["0.5", "0.9"]);
    expect(swept.table.numRows()).toBe(2 * 2 * 5);
    const run = swept.open({ load: 0.9 });
    expect(run.schedulers).toEqual(["xx", "edf"]);
    expect(swept.open(1).folder).toBe(run.folder);
    expect(swept.open(swept.table.get("run", 0) as string).folder).toBe(swept.open(0).folder);
    expect(() => swept.open({ scheduler: "xx" })).toThrow(
      `invalid run: {"scheduler":"xx"} (2 runs of ${swept.folder}, which varies scheduler, load); expected what only one run has`,
    );
    const before = statSync(join(run.folder, "run.json")).mtimeMs;
    expect((await sweep(plan)).folder).toBe(swept.folder);
    expect(statSync(join(run.folder, "run.json")).mtimeMs).toBe(before);
  });

  it("of a plan that is wrong is refused", async () => {
    await expect(sweep({ options: { trace }, grid: { load: [0.5, 0.5] } })).rejects.toThrow(
      "invalid load: 0.5 (plan, grid, twice); expected each value once",
    );
  });
});

describe("a trace in a cell", () => {
  it("is read, opened, looked into and sampled; the second time it is there already", async () => {
    const made = await generate("azure", { functions: 40, seed: 7 });
    const read = await ingest(made);
    expect((await ingest(made)).folder).toBe(read.folder);
    expect(read.manifest).toMatchObject({ kind: "counts", functions: 40 });
    expect(read.tables).toEqual(["functions", "counts", "durations", "memory"]);
    expect(read.table("functions", ["trigger"]).numRows()).toBe(40);
    expect(() => read.table("invocations")).toThrow(/^invalid table: invocations .* one of functions, counts, /);
    expect((await read.inspect()).invocations.reduce((a, b) => a + b)).toBe(read.manifest.invocations);
    const drawn = await sample(read, { functions: 10, seed: 1 });
    expect(drawn.manifest.functions).toBe(10);
    expect(Object.keys(drawn.report!)).toContain("spreads");
    expect((await replay({ trace: drawn, machines: 2, cut: "0..1h" })).manifest.trace.sha256).toBe(
      drawn.manifest.sha256,
    );
  });
});
