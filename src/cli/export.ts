import { mkdirSync, statSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import type { Command } from "commander";
import { notWhole, openRun, type RunFolder } from "../analysis/run-folder.js";
import { Invalid } from "../invalid.js";
import { Output } from "../output.js";
import type { Register } from "./command.js";
import { ProgressDisplay } from "./progress.js";
import { writeCsv } from "./write-csv.js";

interface Flags {
  readonly to: string;
  readonly output?: string;
  readonly force?: boolean;
}

/** What the tables can be written as. */
const FORMATS = ["csv"] as const;
/** Megabytes from which writing takes long enough to show how far it is. */
const SHOWN_FROM = 100;

/** `replaybook export`: a run's tables for other tools. */
export const register: Register = (program: Command): void => {
  program
    .command("export")
    .description("write a run's tables for other tools")
    .argument("<run>", "a run folder, as replay writes it")
    .requiredOption("--to <format>", FORMATS.join(", "))
    .option("-o, --output <dir>", "the folder to write; by default the run's name with the format, beside it")
    .option("--force", "replace the output if it exists")
    .addHelpText("after", "\nExample:\n  $ npx replaybook export data/runs/demo --to csv -o demo-csv")
    .action(async (folder: string, flags: Flags) => {
      const format = FORMATS.find((name) => name === flags.to);
      if (format === undefined) throw new Invalid("table format", flags.to, "--to", `one of ${FORMATS.join(", ")}`);
      const run = openRun(folder);
      const target = flags.output ?? join(folder, "..", `${run.name}-${format}`);
      refuseSource(folder, target);
      const output = Output.folder(target, flags.force ?? false);
      const display = new ProgressDisplay(SHOWN_FROM);
      try {
        const { tables, rows } = await writeTables(run, output.path, display);
        display.end();
        output.commit();
        process.stdout.write(`${target}: ${tables} tables, ${rows.toLocaleString("en-US")} rows\n`);
      } catch (error) {
        display.end();
        output.abandon();
        throw error;
      }
    });
};

async function writeTables(
  run: RunFolder,
  folder: string,
  display: ProgressDisplay,
): Promise<{ tables: number; rows: number }> {
  const tables = run.tables();
  const bytes = tables.flatMap(({ files }) => files).reduce((sum, file) => sum + statSync(file).size, 0);
  let read = 0;
  let rows = 0;
  for (const { name, files } of tables) {
    const path = join(folder, `${name}.csv`);
    mkdirSync(dirname(path), { recursive: true });
    const written = await writeCsv(files, path, (more) => {
      read += more;
      display.show("writing", read / 1e6, bytes / 1e6, "MB");
    });
    const expected = run.manifest.workload.rows;
    if (/^workload$|\/invocations$/.test(name) && written !== expected) {
      throw notWhole(run.folder, `${name} has ${written} of ${expected} rows`);
    }
    rows += written;
  }
  return { tables: tables.length, rows };
}

/** An output that would replace the run, or lie in it, is refused, with --force too. */
function refuseSource(folder: string, target: string): void {
  const [from, to] = [resolve(folder), resolve(target)];
  if (to !== from && !to.startsWith(from + sep) && !from.startsWith(to + sep)) return;
  throw new Invalid("output", target, "-o, which holds the run or lies in it", "another folder");
}
