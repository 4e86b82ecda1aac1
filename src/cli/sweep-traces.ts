import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Invalid } from "../invalid.js";
import { Output } from "../output.js";
import type { Progress } from "../run.js";
import { sourceStamp } from "../source-stamp.js";
import type { CellTrace } from "../sweep/cell-worker.js";
import type { SweepFolder } from "../sweep/folder.js";
import { type Cell, hashOf } from "../sweep/grid.js";
import { shortNameOf, type TraceSetting } from "../sweep/trace-setting.js";
import { ingest } from "../trace/ingest.js";
import { noted } from "../trace/notes.js";
import { isTraceFolder, openTrace } from "../trace/trace-folder.js";

/** The traces of a sweep's cells. */
export type Traces = (cell: Cell) => CellTrace;

/** What a provider's files were when they were read; beside the trace folder made of them. */
const SOURCE = "source.json";

/**
 * The trace of every cell as a folder that can be replayed: trace folders as they are; provider's files are read once,
 * into `traces/` of the sweep's folder, and again when they have changed. Throws Invalid for what is wrong with one.
 */
export async function readTraces(
  cells: readonly Cell[],
  into: SweepFolder,
  progress: Progress,
  note: (text: string) => void,
): Promise<Traces> {
  const traces = new Map<string, CellTrace>();
  for (const { trace } of cells) {
    const key = JSON.stringify(trace);
    if (!traces.has(key)) traces.set(key, await readTrace(trace, into, progress, note));
  }
  return ({ trace }) => traces.get(JSON.stringify(trace))!;
}

async function readTrace(
  trace: TraceSetting,
  into: SweepFolder,
  progress: Progress,
  note: (text: string) => void,
): Promise<CellTrace> {
  const { path, map, onBadRow } = trace;
  if (isTraceFolder(path)) {
    return { folder: resolve(path), sha256: await sha256Of(path), path: resolve(path), rejects: null };
  }
  const folder = into.trace(`${shortNameOf(trace)}_${hashOf(trace)}`);
  const source = sourceStamp(path);
  if (!existsSync(folder) || readFileSync(join(folder, SOURCE), "utf8") !== source) {
    const output = Output.folder(folder, true);
    try {
      const format = trace.format ?? undefined;
      const onProgress = (bytes: number, total: number) => progress("reading", bytes / 1e6, total / 1e6);
      const manifest = await ingest([path], { format, map, onBadRow, onProgress }, output.path);
      const kept = Object.values(manifest.rows).reduce((sum, { quarantined = 0 }) => sum + quarantined, 0);
      const left = noted(kept, "bad row was", "bad rows were", "left out: see rejects.csv in its runs");
      for (const text of [...manifest.notes, left].filter(Boolean)) note(`${path}: ${text}`);
      writeFileSync(join(output.path, SOURCE), source);
      output.commit();
    } catch (error) {
      output.abandon();
      throw error;
    }
  }
  const rejects = join(folder, "rejects.csv");
  return {
    folder: resolve(folder),
    sha256: await sha256Of(folder),
    path: resolve(path),
    rejects: existsSync(rejects) ? rejects : null,
  };
}

/** Throws Invalid where a run that is there already was replayed from another trace than its cell has now. */
export function checkTraces(cells: readonly Cell[], into: SweepFolder, traces: Traces): void {
  for (const cell of cells) {
    if (!into.has(cell)) continue;
    const [before, now] = [into.traceSha256(cell), traces(cell).sha256];
    if (before === now) continue;
    const where = `its sha256 is ${now}; runs/${cell.name} replayed another`;
    throw new Invalid("trace", cell.trace.path, where, `one whose sha256 is ${before}, or --force to replay all of it`);
  }
}

async function sha256Of(folder: string): Promise<string> {
  const trace = await openTrace(folder);
  await trace.close();
  return trace.manifest.sha256;
}
