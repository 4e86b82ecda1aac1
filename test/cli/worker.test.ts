import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { done } from "./built.js";

const here = mkdtempSync(join(tmpdir(), "replaybook-worker-"));
afterAll(() => rmSync(here, { recursive: true }));
const queue = ["--queue", "redis://127.0.0.1:1"];

it.each([
  ["no queue", [], "queue: none (--queue, REPLAYBOOK_QUEUE); expected an address such as redis://host:6379"],
  ["no workers", [...queue, "--workers", "0"], "workers: 0 (--workers); expected a whole number from 1 to 1024"],
  ["a lock too short", [...queue, "--lock", "500ms"], "lock: 500ms (--lock); expected a time from 1s to 1d"],
  ["no time", [...queue, "--idle", "x"], "time: x (--idle); expected a number with a unit, such as 90s, 8h or 2d"],
])("a worker with %s is refused", async (_, args, message) => {
  await expect(done(["worker", "--store", ".", ...args], here)).rejects.toThrow(`2: replaybook: invalid ${message}\n`);
});
