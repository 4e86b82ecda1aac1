import { existsSync } from "node:fs";
import { basename, join, resolve, sep } from "node:path";
import type { Command } from "commander";
import { Invalid } from "../invalid.js";
import { isTraceFolder } from "../trace/trace-folder.js";
import type { Register } from "./command.js";
import { exportFolder } from "./export-folder.js";
import { FORMAT_NAMES, tableFormat } from "./export-formats.js";
import { exportSweep } from "./export-sweep.js";
import { SHOWN_FROM } from "./export-tables.js";
import { ProgressDisplay } from "./progress.js";

interface Flags {
  readonly to: string;
  readonly output?: string;
  readonly table?: string;
  readonly workers?: string;
  readonly force?: boolean;
}

/** `replaybook export`: the tables of a run, a trace or a sweep for other tools. */
export const register: Register = (program: Command): void => {
  program
    .command("export")
    .description("write the tables of a run, a trace or a sweep for other tools")
    .argument("<folder>", "a run folder, a trace folder or a sweep's folder")
    .requiredOption("--to <format>", `${FORMAT_NAMES} (arrow: of a sweep)`)
    .option("-o, --output <dir>", "the folder to write; by default its name with the format, beside it")
    .option("--table <names>", "only these, such as invocations,windows")
    .option("--workers <n>", "files at a time (default: the cores, where it is much)")
    .option("--force", "replace the output if it exists")
    .addHelpText(
      "after",
      `
A sweep becomes one data set that DuckDB, Spark, Trino, Polars and pyarrow read:
  DIR/invocations/scheduler=xx/load=0.8/seed=1/part-00000.parquet
with a folder per table and a partition per scheduler and option that the plan
varies. Stopped in between? The same command goes on.

Examples:
  $ npx replaybook export data/runs/demo --to csv -o demo-csv
  $ npx replaybook export data/runs/loads --to parquet -o loads`,
    )
    .action(async (folder: string, { to, output, table, workers, force = false }: Flags) => {
      const format = tableFormat(to);
      const target = output ?? join(folder, "..", `${basename(resolve(folder))}-${format.name}`);
      const display = new ProgressDisplay(SHOWN_FROM);
      try {
        const write = existsSync(join(folder, "sweep.json")) ? exportSweep : exportFolder;
        if (write === exportFolder && to === "arrow") refuseArrow(folder);
        if (existsSync(folder)) refuseSource(folder, target);
        process.stdout.write(await write(folder, target, { format, tables: table, workers, force, display }));
      } finally {
        display.end();
      }
    });
};

function refuseArrow(folder: string): void {
  const what = isTraceFolder(folder) ? "a trace" : "a run";
  throw new Invalid("table format", "arrow", `--to; ${folder} is ${what}, whose tables are Arrow`, "csv or parquet");
}

/** An output that would replace what is exported, or lie in it, is refused, with --force too. */
function refuseSource(folder: string, target: string): void {
  const [from, to] = [resolve(folder), resolve(target)];
  if (to !== from && !to.startsWith(from + sep) && !from.startsWith(to + sep)) return;
  const what = existsSync(join(folder, "sweep.json")) ? "sweep" : isTraceFolder(folder) ? "trace" : "run";
  throw new Invalid("output", target, `-o, which holds the ${what} or lies in it`, "another folder");
}
