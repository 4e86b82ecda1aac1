import { dirname, join } from "node:path";
import { Invalid } from "../invalid.js";
import { readJson } from "./json-file.js";
import { type OptionTexts, optionTexts } from "./run-options.js";
import { parseBadRowRule, type Reading } from "./trace-source.js";

/** What --from repeats. */
export interface EarlierRun {
  readonly texts: Partial<OptionTexts>;
  /** Where its trace was; undefined where timings.json is gone. */
  readonly tracePath: string | undefined;
  readonly traceSha256: string;
  readonly reading: Reading;
}

/** The options and the trace of the run that wrote `path`, its run.json. Throws Invalid. */
export function readEarlierRun(path: string): EarlierRun {
  const manifest = readJson(path, "run");
  const { trace, options } = manifest;
  if (!isObject(trace) || typeof trace["sha256"] !== "string" || !isObject(options)) throw notARun(path);
  const { sha256, format, map, on_bad_row } = trace;
  if (typeof format !== "string" || !isObject(map)) throw notARun(path);
  return {
    texts: optionTexts(options, path),
    tracePath: tracePathOf(path),
    traceSha256: sha256 as string,
    reading: { format, map: map as Record<string, string>, onBadRow: parseBadRowRule(String(on_bad_row)) },
  };
}

function tracePathOf(path: string): string | undefined {
  try {
    const at = readJson(join(dirname(path), "timings.json"), "run")["trace_path"];
    return typeof at === "string" ? at : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function notARun(path: string): Invalid {
  return new Invalid("run", path, "--from", "the run.json of a run");
}
