import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { Invalid, oneLine } from "../invalid.js";
import { ingest } from "../trace/ingest.js";
import { noted } from "../trace/notes.js";
import type { Trace, TraceManifest } from "../trace/trace.js";
import { isTraceFolder, openTrace } from "../trace/trace-folder.js";
import type { ProgressDisplay } from "./progress.js";

/** How a provider's files are read; run.json keeps it, so that --from reads them the same way. */
export interface Reading {
  /** One of FORMATS; by default told from the files' columns. */
  readonly format?: string | undefined;
  /** The files' column names to ours. */
  readonly map: Readonly<Record<string, string>>;
  readonly onBadRow: "stop" | "quarantine";
}

/** A trace to replay, and where the rows are that were kept out of it; null: there are none. */
export interface TraceSource {
  readonly trace: Trace;
  readonly rejects: string | null;
}

/** "stop" or "quarantine". Throws Invalid. */
export function parseBadRowRule(text: string): Reading["onBadRow"] {
  if (text === "stop" || text === "quarantine") return text;
  throw new Invalid("bad-row rule", text, "--on-bad-row", "stop or quarantine");
}

/** Opens a trace folder, or reads a provider's files into one at `scratch`, which must not exist, saying on stderr what it did. */
export async function traceAt(
  path: string,
  scratch: string,
  { format, map, onBadRow }: Reading,
  display: ProgressDisplay,
): Promise<TraceSource> {
  if (isTraceFolder(path)) return { trace: await openTrace(path), rejects: null };
  mkdirSync(scratch);
  const onProgress = (bytes: number, total: number) => display.show("reading", bytes / 1e6, total / 1e6, "MB");
  const manifest = await ingest([path], { format, map, onBadRow, onProgress }, scratch);
  display.end();
  const rejects = join(scratch, "rejects.csv");
  for (const note of notesOf(manifest)) process.stderr.write(`note: ${oneLine(note)}\n`);
  return { trace: await openTrace(scratch), rejects: existsSync(rejects) ? rejects : null };
}

function notesOf({ notes, rows }: TraceManifest): string[] {
  const quarantined = Object.values(rows).reduce((sum, counts) => sum + (counts["quarantined"] ?? 0), 0);
  return [...notes, noted(quarantined, "bad row was", "bad rows were", "left out: see the run's rejects.csv")].filter(
    Boolean,
  );
}
