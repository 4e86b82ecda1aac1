import type { Command } from "commander";
import { summarise } from "../analysis/latency.js";
import { openRun } from "../analysis/run-folder.js";
import type { Register } from "./command.js";
import { ProgressDisplay } from "./progress.js";
import { summaryReport } from "./summary-report.js";

/** Rows from which reading takes long enough to show how far it is. */
const SHOWN_FROM = 20_000_000;

/** `replaybook summary`: what happened in a run, per scheduler and class. */
export const register: Register = (program: Command): void => {
  program
    .command("summary")
    .description("say what happened in a run, per scheduler and price class")
    .argument("<run>", "a run folder, as replay writes it")
    .option("--json", "print it as JSON; infinite quantities are the text Infinity")
    .addHelpText("after", "\nExample:\n  $ npx replaybook summary data/runs/demo")
    .action(async (folder: string, { json }: { json?: boolean }) => {
      const display = new ProgressDisplay(SHOWN_FROM);
      try {
        const summary = await summarise(openRun(folder), (rows, total) => display.show("reading", rows, total, "rows"));
        display.end();
        process.stdout.write(json ? `${JSON.stringify(summary, infinityAsText, 2)}\n` : summaryReport(summary));
      } finally {
        display.end();
      }
    });
};

/** JSON has no infinity. */
function infinityAsText(_key: string, value: unknown): unknown {
  return value === Number.POSITIVE_INFINITY ? "Infinity" : value;
}
