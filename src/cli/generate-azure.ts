import { type Command, Option } from "commander";
import { Invalid } from "../invalid.js";
import { Output } from "../output.js";
import { type AzureOptions, AzurePopulation } from "../workload/index.js";
import { wholeOf } from "./numbers.js";
import { ProgressDisplay } from "./progress.js";
import { writeAzure } from "./write-azure.js";

/** The release's first day, a Monday. */
const FIRST_DAY = "2019-07-15";
const DAY_MS = 86400000;
/** Rows of functions from which on progress is shown. */
const SHOWN_FROM = 20000;

interface Flags {
  readonly output: string;
  readonly functions: string;
  readonly days: string;
  readonly start: string;
  readonly seed: string;
  readonly oddities: string;
  readonly gzip?: boolean;
  readonly force?: boolean;
}

/** `replaybook generate azure`: a trace in the files of Azure Functions 2019. */
export function registerAzure(generate: Command): void {
  generate
    .command("azure")
    .description("a trace like Azure Functions 2019, in its files: counts a minute, durations, memory")
    .requiredOption("-o, --output <folder>", "the folder to write, three files a day")
    .option("--functions <n>", "functions that run on a day; the release's first has 46412", "1000")
    .option("--days <n>", "length of the trace, in days", "1")
    .option("--start <date>", "date of the first day; on weekends less is used", FIRST_DAY)
    .option("--seed <n>", "seed of every draw", "1")
    .addOption(
      new Option("--oddities <which>", "what real files have: missing rows, odd counts; or none").default("real"),
    )
    .option("--gzip", "write .csv.gz")
    .option("--force", "replace the output if it exists")
    .addHelpText("after", "\nExample:\n  $ npx replaybook generate azure -o made --functions 5000 --days 2 --seed 7")
    .action(async (flags: Flags) => {
      const options = azureOptions(flags);
      const output = Output.folder(flags.output, flags.force ?? false);
      const display = new ProgressDisplay(SHOWN_FROM);
      try {
        const total = options.functions * options.days;
        display.show("generate", 0, total, "functions");
        const population = new AzurePopulation(options);
        const written = await writeAzure(output.path, population, flags.gzip ?? false, (rows) =>
          display.show("generate", rows, total, "functions"),
        );
        display.end();
        output.commit();
        process.stdout.write(`${flags.output}: ${said(written.invocations, options, population.apps)}\n`);
      } catch (error) {
        display.end();
        output.abandon();
        throw error;
      }
    });
}

function said(
  invocations: number,
  { functions, days }: AzureOptions,
  { apps, owners }: { apps: number; owners: number },
) {
  const [all, f, a, o] = [invocations, functions, apps, owners].map((n) => n.toLocaleString("en-US"));
  return `${all} invocations in ${days} ${days === 1 ? "day" : "days"}, of ${f} functions in ${a} apps of ${o} owners`;
}

function azureOptions(flags: Flags): AzureOptions {
  const { oddities } = flags;
  if (oddities !== "real" && oddities !== "none") throw new Invalid("oddities", oddities, "--oddities", "real or none");
  return {
    functions: wholeOf("number of functions", flags.functions, "--functions", 1, 1e6),
    days: wholeOf("number of days", flags.days, "--days", 1, 99),
    weekday: weekdayOf(flags.start),
    seed: wholeOf("seed", flags.seed, "--seed", 0, Number.MAX_SAFE_INTEGER),
    oddities,
  };
}

/** Day of the week of a date, 0 for Monday. Throws Invalid. */
function weekdayOf(date: string): number {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== date) {
    throw new Invalid("date", date, "--start", `a date such as ${FIRST_DAY}`);
  }
  // The epoch's first day was a Thursday.
  return (((at / DAY_MS + 3) % 7) + 7) % 7;
}
