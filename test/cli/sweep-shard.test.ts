import { type StdioOptions, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type SweepManner, sweep } from "../../src/cli/sweep-run.js";
import { checksums, done, ended, MAIN } from "./built.js";

const here = mkdtempSync(join(tmpdir(), "replaybook-shards-"));
afterAll(() => rmSync(here, { recursive: true }));
const at = (...path: string[]) => join(here, ...path);
const PLAN = {
  options: { trace: at("own.csv"), machines: 4, cores: 2, scheduler: "edf" },
  grid: { load: [0.5, 1.2], seed: [1, 2, 3] },
};
/** Everything of a sweep but what says when and where it ran. */
const allOf = (folder: string) => {
  const isResult = ([path]: [string, string]) => !/(timings|source)\.json$/.test(path);
  return Object.fromEntries(Object.entries(checksums(at(folder))).filter(isResult));
};
const part = (folder: string, index: number, count: number, manner: SweepManner = {}) =>
  sweep(PLAN, at(folder), undefined, { workers: 0, shard: { index, count }, ...manner });

beforeAll(async () => {
  const rows = Array.from({ length: 300 }, (_, i) => `${i / 8},1,${i % 5}\n`);
  writeFileSync(at("own.csv"), `arrival_s,runtime_s,price_class\n${rows.join("")}`);
  writeFileSync(at("plan.json"), JSON.stringify(PLAN));
  await sweep(PLAN, at("whole"), undefined, { workers: 0 });
});

it("shards replay each its own runs, and the last to end sums up: the bytes of a sweep in one piece", async () => {
  expect(await part("apart", 2, 4)).toMatchObject({ replayed: 2, rows: null });
  expect(readdirSync(at("apart", "runs")).length).toBe(2);
  expect(await part("apart", 4, 4)).toMatchObject({ replayed: 1, rows: null });
  expect(await part("apart", 1, 4)).toMatchObject({ replayed: 2, rows: null });
  expect(await part("apart", 3, 4)).toMatchObject({ replayed: 1, rows: 6 * 5 });
  expect(allOf("apart")).toEqual(allOf("whole"));
});

it("shards at once make them too, more shards than runs included, and again nothing is replayed", async () => {
  const parts = (count: number, folder: string) =>
    Promise.all(Array.from({ length: count }, (_, i) => part(folder, i + 1, count)));
  const all = await parts(8, "at-once");
  expect(all.map(({ replayed }) => replayed)).toEqual([1, 1, 1, 1, 1, 1, 0, 0]);
  expect(allOf("at-once")).toEqual(allOf("whole"));
  expect((await parts(3, "at-once")).map(({ replayed }) => replayed)).toEqual([0, 0, 0]);
  expect(allOf("at-once")).toEqual(allOf("whole"));
});

it("a sweep in one piece does what shards have left, and sums up", async () => {
  await part("left", 1, 3);
  expect(await sweep(PLAN, at("left"), undefined, { workers: 0 })).toMatchObject({ replayed: 4, rows: 30 });
  expect(allOf("left")).toEqual(allOf("whole"));
});

/** A shard as a cluster starts it: the line of README's page, with what the cluster puts in the environment. */
const clusters = {
  kubernetes: (i: number) => ({ line: '"$((JOB_COMPLETION_INDEX + 1))/2"', env: { JOB_COMPLETION_INDEX: `${i - 1}` } }),
  slurm: (i: number) => ({
    line: '"$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT"',
    env: { SLURM_ARRAY_TASK_ID: `${i}`, SLURM_ARRAY_TASK_COUNT: "2" },
  }),
};

it("a Kubernetes index and a Slurm task are shards, each a process of its own, and say what is missing", async () => {
  const shard = (cluster: keyof typeof clusters, i: number) => {
    const { line, env } = clusters[cluster](i);
    const command = `exec "${process.execPath}" "${MAIN}" sweep plan.json -o cluster --workers 1 --shard ${line}`;
    const stdio: StdioOptions = ["ignore", "pipe", "pipe"];
    return ended(spawn("sh", ["-c", command], { cwd: here, stdio, env: { ...process.env, ...env } }));
  };
  const first = await shard("kubernetes", 1);
  expect(first.status).toBe(0);
  expect(first.stdout.replace(/in [\d.]+ s/, "in 1 s")).toBe(
    "6 runs: 3 replayed in 1 s, 3 of other shards not there yet\nwrote cluster: runs/; whoever ends the last shard writes summary.arrow\n",
  );
  const both = await Promise.all([shard("slurm", 2), shard("kubernetes", 1)]);
  expect(both.map(({ status }) => status)).toEqual([0, 0]);
  expect(allOf("cluster")).toEqual(allOf("whole"));
});

it("a shard whose process was killed is taken over, one that lives is not", async () => {
  await part("killed", 1, 2);
  const lock = at("killed", "sweep.shard-2-of-2.lock");
  writeFileSync(lock, JSON.stringify({ pid: 2 ** 22 + 1, host: hostname(), since: 0 }));
  expect(await part("killed", 2, 2)).toMatchObject({ replayed: 3, rows: 30 });
  writeFileSync(lock, JSON.stringify({ pid: 1, host: "elsewhere", since: 0 }));
  setTimeout(() => writeFileSync(lock, JSON.stringify({ pid: 1, host: "elsewhere", since: 0 })), 100);
  await expect(part("killed", 2, 2)).rejects.toThrow(
    `invalid output: ${at("killed")} (-o, which process 1 on elsewhere is writing to, shard 2/2); expected another folder, or to wait until it has ended`,
  );
});

it("waits for another process that has the folder, and says so", async () => {
  await part("busy", 1, 2);
  const lock = at("busy", "sweep.lock");
  writeFileSync(lock, JSON.stringify({ pid: 1, host: "elsewhere", since: 0 }));
  const notes: string[] = [];
  const waiting = part("busy", 2, 2, { note: (text) => notes.push(text) });
  setTimeout(() => rmSync(lock), 300);
  expect(await waiting).toMatchObject({ rows: 30 });
  expect(notes).toEqual([`waiting for process 1 on elsewhere, which is writing to ${at("busy")}`]);
});

it.each([
  [["--shard", "3/2"], "shard: 3/2 (--shard); expected i/n, the i-th of n parts, from 1/n to n/n, n up to 100000"],
  [["--shard", "1/2", "--force"], "force: true (--force, with --shard); expected one of the two"],
  [["--store", "x"], "store: x (--store, without --queue or REPLAYBOOK_QUEUE); expected it with --queue"],
  [["--cancel"], "cancel: true (--cancel, without --queue or REPLAYBOOK_QUEUE); expected it with --queue"],
  [
    ["--queue", "redis://h", "--workers", "2"],
    "workers: 2 (--workers, with --queue); expected it at `replaybook worker`",
  ],
])("%j is refused", async (args, message) => {
  await expect(done(["sweep", "plan.json", "-o", "new", ...args], here)).rejects.toThrow(
    `2: replaybook: invalid ${message}\n`,
  );
  expect(readFileSync(at("plan.json"), "utf8")).toContain("grid");
});
