import { existsSync } from "node:fs";
import { sourceStamp } from "../source-stamp.js";
import { replaybook } from "./child.js";
import { flagsOf, type Options, pathOf, type TraceLike } from "./flags.js";
import { placeFor } from "./place.js";
import { type Progress, ProgressLine } from "./progress-line.js";
import { TraceFolder } from "./trace.js";

/**
 * Writes a synthetic trace and gives its path: "azure" a folder in the files of Azure Functions 2019, "paper" a workload
 * table. Options are the flags of `replaybook generate`. Without `path`, it is kept in data/traces under a name that says the
 * options, and not written again.
 */
export async function generate(
  kind: "azure" | "paper",
  options: Options = {},
  path?: string,
  progress?: Progress,
): Promise<string> {
  const flags = flagsOf(options);
  const target = path ?? placeFor("traces", kind, flags) + (kind === "paper" ? ".arrow" : "");
  const { stdout, end } = await make(["generate", kind, ...flags], { target, keep: path === undefined, progress });
  end(stdout.trimEnd() || target);
  return target;
}

/**
 * Reads a provider's files, or a table of one's own, into a trace folder and opens it. Options are the flags of
 * `replaybook ingest`. Without `folder`, it is kept in data/traces, and read again only when the files have changed.
 */
export async function ingest(
  paths: string | readonly string[],
  options: Options = {},
  folder?: string,
  progress?: Progress,
): Promise<TraceFolder> {
  const all = [paths].flat();
  const flags = flagsOf(options);
  const target = folder ?? placeFor("traces", all[0] ?? "trace", flags, [all, all.map(sourceStamp)]);
  return opened(
    target,
    await make(["ingest", ...flags, "--json"], { target, keep: folder === undefined, paths: all, progress }),
  );
}

/**
 * Draws functions from a trace so that they look like all of them, and opens the trace folder of them, with what `replaybook
 * sample --json` says as its `report`. Options are the flags of `replaybook sample`, such as functions and seed.
 */
export async function sample(
  trace: TraceLike,
  options: Options,
  folder?: string,
  progress?: Progress,
): Promise<TraceFolder> {
  const path = pathOf(trace);
  const flags = flagsOf(options);
  const target = folder ?? placeFor("traces", path, flags, ["sample", sourceStamp(path)]);
  const making = { target, keep: false, replace: folder === undefined, paths: [path], progress };
  return opened(target, await make(["sample", ...flags, "--json"], making), true);
}

interface Making {
  readonly target: string;
  /** What is there already is as good. */
  readonly keep: boolean;
  /** What is there already may be replaced. */
  readonly replace?: boolean;
  readonly paths?: readonly string[];
  readonly progress: Progress | undefined;
}

/** Has a command write `target`; gives what it printed, and its last line to be said. */
async function make(command: readonly string[], making: Making): Promise<Made> {
  const { target, keep, replace = false, paths = [], progress } = making;
  const line = new ProgressLine(progress);
  if (keep && existsSync(target)) return { stdout: "", end: (text) => line.end(`${text} (was there already)`) };
  const own = [`--output=${target}`, ...(replace ? ["--force"] : []), ...(paths.length > 0 ? ["--", ...paths] : [])];
  const { stdout, notes } = await replaybook([...command, ...own], line);
  return { stdout, end: (text) => line.end([text, ...notes].join("\n")) };
}

interface Made {
  readonly stdout: string;
  readonly end: (text: string) => void;
}

/** Opens what was made, and says what it is. */
function opened(target: string, { stdout, end }: Made, isReport = false): TraceFolder {
  const trace = new TraceFolder(target, isReport ? JSON.parse(stdout) : null);
  const [functions, invocations] = [trace.manifest.functions, trace.manifest.invocations].map((n) =>
    n.toLocaleString("en-US"),
  );
  end(`${invocations} invocations of ${functions} functions: ${target}`);
  return trace;
}
