import { createHash } from "node:crypto";
import { copyFileSync, createReadStream, readdirSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import type { MessagePort } from "node:worker_threads";
import { Invalid } from "../invalid.js";
import { type Progress, run } from "../run.js";
import { writeManifests } from "../run-manifest.js";
import { openTrace } from "../trace/trace-folder.js";
import type { CellRecord, DigestRow } from "./folder.js";
import type { Cell } from "./grid.js";

/** The trace of a cell as a folder that can be replayed. */
export interface CellTrace {
  readonly folder: string;
  readonly sha256: string;
  /** Where what the plan names is, whoever replays it. */
  readonly path: string;
  /** Rows that were left out of it, a file to go with each run; null: none. */
  readonly rejects: string | null;
}

/** A cell to replay, for a worker of its own. */
export interface CellTask {
  readonly cell: Cell;
  readonly trace: CellTrace;
  /** The run folder to fill; it exists and is empty. */
  readonly folder: string;
  /** Threads for its schedulers; 0: all in this thread. */
  readonly workers: number;
  /** Is told [stage, done, total]. Only where this is a worker. */
  readonly port?: MessagePort;
}

/** Fills a run folder as `replaybook replay` does. */
export async function replayCell(task: CellTask): Promise<void> {
  const { cell, trace, folder, workers, port } = task;
  const progress: Progress = (...told) => port?.postMessage(told);
  const opened = await openTrace(trace.folder);
  try {
    const { sha256 } = opened.manifest;
    if (sha256 !== trace.sha256) {
      throw new Invalid(
        "trace",
        trace.folder,
        `its sha256 is ${sha256}`,
        `the plan's, whose sha256 is ${trace.sha256}`,
      );
    }
    const facts = await run(opened, cell.options, folder, { progress, workers });
    if (trace.rejects !== null) copyFileSync(trace.rejects, join(folder, "rejects.csv"));
    const { map, onBadRow } = cell.trace;
    const reading = { map, on_bad_row: onBadRow };
    writeManifests(folder, opened, reading, cell.texts, facts, { trace_path: trace.path });
  } finally {
    await opened.close();
  }
}

/** A run folder to look at, and the function that makes rows of it: an export of a module, told by its address. */
export interface RecordTask {
  readonly folder: string;
  readonly digest: { readonly module: string; readonly name: string } | null;
}

/** What a run folder came to. */
export async function recordCell({ folder, digest }: RecordTask): Promise<CellRecord> {
  const make = digest === null ? null : (await import(digest.module))[digest.name];
  return recordOf(folder, make);
}

/** The same, for a function at hand. */
export async function recordOf(
  folder: string,
  digest: ((folder: string) => Promise<readonly DigestRow[]>) | null,
): Promise<CellRecord> {
  return { sha256: await checksums(folder), rows: (await digest?.(folder)) ?? [] };
}

async function checksums(folder: string): Promise<Record<string, string>> {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  const files = paths.filter((path) => path !== "timings.json" && statSync(join(folder, path)).isFile());
  const sums: Record<string, string> = {};
  for (const path of files) {
    const hash = createHash("sha256");
    for await (const piece of createReadStream(join(folder, path))) hash.update(piece as Buffer);
    sums[path.replaceAll(sep, "/")] = hash.digest("hex");
  }
  return sums;
}
