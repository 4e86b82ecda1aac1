import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { readTable } from "../../src/table/index.js";
import { type IngestOptions, ingest } from "../../src/trace/ingest.js";
import type { CountTrace, InvocationTrace, TraceManifest } from "../../src/trace/trace.js";
import { openTrace } from "../../src/trace/trace-folder.js";

/** A folder of this test file's own, removed when its tests have run. */
export const scratch = mkdtempSync(join(tmpdir(), "replaybook-trace-"));
afterAll(() => rmSync(scratch, { recursive: true }));

let folders = 0;

/** A new folder with these files in it. */
export function folderWith(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = join(scratch, `in-${folders++}`);
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

/** The path of a new file. */
export function fileWith(name: string, content: string | Buffer): string {
  return join(folderWith({ [name]: content }), name);
}

export interface Ingested {
  readonly folder: string;
  readonly manifest: TraceManifest;
}

/** Ingests into a new folder. */
export async function read(paths: string | readonly string[], options: Partial<IngestOptions> = {}): Promise<Ingested> {
  const folder = join(scratch, `out-${folders++}`);
  mkdirSync(folder);
  const list = typeof paths === "string" ? [paths] : paths;
  return { folder, manifest: await ingest(list, { onBadRow: "stop", ...options }, folder) };
}

/** The message with which ingest fails. */
export async function failure(
  paths: string | readonly string[],
  options: Partial<IngestOptions> = {},
): Promise<string> {
  try {
    await read(paths, options);
  } catch (error) {
    if ((error as Error).name === "Invalid") return (error as Error).message;
    throw error;
  }
  throw new Error("it did not fail");
}

export async function openCounts(folder: string): Promise<CountTrace> {
  const trace = await openTrace(folder);
  if (trace.kind !== "counts") throw new Error("not a count trace");
  return trace;
}

export async function openLog(folder: string): Promise<InvocationTrace> {
  const trace = await openTrace(folder);
  if (trace.kind !== "invocations") throw new Error("not an invocation trace");
  return trace;
}

/** Every cell above zero, "function minute count", in the order of the table. */
export async function cells(folder: string, from = 0, to = Number.POSITIVE_INFINITY): Promise<string[]> {
  const trace = await openCounts(folder);
  const found: string[] = [];
  for await (const { minute, functionId, count, length } of trace.minutes(from, to)) {
    for (let i = 0; i < length; i++) {
      found.push(`${trace.functions.function[functionId[i]!]} ${minute} ${count[i]}`);
    }
  }
  await trace.close();
  return found;
}

/** The rows of one of the folder's tables as plain objects. */
export function rows(folder: string, table: string): Record<string, unknown>[] {
  return readTable(join(folder, `${table}.arrow`))
    .toArray()
    .map((row) => row.toJSON());
}

/** Every file of a trace folder but the manifest's list of sources, to compare two of them. */
export function content(folder: string): Record<string, string> {
  const files = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name)).toString("base64")]);
  const { sources, name, ...manifest } = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
  return { ...Object.fromEntries(files), "manifest.json": JSON.stringify(manifest) };
}
