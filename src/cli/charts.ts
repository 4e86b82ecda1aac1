import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { openRun } from "../analysis/run-folder.js";
import { CHARTS } from "../chart/charts.js";
import { toPng, toSvg } from "../chart/render.js";
import { chartsOfRuns, type MadeChart, runCharts } from "../chart/run-charts.js";
import { WorkedRun } from "../chart/worked-run.js";
import { Invalid } from "../invalid.js";
import { Output } from "../output.js";
import type { Register } from "./command.js";
import { distinctNames } from "./labels.js";
import { ProgressDisplay } from "./progress.js";
import { textTable } from "./text-table.js";

interface Flags {
  readonly output?: string;
  readonly format: string;
  readonly only?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** What a chart can be written as. */
const FORMATS: Readonly<Record<string, (chart: MadeChart) => Promise<string | Uint8Array>>> = {
  png: ({ spec }) => toPng(spec),
  svg: ({ spec }) => toSvg(spec),
  json: async ({ spec }) => `${JSON.stringify(spec, null, 2)}\n`,
};
/** Rows from which reading takes long enough to show how far it is. */
const SHOWN_FROM = 20_000_000;

/** `replaybook charts`: what there is, a line each; and drawn from runs. */
export const register: Register = (program: Command): void => {
  program
    .command("charts")
    .description("the charts there are, a line each; or those of runs, drawn into files")
    .argument("[run...]", "run folders; of several loads, or seeds of a load, there are charts that compare these")
    .option("-o, --output <dir>", "the folder to write, a file a chart")
    .option("--format <name>", Object.keys(FORMATS).join(", "), "png")
    .option("--only <names>", "charts of these names, such as latency-ccdf,p99-slowdown; by default all")
    .option("--force", "replace the folder if it exists")
    .option("--json", "print the list as JSON")
    .addHelpText("after", "\nExample:\n  $ npx replaybook charts data/runs/demo -o charts --format svg")
    .action(async (folders: readonly string[], flags: Flags) => {
      if (folders.length === 0) {
        if (flags.output === undefined) process.stdout.write(list(flags.json ?? false));
        else throw new Invalid("argument", "none", "run", "a run folder to draw, such as data/runs/demo");
      } else await draw(folders, flags);
    });
};

function list(json: boolean): string {
  const charts = Object.entries(CHARTS).map(([name, { about, needs }]) => ({ name, about, needs }));
  if (json) return `${JSON.stringify(charts, null, 2)}\n`;
  const rows = charts.map(({ name, about }) => [name, about]);
  return `${textTable(rows, { left: 2, indent: 0 }).join("\n")}\n`;
}

async function draw(folders: readonly string[], flags: Flags): Promise<void> {
  const write = Object.hasOwn(FORMATS, flags.format) ? FORMATS[flags.format]! : null;
  if (write === null) {
    throw new Invalid("chart format", flags.format, "--format", `one of ${Object.keys(FORMATS).join(", ")}`);
  }
  if (flags.output === undefined) {
    throw new Invalid("option", "none", "-o", "a folder to draw the charts into, such as -o charts");
  }
  const only = flags.only === undefined ? undefined : namesOf(flags.only);
  const runs = folders.map(openRun);
  const output = Output.folder(flags.output, flags.force ?? false);
  const display = new ProgressDisplay(SHOWN_FROM);
  const written: string[] = [];
  try {
    const put = async (place: string, made: readonly MadeChart[]) => {
      mkdirSync(join(output.path, place), { recursive: true });
      for (const chart of made) {
        const name = join(place, `${chart.name}.${flags.format}`);
        writeFileSync(join(output.path, name), await write(chart));
        written.push(name);
      }
    };
    const names = distinctNames(runs.map(({ name }) => name));
    const works = runs.map(
      (run) => new WorkedRun(run, runs, (rows, all) => display.show("reading", rows, all, "rows")),
    );
    for (const [i, worked] of works.entries()) {
      const made = await runCharts(worked.run, { worked, ...(only && { only }) });
      display.end();
      await put(runs.length > 1 ? names[i]! : "", made);
    }
    if (runs.length > 1) {
      const summaries = await Promise.all(works.map((worked) => worked.summary()));
      await put("", chartsOfRuns(summaries, only));
    }
    if (written.length === 0) throw nothing(only ?? []);
    output.commit();
  } finally {
    display.end();
    output.abandon();
  }
  process.stdout.write(`${written.map((name) => join(flags.output!, name)).join("\n")}\n`);
}

function namesOf(text: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  const unknown = names.find((name) => !Object.hasOwn(CHARTS, name));
  if (unknown === undefined) return names;
  throw new Invalid("chart", unknown, "--only", `one of ${Object.keys(CHARTS).join(", ")}`);
}

function nothing(only: readonly string[]): Invalid {
  const wanted = "charts that these runs have data for: try it without --only";
  return new Invalid("chart", only.join(","), "--only, for which the runs have no data", wanted);
}
