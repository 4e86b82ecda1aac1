import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checksums, done, ended, replaybook, start } from "./built.js";

const here = mkdtempSync(join(tmpdir(), "replaybook-checkpoint-"));
const sample = join(import.meta.dirname, "../../traces/azure-functions-sample");
const SHARED = [sample, "--machines", "60", "--load", "0.98", "--cut", "0s..40m", "--scheduler", "xx,hermod,edf"];
const options = (record: string, to: string, more: readonly string[] = ["--checkpoint", "0.1s"]) => [
  ...["replay", ...SHARED, "--record", record, ...more, "-o", to],
];
const left = (to: string) => readdirSync(here).filter((name) => name.startsWith(`${to}.partial`));

/** Number of the last checkpoint in a folder that is not whole; 0: none. */
function lastCheckpoint(partial: string): number {
  const path = join(here, partial, "checkpoint/run.json");
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")).number : 0;
}

/** Starts a replay and ends it by a signal, so many milliseconds after it has written a checkpoint. */
async function interrupted(words: readonly string[], signal: NodeJS.Signals, wait: number) {
  const to = words.at(-1)!;
  const before = Math.max(0, ...left(to).map(lastCheckpoint));
  const child = start(words, here);
  const over = ended(child);
  while (lastCheckpoint(`${to}.partial-${child.pid}`) <= before) {
    if (child.exitCode !== null) throw new Error(`it ended before there was a checkpoint: ${(await over).stderr}`);
    await setTimeout(2);
  }
  await setTimeout(wait);
  child.kill(signal);
  return over;
}

beforeAll(async () => {
  await done(options("none", "none", []), here);
  await done(options("sample=0.02", "sample=0.02", []), here);
}, 120_000);
afterAll(() => rmSync(here, { recursive: true }));

describe.each(["none", "sample=0.02"])("a streamed replay that is killed (--record %s)", (record) => {
  it("goes on from its last checkpoint, again and again, and ends with the bytes of an undisturbed one", async () => {
    const to = `${record}-killed`;
    for (const [round, wait] of [0, 130, 40].entries()) {
      const { status, stderr } = await interrupted(options(record, to), "SIGKILL", wait);
      expect(status).toBeNull();
      if (round > 0) expect(stderr).toMatch(/^going on from a checkpoint, after [1-9]\d* invocations$/m);
      else expect(stderr).not.toContain("going on");
      expect(left(to)).toHaveLength(1);
    }
    const { status, stderr } = await replaybook(options(record, to), here);
    expect(stderr).toMatch(/^going on from a checkpoint, after [1-9]\d* invocations$/m);
    expect(status).toBe(0);
    expect(checksums(join(here, to))).toEqual(checksums(join(here, record)));
    expect(left(to)).toEqual([]);
  }, 120_000);
});

describe("a streamed replay that is interrupted", () => {
  it("leaves its checkpoint to the same command, and to no other", async () => {
    const { status, stderr } = await interrupted(options("none", "told"), "SIGTERM", 50);
    expect(status).toBe(143);
    expect(stderr).toContain("interrupted; the same command goes on from the last checkpoint\n");
    const [partial] = left("told");
    const other = await replaybook(options("none", "told", ["--seed", "2"]), here);
    expect(other.stderr).not.toContain("going on");
    expect(left("told")).toEqual([partial]);
    expect((await replaybook(options("none", "told"), here)).stderr).toContain("invalid output: told (-o, exists)");
    expect(left("told")).toEqual([partial]);
    rmSync(join(here, "told"), { recursive: true });
    const same = await replaybook(options("none", "told"), here);
    expect(same.stderr).toContain("going on from a checkpoint");
    expect(checksums(join(here, "told"))).toEqual(checksums(join(here, "none")));
    expect(left("told")).toEqual([]);
  }, 120_000);

  it("is left alone while the process that writes it is there", async () => {
    const child = start(options("none", "live"), here);
    const over = ended(child);
    const partial = join(here, `live.partial-${child.pid}`);
    while (lastCheckpoint(`live.partial-${child.pid}`) === 0) await setTimeout(2);
    child.kill("SIGSTOP");
    const other = await replaybook(options("none", "live"), here);
    expect(other.stderr).not.toContain("going on");
    expect(existsSync(join(partial, "checkpoint/run.json"))).toBe(true);
    child.kill("SIGKILL");
    child.kill("SIGCONT");
    await over;
    expect(checksums(join(here, "live"))).toEqual(checksums(join(here, "none")));
  }, 120_000);

  it("leaves nothing where it writes no checkpoints", async () => {
    const child = start(options("none", "off", ["--checkpoint", "off"]), here);
    const over = ended(child);
    while (!existsSync(join(here, `off.partial-${child.pid}`, "edf/machines.arrow"))) await setTimeout(2);
    child.kill("SIGTERM");
    expect((await over).stderr).not.toContain("checkpoint");
    expect(left("off")).toEqual([]);
  }, 60_000);
});

it("refuses a time that is none", async () => {
  const { status, stderr } = await replaybook(options("none", "bad", ["--checkpoint", "soon"]), here);
  expect(status).toBe(2);
  expect(stderr).toMatch(/^replaybook: invalid .*soon.*\(--checkpoint\); expected .*\n$/);
  expect(left("bad")).toEqual([]);
});
