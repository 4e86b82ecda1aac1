import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { SWEEP_OPTIONS } from "../../src/cli/sweep-options.js";
import { sweepCells } from "../../src/cli/sweep-run.js";
import { attempt } from "../../src/sweep/attempt.js";
import { SweepFolder } from "../../src/sweep/folder.js";
import { hashOf } from "../../src/sweep/grid.js";
import type { Hands } from "../../src/sweep/hands.js";
import { type CellJob, jobOf, refusalOf, understood } from "../../src/sweep/jobs.js";

const here = mkdtempSync(join(tmpdir(), "replaybook-attempt-"));
afterAll(() => rmSync(here, { recursive: true }));
const TRACE = join(here, "own.csv");
writeFileSync(TRACE, "arrival_s,runtime_s\n0,1\n");
const [cell] = sweepCells({ options: { trace: TRACE, scheduler: "edf" } }) as [ReturnType<typeof sweepCells>[0]];
const trace = { folder: TRACE, sha256: "", path: TRACE, rejects: null };
const progress = () => {};

/** Hands that write `text` as a run, after `meanwhile`. */
const writing = (text: string, meanwhile: () => unknown = () => {}): Hands => ({
  async replay({ folder }) {
    writeFileSync(join(folder, "run.json"), text);
    await meanwhile();
  },
  record: async () => ({ sha256: {}, rows: [] }),
  end: async () => {},
});
let into: SweepFolder;
let folder: string;
const go = (hands: Hands, name: string) => attempt({ cell, trace, into, hands, name, workers: 1, progress });
const runs = () => readdirSync(join(folder, "runs"));
const text = () => readFileSync(join(into.run(cell), "run.json"), "utf8");
const fresh = (name: string) => {
  folder = join(here, name);
  mkdirSync(folder);
  into = SweepFolder.at(folder);
};
beforeAll(() => fresh("first"));

it("an attempt gives a run its name when it is whole, and records it", async () => {
  const during = async () => {
    expect(runs()).toEqual([`.cell-${hashOf(cell.name)}.job.1.tmp`]);
    expect(into.has(cell)).toBe(false);
  };
  expect(await go(writing("a", during), "job.1")).toBe(true);
  expect(runs()).toEqual([cell.name]);
  expect(into.record(cell)).toEqual({ sha256: {}, rows: [] });
  expect(into.finished([cell])).toEqual([cell]);
});

it("a run that is whole is not replayed again, only recorded where that is missing", async () => {
  into.forgetRecord(cell);
  expect(await go(writing("b"), "job.2")).toBe(false);
  expect(text()).toBe("a");
  expect(into.finished([cell])).toEqual([cell]);
});

it("of two attempts at once the second to end is dropped", async () => {
  fresh("two");
  const first = go(
    writing("slow", () => go(writing("fast"), "job.2")),
    "job.1",
  );
  expect(await first).toBe(true);
  expect(text()).toBe("fast");
  expect(runs()).toEqual([cell.name]);
});

it("an attempt that fails leaves nothing; what others that were killed have left goes with the next", async () => {
  fresh("failing");
  const failing = go(
    writing("a", () => Promise.reject(new Error("no"))),
    "job.1",
  );
  await expect(failing).rejects.toThrow("no");
  expect(runs()).toEqual([]);
  mkdirSync(join(folder, "runs", `.cell-${hashOf(cell.name)}.job.7.tmp`));
  mkdirSync(join(folder, "runs", ".cell-other.job.7.tmp"));
  await go(writing("a"), "job.2");
  expect(runs()).toEqual([".cell-other.job.7.tmp", cell.name]);
});

const store = { path: here, id: "" };
const job: CellJob = jobOf(cell, trace, "loads", "sha", store);

it("a job says no more than the cell, the trace and the versions, with paths in the store", () => {
  expect(job).toEqual({
    ...{ replaybook: "0.1.0", table_version: "1", plan: "sha", sweep: "loads", run: cell.name },
    ...{ trace: cell.trace, options: cell.texts, from: { ...trace, folder: "own.csv" } },
  });
  const sent = JSON.parse(JSON.stringify(job));
  expect(understood(sent, { path: "/mnt/x", id: "" }, SWEEP_OPTIONS)).toEqual({
    folder: "/mnt/x/loads",
    cell,
    trace: { ...trace, folder: "/mnt/x/own.csv" },
    manifest: "/mnt/x/loads/sweep.json",
  });
});

it("a job of another version is refused, and so is one that leads out of the store or is not what it is named", () => {
  expect(refusalOf(job)).toBe(null);
  expect(refusalOf({ ...job, replaybook: "0.0.9" })!.message).toBe(
    "invalid version: 0.0.9 with tables of version 1 (of the plan of loads); expected 0.1.0 and 1, this worker's",
  );
  const wrong = (differs: Partial<CellJob>) => () => understood({ ...job, ...differs }, store, SWEEP_OPTIONS);
  expect(wrong({ sweep: "../loads" })).toThrow("invalid job: ../loads (../loads); expected a path inside the store");
  expect(wrong({ from: { ...job.from, folder: "/etc" } })).toThrow("invalid job: /etc (loads); ");
  expect(wrong({ run: "../../x" })).toThrow("expected the name that its options make");
  expect(wrong({ options: { ...job.options, seed: "2" } })).toThrow("expected the name that its options make");
  expect(existsSync(join(here, "x"))).toBe(false);
});
