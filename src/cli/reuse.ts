import { existsSync } from "node:fs";
import { join } from "node:path";
import { Invalid } from "../invalid.js";
import { TABLE_VERSION } from "../table/index.js";
import { VERSION } from "../version.js";
import { readJson } from "./json-file.js";
import type { OptionTexts } from "./run-options.js";
import type { Reading } from "./trace-source.js";

/** What makes a run the one it is: canonical options, the trace and how it is read. */
export interface Wanted {
  readonly texts: OptionTexts;
  readonly reading: Reading;
  /** The trace's absolute path, and what tells whether its files have changed. */
  readonly trace_path: string;
  readonly trace_files: string;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * The manifest of the run in `folder` where it is the one wanted; null where there is no such folder, or another one
 * that `force` lets go. Throws Invalid, saying what differs, for another one without it.
 */
export function earlierSame(folder: string, wanted: Wanted, force: boolean): Json | null {
  if (!existsSync(folder)) return null;
  const run = existsSync(join(folder, "run.json")) ? readJson(join(folder, "run.json"), "run") : null;
  const timings = existsSync(join(folder, "timings.json")) ? readJson(join(folder, "timings.json"), "run") : {};
  const differs = run === null ? "not a run" : difference(run, timings, wanted);
  if (differs === null) return run;
  if (force) return null;
  throw new Invalid("output", folder, `-o, exists: ${differs}`, "a new name, or --force to replace it");
}

/** What is not as wanted, in words; null: nothing. */
function difference(run: Json, timings: Json, wanted: Wanted): string | null {
  if (run["replaybook"] !== VERSION || run["table_version"] !== TABLE_VERSION) return "a run of another version";
  const options = (run["options"] ?? {}) as Json;
  const [name, text] = Object.entries(wanted.texts).find(([option, value]) => options[option] !== value) ?? [];
  if (name !== undefined) return `a run with ${name} ${options[name]}, not ${text}`;
  const { format, map, on_bad_row } = (run["trace"] ?? {}) as Json;
  const { reading } = wanted;
  const asRead = JSON.stringify(map) === JSON.stringify(reading.map) && on_bad_row === reading.onBadRow;
  if (!asRead || (reading.format !== undefined && reading.format !== format))
    return "its trace was read in another way";
  if (timings["trace_path"] !== wanted.trace_path) return `a run of ${timings["trace_path"]}`;
  return timings["trace_files"] === wanted.trace_files ? null : "its trace has changed since";
}
