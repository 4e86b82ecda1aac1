import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { FolderLock } from "../../src/sweep/lock.js";

let here: string;
let path: string;
beforeEach(() => {
  here = mkdtempSync(join(tmpdir(), "replaybook-lock-"));
  path = join(here, "sweep.lock");
});
afterEach(() => rmSync(here, { recursive: true }));

/** Leaves the lock of a process. */
const leave = (pid: number, host = hostname(), since = Date.now()) =>
  writeFileSync(path, JSON.stringify({ pid, host, since }));
const endedPid = () => spawnSync(process.execPath, ["-e", ""]).pid;
const taken = () => JSON.parse(readFileSync(path, "utf8")).pid === process.pid;

it("is one process's at a time, and is let go", () => {
  const lock = FolderLock.take(here);
  const where = `-o, which process ${process.pid} on ${hostname()} is writing to`;
  expect(() => FolderLock.take(here)).toThrow(
    `invalid output: ${here} (${where}); expected another folder, or to wait until it has ended`,
  );
  lock.release();
  expect(existsSync(path)).toBe(false);
  FolderLock.take(here).release();
});

it("of a process that lives, here or elsewhere, is not taken", () => {
  leave(process.ppid);
  expect(() => FolderLock.take(here)).toThrow(`process ${process.ppid} on ${hostname()}`);
  leave(1, "elsewhere");
  expect(() => FolderLock.take(here)).toThrow("process 1 on elsewhere");
});

it("of a process that was killed is taken over", () => {
  leave(endedPid()!);
  FolderLock.take(here).release();
  // The number of the one that was killed is ours now.
  leave(process.pid, hostname(), Date.now() - 86_400_000);
  const lock = FolderLock.take(here);
  expect(taken()).toBe(true);
  lock.release();
});

it("that nobody has touched for a minute, or that is cut short, is taken over", () => {
  leave(1, "elsewhere");
  const then = new Date(Date.now() - 61_000);
  utimesSync(path, then, then);
  FolderLock.take(here).release();
  writeFileSync(path, '{"pid":1');
  FolderLock.take(here).release();
  expect(existsSync(path)).toBe(false);
});
