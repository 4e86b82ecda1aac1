import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import type { Command } from "commander";
import { oneLine } from "../invalid.js";
import type { Progress } from "../run.js";
import type { Register } from "./command.js";
import { jsonObject, readJson } from "./json-file.js";
import { plural } from "./plain.js";
import { ProgressDisplay } from "./progress.js";
import { type HandFlags, handsOf } from "./sweep-flags.js";
import { cellLines, sweepReport } from "./sweep-report.js";
import { sweep, sweepCells } from "./sweep-run.js";

interface Flags extends HandFlags {
  readonly output: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** Megabytes of source files, and runs, from which on progress is shown. */
const READING_SHOWN_FROM = 100;
const RUNS_SHOWN_FROM = 2;

/** `replaybook sweep`: a plan of many replays in; run folders and one table of what they came to out. */
export const register: Register = (program: Command): void => {
  program
    .command("sweep")
    .description("replay every combination of the options in a plan, and sum them up in one table; resumes")
    .argument(
      "<plan.json>",
      "options for all replays, a grid of values to combine, and cells: a list of combinations; - reads it from stdin",
    )
    .requiredOption("-o, --output <dir>", "the sweep's folder; one that is there is gone on with")
    .option("--workers <n>", `runs at a time (default: the cores, ${availableParallelism()})`)
    .option("--shard <i/n>", "replay the i-th of n parts; whoever ends the last one sums up")
    .option("--queue <url>", "leave the runs to `worker`s, through Redis or Valkey (default: $REPLAYBOOK_QUEUE)")
    .option("--store <dir>", "with --queue: the folder that workers share (default: the one that --output is in)")
    .option("--cancel", "with --queue: have workers stop and forget this sweep's runs")
    .option("--dry-run", "list the runs and write nothing")
    .option("--force", "replay again what is there already")
    .option("--json", "print sweep.json, or with --dry-run the runs")
    .addHelpText(
      "after",
      `
Options are replay's, by the names of their flags, and trace. A plan such as
  {
    "options": { "trace": "traces/azure-functions-sample", "machines": "auto" },
    "grid": { "scheduler": ["xx", "hermod", "edf"], "load": [0.5, 0.7, 0.9], "seed": [1, 2] }
  }
is 6 runs of 3 schedulers each, in DIR/runs/, and DIR/summary.arrow.

With --queue, Ctrl-C leaves the workers at it; the same command waits again, and sums up.

Examples:
  $ npx replaybook sweep loads.json -o data/runs/loads
  $ npx replaybook sweep loads.json -o /shared/loads --queue redis://head:6379
  $ npx replaybook sweep loads.json -o /shared/loads --shard 3/8`,
    )
    .action(run);
};

async function run(path: string, flags: Flags): Promise<void> {
  const where = path === "-" ? "plan" : path;
  const members = "options, a grid or cells";
  const plan =
    path === "-" ? jsonObject(readFileSync(0, "utf8"), "plan", "stdin", members) : readJson(path, "plan", members);
  const hands = handsOf(flags);
  if (flags.dryRun) {
    const cells = sweepCells(plan, where);
    const json = cells.map(({ name, trace, texts }) => ({ run: `runs/${name}`, trace: trace.path, options: texts }));
    process.stdout.write(flags.json ? `${JSON.stringify(json, null, 2)}\n` : cellLines(plan, cells, flags.output));
    return;
  }
  if (flags.cancel) {
    sweepCells(plan, where);
    const stopped = await (await import("./sweep-queue.js")).cancel(flags.output, hands.queue!);
    process.stdout.write(`cancelled ${plural(stopped, "run")}; the same command without --cancel goes on\n`);
    return;
  }
  const from = process.hrtime.bigint();
  const [reading, runs] = [new ProgressDisplay(READING_SHOWN_FROM), new ProgressDisplay(RUNS_SHOWN_FROM)];
  const progress: Progress = (stage, done, total) =>
    stage === "reading" ? reading.show(stage, done, total, "MB") : runs.show(stage, done, total, "runs");
  const note = (text: string) => {
    reading.end();
    if (process.stderr.isTTY) runs.end();
    process.stderr.write(`note: ${oneLine(text)}\n`);
  };
  // Heard before the handler that ends the process, which an output brings with it.
  if (hands.queue !== undefined) process.once("SIGINT", () => note("the workers go on; the same command waits again"));
  try {
    const result = await sweep(plan, flags.output, progress, { ...hands, force: flags.force, note, where });
    runs.end();
    const seconds = Number(process.hrtime.bigint() - from) / 1e9;
    const { failures, manifest, replayed } = result;
    for (const { cell, message } of failures) {
      process.stderr.write(`replaybook: failed: runs/${cell.name}: ${oneLine(message.replace(/\s+/g, " "))}\n`);
    }
    process.stdout.write(
      flags.json ? `${JSON.stringify(manifest, null, 2)}\n` : sweepReport(flags.output, result, seconds),
    );
    if (failures.length > 0)
      throw new Error(`${failures.length} of ${replayed} runs; the same command tries them again`);
  } finally {
    reading.end();
    runs.end();
  }
}
