import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { Output } from "../output.js";
import { sampleTrace } from "../workload/index.js";
import type { Register } from "./command.js";
import { collect, parseMap, refuseSources } from "./ingest.js";
import { wholeOf } from "./numbers.js";
import { ProgressDisplay } from "./progress.js";
import { sampleReport } from "./sample-report.js";
import { parseBadRowRule, traceAt } from "./trace-source.js";

interface Flags {
  readonly functions: string;
  readonly seed: string;
  readonly output: string;
  readonly name?: string;
  readonly format?: string;
  readonly map: readonly string[];
  readonly onBadRow: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Seconds of trace, or megabytes of its files, from which on progress is shown. */
const SHOWN_FROM = 100_000;

/** `replaybook sample`: some functions of a trace as a trace folder of their own. */
export const register: Register = (program: Command): void => {
  program
    .command("sample")
    .description("draw functions from a trace so that they look like all of them; write a smaller trace folder")
    .argument("<trace>", "a trace folder, a provider's file or folder, or a workload table")
    .requiredOption("--functions <n>", "how many functions; all their invocations come along")
    .requiredOption("-o, --output <dir>", "the trace folder to write")
    .option("--seed <n>", "seed; with one seed a smaller sample lies inside a larger one", "1")
    .option("--name <name>", "the sample's name; by default the trace's and the number of functions")
    .option("--format <name>", "format of a provider's files; by default told from their columns")
    .option("--map <theirs=ours>", "another name of a column, such as start=arrival_s; may be repeated", collect, [])
    .option("--on-bad-row <what>", "stop at a bad row, or quarantine it: move it to rejects.csv", "stop")
    .option("--force", "replace the output if it exists")
    .option("--json", "print the manifest, the distances and the spreads as JSON")
    .addHelpText(
      "after",
      "\nExample:\n  $ npx replaybook sample azure2019/ --functions 200 --seed 7 -o data/traces/small",
    )
    .action(sample);
};

async function sample(path: string, flags: Flags): Promise<void> {
  const functions = wholeOf("functions", flags.functions, "--functions", 1, 2_147_483_647);
  const seed = wholeOf("seed", flags.seed, "--seed", 0, Number.MAX_SAFE_INTEGER);
  const reading = { format: flags.format, map: parseMap(flags.map), onBadRow: parseBadRowRule(flags.onBadRow) };
  refuseSources([path], flags.output);
  const output = Output.folder(flags.output, flags.force ?? false);
  const display = new ProgressDisplay(SHOWN_FROM);
  try {
    const scratch = join(output.path, "trace");
    const { trace, rejects } = await traceAt(path, scratch, reading, display);
    const onProgress = (done: number, total: number) => display.show("sampling", done, total, "s of trace");
    const report = await sampleTrace(trace, { functions, seed, name: flags.name, onProgress }, output.path);
    display.end();
    await trace.close();
    if (rejects !== null) copyFileSync(rejects, join(output.path, "rejects.csv"));
    rmSync(scratch, { recursive: true, force: true });
    output.commit();
    process.stdout.write(flags.json ? `${JSON.stringify(report, null, 2)}\n` : sampleReport(report, flags.output));
  } catch (error) {
    display.end();
    output.abandon();
    throw error;
  }
}
