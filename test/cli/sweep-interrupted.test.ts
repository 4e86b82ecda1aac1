import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checksums, done, ended, replaybook, start } from "./built.js";

const here = mkdtempSync(join(tmpdir(), "replaybook-killed-"));
const at = (...path: string[]) => join(here, ...path);
const SWEEP = ["sweep", "plan.json", "--workers", "2", "-o"];
/** Files and folders anywhere under a folder. */
const everything = (folder: string) => {
  try {
    return readdirSync(folder, { recursive: true, encoding: "utf8" });
  } catch {
    return [];
  }
};
/** The runs of a sweep that are whole. */
const wholeRuns = (folder: string) =>
  everything(folder).filter((path) => /^runs\/[^/]*[0-9a-f]{10}\/run\.json$/.test(path));
const allOf = (folder: string) =>
  Object.fromEntries(Object.entries(checksums(folder)).filter(([path]) => !/(timings|source)\.json$/.test(path)));
let expected: Record<string, string>;

beforeAll(async () => {
  await done(["generate", "paper", "--ticks", "60", "--load", "100", "-o", "paper.arrow"], here);
  const options = { trace: "paper.arrow", machines: 10, cores: 4 };
  writeFileSync(
    at("plan.json"),
    JSON.stringify({ options, grid: { scheduler: ["xx", "edf"], seed: [1, 2, 3, 4, 5, 6] } }),
  );
  await done([...SWEEP, "whole"], here);
  expected = allOf(at("whole"));
});
afterAll(() => rmSync(here, { recursive: true }));

describe("a sweep that is killed with SIGKILL", () => {
  it.each([
    ["while it reads the trace", (paths: readonly string[]) => paths.includes("traces")],
    ["before its first run is whole", (paths: readonly string[]) => paths.includes("runs")],
    ["after some runs", (paths: readonly string[]) => paths.filter((path) => /^cells\/.*json$/.test(path)).length > 2],
  ])(
    "%s goes on when it is started again, to the same bytes, and replays no whole run again",
    async (when, reached) => {
      const folder = at(when.replaceAll(" ", "-"));
      const child = start([...SWEEP, folder], here);
      const end = ended(child);
      while (!reached(everything(folder))) await setTimeout(1);
      child.kill("SIGKILL");
      expect((await end).status).toBe(null);
      const whole = wholeRuns(folder);
      expect(whole.length).toBeLessThan(6);
      const before = timesOf(folder, whole);
      const { status, stdout } = await replaybook([...SWEEP, folder], here);
      expect(status).toBe(0);
      expect(stdout).toContain(`6 runs: ${6 - whole.length} replayed`);
      expect(allOf(folder)).toEqual(expected);
      expect(timesOf(folder, whole)).toEqual(before);
    },
  );

  it("many times, at any moment, ends with the same bytes", async () => {
    const folder = at("often");
    for (let kill = 0; kill < 8; kill++) {
      const child = start([...SWEEP, folder], here);
      const end = ended(child);
      await setTimeout(150 + 97 * kill);
      child.kill("SIGKILL");
      await end;
    }
    await done([...SWEEP, folder], here);
    expect(allOf(folder)).toEqual(expected);
  });
});

it("an interrupt ends a sweep promptly and leaves only whole runs", async () => {
  const folder = at("interrupted");
  const child = start([...SWEEP, folder], here);
  const end = ended(child);
  while (wholeRuns(folder).length === 0) await setTimeout(1);
  child.kill("SIGINT");
  expect((await end).status).toBe(130);
  expect(everything(folder).filter((path) => path.includes("partial") || path.endsWith(".lock"))).toEqual([]);
  await done([...SWEEP, folder], here);
  expect(allOf(folder)).toEqual(expected);
});

it("two sweeps do not share a folder at a time", async () => {
  const folder = at("shared");
  const child = start([...SWEEP, folder], here);
  const end = ended(child);
  while (!everything(folder).includes("sweep.lock")) await setTimeout(1);
  const { status, stderr } = await replaybook([...SWEEP, "shared"], here);
  expect(status).toBe(2);
  expect(stderr).toMatch(
    new RegExp(
      `^replaybook: invalid output: shared \\(-o, which process ${child.pid} on \\S+ is writing to\\); expected another folder, or to wait until it has ended\n$`,
    ),
  );
  expect((await end).status).toBe(0);
  expect(allOf(folder)).toEqual(expected);
});

/** When whole runs were written. */
function timesOf(folder: string, runs: readonly string[]): Record<string, string>[] {
  return runs.map((run) => {
    const { mtimeMs } = statSync(join(folder, run.replace("run.json", "timings.json")));
    return { run, mtimeMs: String(mtimeMs) };
  });
}
