import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import { openRun } from "../analysis/run-folder.js";
import { chartsOfRuns } from "../chart/run-charts.js";
import { WorkedRun } from "../chart/worked-run.js";
import { Output } from "../output.js";
import type { Register } from "./command.js";
import { html } from "./html.js";
import { distinctNames } from "./labels.js";
import { ProgressDisplay } from "./progress.js";
import { type ReportSection, reportPage } from "./report-page.js";
import { figures, runSection } from "./report-section.js";

interface Flags {
  readonly output: string;
  readonly force?: boolean;
}

/** Rows from which reading takes long enough to show how far it is. */
const SHOWN_FROM = 5_000_000;

/** `replaybook report`: all charts and tables of runs in one page. */
export const register: Register = (program: Command): void => {
  program
    .command("report")
    .description("all charts and tables of runs in one self-contained HTML page")
    .argument("<run...>", "run folders; the same replay at finite --swap beside one at unlimited shows kills too")
    .requiredOption("-o, --output <file>", "the page to write, such as report.html")
    .option("--force", "replace the page if it exists")
    .addHelpText("after", "\nExample:\n  $ npx replaybook report data/runs/demo -o demo.html")
    .action(async (folders: readonly string[], { output: target, force }: Flags) => {
      const runs = folders.map(openRun);
      const output = Output.file(target, force ?? false);
      const display = new ProgressDisplay(SHOWN_FROM);
      try {
        const onRead = (rows: number, total: number) => display.show("reading", rows, total, "rows");
        const works = runs.map((run) => new WorkedRun(run, runs, onRead));
        const page = await pageOf(works);
        display.end();
        writeFileSync(output.path, page);
        output.commit();
        process.stdout.write(`${target}: ${(page.length / 1e6).toFixed(1)} MB\n`);
      } finally {
        display.end();
        output.abandon();
      }
    });
};

async function pageOf(works: readonly WorkedRun[]): Promise<string> {
  const names = distinctNames(works.map(({ run }) => run.name));
  const sections: ReportSection[] = [];
  const summaries = await Promise.all(works.map((worked) => worked.summary()));
  const joint = await figures(chartsOfRuns(summaries));
  if (joint.length > 0) sections.push({ id: "together", title: "The runs together", body: html`${joint}` });
  for (const [i, worked] of works.entries()) {
    sections.push({ id: `run-${i + 1}`, title: names[i]!, body: await runSection(worked) });
  }
  const of = works.length === 1 ? names[0]! : `${works.length} runs`;
  return reportPage(`Who waits, and for how long? ${of}`, sections);
}
