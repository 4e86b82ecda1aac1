import { appendFileSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { register } from "../../src/cli/replay.js";
import { call } from "./call.js";

const here = mkdtempSync(join(tmpdir(), "replaybook-reuse-"));
const at = (...path: string[]) => join(here, ...path);
const replay = (...more: readonly string[]) =>
  call(register, "replay", at("calls.csv"), "--machines", "1", "--scheduler", "xx", "-o", at("run"), ...more);
const written = () => statSync(at("run/run.json")).mtimeMs;

beforeAll(async () => {
  writeFileSync(at("calls.csv"), "arrival_s,runtime_s\n0,1\n2,1\n");
  await replay("--reuse");
});
afterAll(() => rmSync(here, { recursive: true }));

describe("replay --reuse", () => {
  it("keeps the very run that it would write", async () => {
    const before = written();
    expect(await replay("--reuse")).toBe(`${at("run")} is this run already\n`);
    expect(JSON.parse(await replay("--reuse", "--force", "--json")).options.machines).toBe("1");
    expect(written()).toBe(before);
  });

  it("says what is not the same, and leaves it as it is", async () => {
    const before = written();
    const refused = (what: string) =>
      `invalid output: ${at("run")} (-o, exists: ${what}); expected a new name, or --force to replace it`;
    await expect(replay("--reuse", "--seed", "2")).rejects.toThrow(refused("a run with seed 1, not 2"));
    await expect(replay("--reuse", "--map", "a=trigger")).rejects.toThrow(refused("its trace was read in another way"));
    mkdirSync(at("folder"));
    await expect(
      call(register, "replay", at("calls.csv"), "--reuse", "-o", at("folder"), "--machines", "1"),
    ).rejects.toThrow("-o, exists: not a run");
    expect(written()).toBe(before);
  });

  it("replays again where the trace has changed since, if forced to", async () => {
    appendFileSync(at("calls.csv"), "3,1\n");
    await expect(replay("--reuse")).rejects.toThrow("-o, exists: its trace has changed since");
    expect(JSON.parse(await replay("--reuse", "--force", "--json")).workload.rows).toBe(3);
  });
});
