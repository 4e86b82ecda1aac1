import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canonicalTexts, parseOptions, resolveTexts } from "../../src/cli/run-options.js";
import { run } from "../../src/run.js";
import { writeManifests } from "../../src/run-manifest.js";
import { SCHEDULERS } from "../../src/scheduler/schedulers.js";
import { openTrace } from "../../src/trace/trace-folder.js";
import { checksums, done } from "../cli/built.js";

const ROOT = join(import.meta.dirname, "../..");
const GOLDEN = join(import.meta.dirname, "replay.sha256");
const here = mkdtempSync(join(tmpdir(), "replaybook-golden-"));
afterAll(() => rmSync(here, { recursive: true }));

const PAPER = { scheduler: Object.keys(SCHEDULERS).join(","), machines: "40", k: "2", shards: "3", seed: "5" };
/** Draws of every kind: rounded counts, gamma gaps, spread timers, runtimes, memory, classes. */
const SAMPLE = {
  ...{ scheduler: PAPER.scheduler, machines: "5", cores: "6", cut: "40m..43m", load: "0.9", seed: "11" },
  ...{ arrivals: "gamma:2", timers: "spread", classes: "weights-per-invocation:0.35,0.25,0.02,0.15,0.23" },
  ...{ "cpu-fraction": "0.8", "max-runtime": "30s", "app-memory": "divide-by-functions" },
};
const RUNS = {
  paper: { trace: "paper.arrow", texts: PAPER },
  "paper-until": { trace: "paper.arrow", texts: { ...PAPER, until: "25s" } },
  sample: { trace: "sample", texts: SAMPLE },
  "sample-until": { trace: "sample", texts: { ...SAMPLE, until: "42m" } },
} as const;

/** Makes the workload and every run in a new folder with a Node; gives the folder. */
async function runsOf(node: string, name: string): Promise<string> {
  const folder = join(here, name);
  mkdirSync(folder);
  cpSync(join(ROOT, "traces/azure-functions-sample"), join(folder, "sample"), { recursive: true });
  await done(["generate", "paper", "--ticks", "40", "--load", "100", "-o", "paper.arrow"], folder, node);
  for (const [run, { trace, texts }] of Object.entries(RUNS)) {
    const flags = Object.entries(texts).flatMap(([option, text]) => [`--${option}`, text]);
    await done(["replay", trace, ...flags, "-o", `runs/${run}`], folder, node);
  }
  return join(folder, "runs");
}

/** The files of runs with their sha256, as sha256sum lists them, under one sha256 of that list. */
function listing(sums: Readonly<Record<string, string>>): string {
  const lines = Object.entries(sums).filter(([path]) => !path.endsWith("/timings.json"));
  const list = lines.map(([path, sha256]) => `${sha256}  ${path}\n`).join("");
  return `${createHash("sha256").update(list).digest("hex")}  all of them\n${list}`;
}

let runs: string;
beforeAll(async () => {
  runs = await runsOf(process.execPath, "this-node");
  for (const trace of new Set(Object.values(RUNS).map((run) => run.trace))) {
    await done(["ingest", trace, "-o", `ingested/${trace}`], join(runs, ".."));
  }
});

/** The path of a Node of a major version: this one, or one that npm brings; null where it does not. */
async function nodeOf(major: number): Promise<string | null> {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  try {
    const args = ["--yes", "--package", `node@${major}`, "node", "--print", "process.execPath"];
    const { stdout } = await promisify(execFile)("npx", args, { cwd: here, timeout: 300_000 });
    return stdout.trim();
  } catch {
    return null;
  }
}

describe("the golden replays", () => {
  it("are the same bytes as ever", async () => {
    await expect(listing(checksums(runs))).toMatchFileSnapshot(GOLDEN);
  });

  it.for([20, 22, 24])("are the same bytes on Node %i", { timeout: 600_000 }, async (major, { skip }) => {
    const node = await nodeOf(major);
    if (node === null) {
      console.warn(`not tested: the golden replays on Node ${major}, which npx does not bring here`);
      skip();
      return;
    }
    const sums = listing(checksums(node === process.execPath ? runs : await runsOf(node, `node-${major}`)));
    await expect(sums).toMatchFileSnapshot(GOLDEN);
  });
});

/** Replays one of RUNS as another program would, into a new folder, and gives the checksums of its files. */
async function again(name: keyof typeof RUNS, to: string, how: typeof run, workers: number, scheduler?: string) {
  const texts = resolveTexts({}, { ...RUNS[name].texts, ...(scheduler === undefined ? {} : { scheduler }) });
  const options = parseOptions(texts);
  const folder = join(here, to);
  mkdirSync(folder);
  const trace = await openTrace(join(runs, "../ingested", RUNS[name].trace));
  const facts = await how(trace, options, folder, { workers });
  await trace.close();
  writeManifests(folder, trace, { map: {}, on_bad_row: "stop" }, canonicalTexts(texts, options), facts, {});
  return checksums(folder);
}

describe.each(Object.keys(RUNS) as (keyof typeof RUNS)[])("the run %s", (name) => {
  it("has the same bytes in one thread, and with a worker for all schedulers, as with one for each", async () => {
    const built = (await import(join(ROOT, "dist/run.js"))) as { run: typeof run };
    const expected = checksums(join(runs, name));
    expect(await again(name, `${name}-0`, run, 0)).toEqual(expected);
    expect(await again(name, `${name}-1`, built.run, 1)).toEqual(expected);
  });

  it("has the same tables for each scheduler alone as for all of them together", async () => {
    const { "run.json": _, ...expected } = checksums(join(runs, name));
    const alone: Record<string, string> = {};
    for (const scheduler of Object.keys(SCHEDULERS)) {
      Object.assign(alone, await again(name, `${name}-${scheduler}`, run, 0, scheduler));
    }
    const { "run.json": __, ...tables } = alone;
    expect(tables).toEqual(expected);
  });
});
