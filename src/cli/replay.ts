import { createHash } from "node:crypto";
import { copyFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { Command } from "commander";
import { Checkpoints, hasCheckpoint } from "../checkpoints.js";
import { Invalid } from "../invalid.js";
import { Output } from "../output.js";
import { run } from "../run.js";
import { writeManifests } from "../run-manifest.js";
import { sourceStamp } from "../source-stamp.js";
import { parseDuration } from "../units.js";
import type { Register } from "./command.js";
import { type EarlierRun, readEarlierRun } from "./earlier-run.js";
import { collect, parseMap, refuseSources } from "./ingest.js";
import { ProgressDisplay } from "./progress.js";
import { earlierSame } from "./reuse.js";
import { runLine } from "./run-line.js";
import {
  canonicalTexts,
  OPTION_NAMES,
  type OptionName,
  type OptionTexts,
  parseOptions,
  REPLAY_OPTIONS,
  readConfig,
  resolveTexts,
} from "./run-options.js";
import { parseBadRowRule, type Reading, traceAt } from "./trace-source.js";

interface Flags {
  readonly output: string;
  readonly config?: string;
  readonly from?: string;
  readonly format?: string;
  readonly map: readonly string[];
  readonly onBadRow?: string;
  readonly force?: boolean;
  readonly reuse?: boolean;
  readonly json?: boolean;
  readonly checkpoint?: string;
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
    .option("--map <theirs=ours>", "another name of a column, such as start=arrival_s; may be repeated", collect, [])
    .option("--on-bad-row <what>", "stop at a bad row, or quarantine it: move it to rejects.csv (default: stop)")
    .option("--force", "replace the output if it exists")
    .option("--reuse", "keep the output if it is this very run already")
    .option(
      "--checkpoint <time>",
      "how often a streamed replay saves where it is, so that the same command goes on from there after it was killed; off: never (default: 60s)",
    )
    .option("--json", "print the run's manifest as JSON")
    .addHelpText(
      "after",
      "\nExample:\n  $ npx replaybook replay azure2019/ --machines auto --load 0.9 --scheduler xx,hermod,edf -o data/runs/mine",
    )
    .action(replay);
};

/** Tells whether what is there has changed; see sourceStamp. */
function stampDigest(path: string): string {
  return createHash("sha256").update(sourceStamp(path)).digest("hex");
}

async function replay(given: string | undefined, flags: Flags): Promise<void> {
  if (flags.config !== undefined && flags.from !== undefined) {
    throw new Invalid("option", "--from", "with --config", "one of the two");
  }
  const before = flags.from === undefined ? null : readEarlierRun(flags.from);
  const config = flags.config === undefined ? (before?.texts ?? {}) : readConfig(flags.config);
  const texts = resolveTexts(config, textFlags(flags));
  const options = parseOptions(texts);
  const path = given ?? before?.tracePath;
  if (path === undefined) throw new Invalid("trace", "none", "replay", "a trace to replay, or --from RUN/run.json");
  const reading = readingOf(flags, before);
  refuseSources([path], flags.output);
  const trace_path = resolve(path);
  const trace_files = stampDigest(path);
  if (flags.reuse) {
    const wanted = { texts: canonicalTexts(texts, options), reading, trace_path, trace_files };
    const there = earlierSame(flags.output, wanted, flags.force ?? false);
    if (there !== null) {
      process.stdout.write(
        flags.json ? `${JSON.stringify(there, null, 2)}\n` : `${flags.output} is this run already\n`,
      );
      return;
    }
  }
  const every = checkpointEvery(flags.checkpoint);
  const identity = JSON.stringify({
    ...{ code: stampDigest(dirname(import.meta.dirname)), node: process.version, host: hostname() },
    ...{ options: canonicalTexts(texts, options), reading, trace_path, trace_files },
  });
  const output = Output.folderGoneOnWith(flags.output, flags.force ?? false, (left) => hasCheckpoint(left, identity));
  output.keepsUnfinished = () => hasCheckpoint(output.path, identity);
  const checkpoints = new Checkpoints(output.path, every, identity);
  const display = new ProgressDisplay(SHOWN_FROM);
  try {
    const scratch = join(output.path, "trace");
    rmSync(scratch, { recursive: true, force: true });
    const { trace, rejects } = await traceAt(path, scratch, reading, display);
    if (before && trace.manifest.sha256 !== before.traceSha256) {
      const where = `not the trace of --from: its sha256 is ${trace.manifest.sha256}`;
      throw new Invalid("trace", path, where, `one whose sha256 is ${before.traceSha256}`);
    }
    if (checkpoints.resumed !== null) {
      const { rows } = checkpoints.resumed.stream.position;
      process.stderr.write(`going on from a checkpoint, after ${rows} invocations\n`);
    }
    const facts = await run(trace, options, output.path, { progress: display.show, checkpoints });
    display.end();
    await trace.close();
    if (rejects !== null) copyFileSync(rejects, join(output.path, "rejects.csv"));
    rmSync(scratch, { recursive: true, force: true });
    const inputs = { map: reading.map, on_bad_row: reading.onBadRow };
    const circumstances = { trace_path, trace_files };
    const manifest = writeManifests(output.path, trace, inputs, canonicalTexts(texts, options), facts, circumstances);
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

/** Seconds between two checkpoints; Infinity: there are none. */
function checkpointEvery(text = "60s"): number {
  return text === "off" ? Number.POSITIVE_INFINITY : parseDuration(text, "--checkpoint");
}

/** Flags over what the earlier run was read with, over the defaults. */
function readingOf(flags: Flags, before: EarlierRun | null): Reading {
  return {
    format: flags.format ?? before?.reading.format,
    map: flags.map.length > 0 ? parseMap(flags.map) : (before?.reading.map ?? {}),
    onBadRow: parseBadRowRule(flags.onBadRow ?? before?.reading.onBadRow ?? "stop"),
  };
}

function textFlags(flags: Flags): Partial<OptionTexts> {
  const texts: Partial<Record<OptionName, string>> = {};
  for (const name of OPTION_NAMES) {
    const value = flags[name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())];
    if (typeof value === "string") texts[name] = value;
  }
  return texts;
}
