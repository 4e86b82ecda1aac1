import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { Output } from "../output.js";
import { inspect } from "../workload/index.js";
import type { Register } from "./command.js";
import { collect, parseMap } from "./ingest.js";
import { inspectReport } from "./inspect-report.js";
import { ProgressDisplay } from "./progress.js";
import { parseOptions, resolveTexts } from "./run-options.js";
import { parseBadRowRule, traceAt } from "./trace-source.js";

interface Flags {
  readonly format?: string;
  readonly map: readonly string[];
  readonly onBadRow: string;
  readonly json?: boolean;
}

/** Seconds of trace, or megabytes of its files, from which on progress is shown. */
const SHOWN_FROM = 100_000;

/** `replaybook inspect`: what is in a trace, and what a replay will have to assume, on one screen. */
export const register: Register = (program: Command): void => {
  program
    .command("inspect")
    .description("say what is in a trace, and what a replay will have to assume")
    .argument("<trace>", "a trace folder, a provider's file or folder, or a workload table")
    .option("--format <name>", "format of a provider's files; by default told from their columns")
    .option("--map <theirs=ours>", "another name of a column, such as start=arrival_s; may be repeated", collect, [])
    .option("--on-bad-row <what>", "stop at a bad row, or quarantine it: leave it out and count it", "stop")
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExample:\n  $ npx replaybook inspect azure2019/")
    .action(async (path: string, flags: Flags) => {
      const reading = { format: flags.format, map: parseMap(flags.map), onBadRow: parseBadRowRule(flags.onBadRow) };
      // Where a provider's files are read into, to be removed whatever happens.
      const scratch = Output.folder(join(tmpdir(), "replaybook-inspect"), true, "TMPDIR");
      const display = new ProgressDisplay(SHOWN_FROM);
      try {
        const { trace } = await traceAt(path, join(scratch.path, "trace"), reading, display);
        const options = parseOptions(resolveTexts({}, {}));
        const onProgress = (done: number, total: number) => display.show("looking", done, total, "s of trace");
        const inspection = await inspect(trace, options, onProgress);
        display.end();
        await trace.close();
        process.stdout.write(flags.json ? `${JSON.stringify(inspection, null, 2)}\n` : inspectReport(inspection));
      } finally {
        display.end();
        scratch.abandon();
      }
    });
};
