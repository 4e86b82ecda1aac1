import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll } from "vitest";
import { type ReplayTask, replay } from "../../src/replay.js";
import type { SchedulerConfig } from "../../src/scheduler/scheduler.js";
import { batchesOf, partsOf, type Rows, TableReader } from "../../src/table/index.js";

/** A folder of this test file's own, removed when its tests have run. */
const scratch = mkdtempSync(join(tmpdir(), "replaybook-law-"));
afterAll(() => rmSync(scratch, { recursive: true }));

let folders = 0;

/** The path of a new folder, which exists. */
export function newFolder(): string {
  const folder = join(scratch, String(folders++));
  mkdirSync(folder);
  return folder;
}

/** Replays a workload and returns the folder of its tables. */
export async function replayTables(
  scheduler: string,
  config: SchedulerConfig,
  workload: AsyncIterable<Rows>,
  options: Partial<ReplayTask> & { rows: number },
): Promise<string> {
  const folder = newFolder();
  const run = { from: 0, until: null, window: 2, sampleEvery: 1, metadata: {} };
  await replay({ ...run, ...options, scheduler, config, folder }, workload);
  return folder;
}

/** Some columns of a table, whole; null is NaN or -1, a dictionary its keys. */
export async function columnsOf<Name extends string>(
  folder: string,
  table: string,
  names: readonly Name[],
): Promise<Record<Name, Float64Array>> {
  const found = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for await (const { columns, rows } of batchesOf(partsOf(folder, table), names)) {
    for (const name of names) for (let i = 0; i < rows; i++) found[name].push(columns[name]![i]!);
  }
  return Object.fromEntries(names.map((name) => [name, Float64Array.from(found[name])])) as Record<Name, Float64Array>;
}

/** Every column of a table by name, and nothing of its metadata. */
export async function allColumns(folder: string, table: string): Promise<Record<string, Float64Array>> {
  const reader = await TableReader.open(partsOf(folder, table)[0]!);
  const names = reader.schema.names as string[];
  await reader.close();
  return columnsOf(folder, table, names);
}

/** The sha256 of every file under a folder, by path. */
export function sha256Of(folder: string, ignored: readonly string[] = []): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name));
  const plain = files.filter((path) => statSync(path).isFile()).sort();
  const digests = plain.map((path) => [
    relative(folder, path),
    createHash("sha256").update(readFileSync(path)).digest("hex"),
  ]);
  return Object.fromEntries(digests.filter(([name]) => !ignored.includes(name!)));
}

/** Where two columns first differ, in words; "" where they are the same, NaN for NaN. Fast on long ones. */
export function difference(found: Float64Array, expected: Float64Array): string {
  if (found.length !== expected.length) return `${found.length} values, not ${expected.length}`;
  const i = found.findIndex((value, at) => !Object.is(value, expected[at]));
  return i < 0 ? "" : `${found[i]} at ${i}, not ${expected[i]}`;
}
