import { rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Command } from "commander";
import { Invalid } from "../invalid.js";
import { Output } from "../output.js";
import { run, writeManifests } from "../run.js";
import { ingest } from "../trace/ingest.js";
import type { Trace } from "../trace/trace.js";
import { isTraceFolder, openTrace } from "../trace/trace-folder.js";
import type { Register } from "./command.js";
import { parseMap } from "./ingest.js";
import { ProgressDisplay } from "./progress.js";
import { runLine } from "./run-line.js";
import {
  canonicalTexts,
  OPTION_NAMES,
  type OptionName,
  type OptionTexts,
  optionTexts,
  parseOptions,
  REPLAY_OPTIONS,
  readConfig,
  readJson,
  resolveTexts,
} from "./run-options.js";

interface Flags {
  readonly output: string;
  readonly config?: string;
  readonly from?: string;
  readonly format?: string;
  readonly map: readonly string[];
  readonly onBadRow: string;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly [name: string]: unknown;
}

/** Rows from which a replay takes long enough to show how far it is. */
const SHOWN_FROM = 500_000;

/** `replaybook replay`: a trace in, a run folder out. */
export const register: Register = (program: Command): void => {
  const command = program
    .command("replay")
    .description("replay a trace through schedulers and write what happened as Arrow tables")
    .argument("[trace]", "a trace folder, a provider's file or folder, or a workload table")
    .requiredOption("-o, --output <dir>", "the run folder to write")
    .option("--config <file>", "a JSON file of the options below; a flag wins over it")
    .option("--from <run.json>", "repeat the run that wrote it; flags win over its options");
  for (const name of OPTION_NAMES) {
    const { argument, about, default: value } = REPLAY_OPTIONS[name];
    command.option(`--${name} <${argument}>`, `${about} (default: ${value})`);
  }
  command
    .option("--format <name>", "format of a provider's files; by default told from their columns")
    .option("--map <theirs=ours...>", "names of the files' columns, such as --map start=arrival_s", [])
    .option("--on-bad-row <what>", "stop at a bad row of the trace, or quarantine it", "stop")
    .option("--force", "replace the output if it exists")
    .option("--json", "print the run's manifest as JSON")
    .addHelpText(
      "after",
      "\nExample:\n  $ npx replaybook replay azure2019/ --machines auto --load 0.9 --scheduler xx,hermod,edf -o data/runs/mine",
    )
    .action(replay);
};

async function replay(given: string | undefined, flags: Flags): Promise<void> {
  if (flags.config !== undefined && flags.from !== undefined) {
    throw new Invalid("option", "--from", "with --config", "one of the two");
  }
  const before = flags.from === undefined ? null : readRun(flags.from);
  const config = flags.config === undefined ? (before?.texts ?? {}) : readConfig(flags.config);
  const texts = resolveTexts(config, textFlags(flags));
  const options = parseOptions(texts);
  const path = given ?? before?.tracePath;
  if (path === undefined) throw new Invalid("trace", "none", "replay", "a trace to replay, or --from RUN/run.json");
  if (!["stop", "quarantine"].includes(flags.onBadRow)) {
    throw new Invalid("bad-row rule", flags.onBadRow, "--on-bad-row", "stop or quarantine");
  }
  const output = Output.folder(flags.output, flags.force ?? false);
  const display = new ProgressDisplay(SHOWN_FROM);
  try {
    const ingested = join(output.path, "trace");
    const trace = await traceAt(path, ingested, flags, display);
    if (before && trace.manifest.sha256 !== before.traceSha256) {
      throw new Invalid("trace", path, "not the one of --from: its sha256 differs", before.traceSha256);
    }
    const facts = await run(trace, options, output.path, display.show);
    display.end();
    await trace.close();
    rmSync(ingested, { recursive: true, force: true });
    const circumstances = { trace_path: resolve(path) };
    const manifest = writeManifests(output.path, trace, canonicalTexts(texts, options), facts, circumstances);
    output.commit();
    process.stdout.write(
      flags.json ? `${JSON.stringify(manifest, null, 2)}\n` : runLine(flags.output, trace, options, facts),
    );
  } catch (error) {
    display.end();
    output.abandon();
    throw error;
  }
}

async function traceAt(path: string, ingested: string, flags: Flags, display: ProgressDisplay): Promise<Trace> {
  if (isTraceFolder(path)) return openTrace(path);
  const scratch = Output.folder(ingested, true);
  const onProgress = (bytes: number, total: number) => display.show("reading", bytes / 1e6, total / 1e6, "MB");
  const { format } = flags;
  const onBadRow = flags.onBadRow as "stop" | "quarantine";
  await ingest([path], { format, map: parseMap(flags.map), onBadRow, onProgress }, scratch.path);
  scratch.commit();
  return openTrace(ingested);
}

/** The options and trace of an earlier run. */
function readRun(path: string): { texts: Partial<OptionTexts>; tracePath: string | undefined; traceSha256: string } {
  const manifest = readJson(path, "run");
  const trace = manifest["trace"] as { sha256?: unknown } | undefined;
  const options = manifest["options"];
  if (typeof trace?.sha256 !== "string" || typeof options !== "object" || options === null) {
    throw new Invalid("run", path, "--from", "the run.json of a run");
  }
  const texts = optionTexts(options as Record<string, unknown>, path);
  let tracePath: string | undefined;
  try {
    tracePath = readJson(join(dirname(path), "timings.json"), "run")["trace_path"] as string | undefined;
  } catch {
    tracePath = undefined;
  }
  return { texts, tracePath, traceSha256: trace.sha256 };
}

function textFlags(flags: Flags): Partial<OptionTexts> {
  const texts: Partial<Record<OptionName, string>> = {};
  for (const name of OPTION_NAMES) {
    const value = flags[name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())];
    if (typeof value === "string") texts[name] = value;
  }
  return texts;
}
