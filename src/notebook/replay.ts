import { statSync } from "node:fs";
import { join } from "node:path";
import { replaybook } from "./child.js";
import { flagsOf, type Options, pathOf, type TraceLike } from "./flags.js";
import { placeFor } from "./place.js";
import { type Progress, ProgressLine, plainSeconds } from "./progress-line.js";
import { open, type Run } from "./run.js";

type Names = string | readonly string[];

/** What to replay: any flag of `replaybook replay`, in camelCase or kebab-case, and the trace. */
export interface ReplayOptions extends Options {
  /** A trace folder, a provider's file or folder, a workload table, or what ingest, sample or generate gave. */
  readonly trace?: TraceLike;
  /** "xx,hermod,edf", or a list. */
  readonly scheduler?: Names;
  /** "auto": as few as carry `load`. */
  readonly machines?: number | "auto" | (string & {});
  readonly cores?: number | string;
  /** Offered CPU over the cluster's cores. */
  readonly load?: number | string;
  /** Such as "32GiB". */
  readonly ram?: string;
  readonly swap?: string | number;
  /** Part of the trace, such as "8h..16h". */
  readonly cut?: string;
  readonly seed?: number | string;
  /** Replaces another run in the folder. */
  readonly force?: boolean;
}

/**
 * Replays a trace in a process of its own and opens the run, which has the bytes that `replaybook replay` with the same
 * options writes. `folder` is data/runs/NAME by default. A run that is there already, the same options of the same trace, is
 * opened as it is. Throws Invalid as the command does. `progress`, if given, is told how far it is, in place of a line.
 */
export async function replay(options: ReplayOptions, folder?: string, progress?: Progress): Promise<Run> {
  const { trace, force = false, ...rest } = options;
  const path = trace === undefined ? undefined : pathOf(trace);
  const flags = flagsOf(rest);
  const target = folder ?? placeFor("runs", path ?? String(rest["from"] ?? "run"), flags);
  const line = new ProgressLine(progress);
  const before = writtenAt(target);
  // In a folder that only such a cell makes, a run that is not the same is one of a trace that has changed since.
  const own = ["--reuse", "--json", `--output=${target}`, ...(force || folder === undefined ? ["--force"] : [])];
  const { notes } = await replaybook(["replay", ...flags, ...own, ...(path === undefined ? [] : ["--", path])], line);
  const run = open(target);
  const how = writtenAt(target) === before ? "was there already" : plainSeconds(line.seconds);
  line.end([`${said(run)}: ${target} (${how})`, ...notes].join("\n"));
  return run;
}

/** When a run's manifest was written; null: there is none. */
function writtenAt(folder: string): number | null {
  return statSync(join(folder, "run.json"), { throwIfNoEntry: false })?.mtimeMs ?? null;
}

function said({ manifest, schedulers }: Run): string {
  const { machines, offered_load, options, workload } = manifest;
  const size = `${workload.rows.toLocaleString("en-US")} invocations on ${machines} x ${options["cores"]} cores`;
  const load = Number.isNaN(offered_load.realised) ? "unknown" : offered_load.realised.toFixed(3);
  return `${size}, offered load ${load}, through ${schedulers.join(", ")}`;
}
