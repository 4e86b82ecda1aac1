import type { Command } from "commander";
import { compare } from "../analysis/compare.js";
import { quantityOf } from "../analysis/question.js";
import { openRun } from "../analysis/run-folder.js";
import { checkedCut } from "../analysis/warm-up.js";
import type { Register } from "./command.js";
import { compareReport } from "./compare-report.js";
import { jsonText } from "./json-text.js";
import { ProgressDisplay } from "./progress.js";

interface Flags {
  readonly of: string;
  readonly scheduler?: string;
  readonly baseline?: string;
  readonly warmupCut?: string;
  readonly endedOnly?: boolean;
  readonly json?: boolean;
}

/** Rows from which comparing takes long enough to show how far it is. */
const SHOWN_FROM = 2_000_000;

/** `replaybook compare`: paired differences with confidence intervals. */
export const register: Register = (program: Command): void => {
  program
    .command("compare")
    .description("say which scheduler or option is faster: paired differences with intervals")
    .argument("<run...>", "run folders of the same workloads; or one, whose schedulers are compared")
    .option("--of <quantity>", "slowdown or latency", "slowdown")
    .option("--scheduler <names>", "these alone, such as xx,hermod")
    .option("--baseline <name>", "what the others are set against, such as xx or 'xx k=3'")
    .option("--warmup-cut <cut>", "mser-5, or a time such as 90s; by default the replays' --warmup")
    .option("--ended-only", "only invocations that finished in both")
    .option("--json", "print it as JSON; infinite quantities are the text Infinity")
    .addHelpText(
      "after",
      "\nExamples:\n  $ npx replaybook compare data/runs/demo" +
        "\n  $ npx replaybook compare data/runs/seed-* --scheduler xx,hermod",
    )
    .action(async (folders: readonly string[], flags: Flags) => {
      const of = quantityOf({ of: flags.of as "slowdown" }, "--of");
      const runs = folders.map(openRun);
      const question = {
        endedOnly: flags.endedOnly ?? false,
        ...(flags.scheduler !== undefined && { scheduler: flags.scheduler }),
        ...(flags.baseline !== undefined && { baseline: flags.baseline }),
        ...(flags.warmupCut !== undefined && { warmupCut: checkedCut(flags.warmupCut, "--warmup-cut", runs) }),
      };
      const display = new ProgressDisplay(SHOWN_FROM);
      try {
        const answer = await compare(runs, question, (rows, total) => display.show("comparing", rows, total, "rows"));
        display.end();
        process.stdout.write(flags.json ? jsonText(answer) : compareReport(answer, of));
      } finally {
        display.end();
      }
    });
};
