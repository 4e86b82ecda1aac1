import type { Command } from "commander";
import type { CostQuestion } from "../analysis/cost/answer.js";
import { BILLED_MEMORY } from "../analysis/cost/billing.js";
import { cheapestClasses, moves } from "../analysis/cost/cheapest-class.js";
import { analyseCost, ruleOf } from "../analysis/cost/cost-analysis.js";
import { GROUPINGS } from "../analysis/cost/groups.js";
import { parseObjective } from "../analysis/cost/objective.js";
import type { UnitReading } from "../analysis/cost/readings.js";
import { openRun, type RunFolder } from "../analysis/run-folder.js";
import { Invalid } from "../invalid.js";
import { Output } from "../output.js";
import type { Register } from "./command.js";
import { billsFormat, writeBills } from "./cost-bills.js";
import { type ChoiceAnswer, choiceReport } from "./cost-choice-report.js";
import { costReport } from "./cost-report.js";
import { validateMoves } from "./cost-validate.js";
import { numberOf, wholeOf } from "./numbers.js";
import { plural } from "./plain.js";
import { ProgressDisplay } from "./progress.js";

interface Flags {
  readonly scheduler?: string;
  readonly by: string;
  readonly top: string;
  readonly memory: string;
  readonly memoryPrice?: string;
  readonly billKilled: boolean;
  readonly priceUnit?: string;
  readonly machine?: string;
  readonly drive?: string;
  readonly reserved?: string;
  readonly prices?: string;
  readonly objective?: string;
  readonly validate?: boolean;
  readonly output?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Rows from which reading, or a replay, takes long enough to show how far it is. */
const SHOWN_FROM = 5_000_000;
const REPLAY_SHOWN_FROM = 500_000;
/** Functions that --validate moves. */
const MOVED = 5;

/** `replaybook cost`: bills, the provider's revenue and cost, and what the work costs elsewhere. */
export const register: Register = (program: Command): void => {
  program
    .command("cost")
    .description("say what tenants pay, whether the provider earns, and what the work costs elsewhere")
    .argument("<run>", "a run folder, as replay writes it")
    .option("--scheduler <names>", "look at these; by default at all that were replayed")
    .option("--by <whom>", `bills by ${GROUPINGS.join(", ")}`, "class")
    .option("--top <n>", "owners, apps or functions to list, the dearest", "10")
    .option(
      "--price-unit <unit>",
      "drafts (1e-8), break-even, lambda-equal, or dollars per unit of price and CPU second (default: the run's)",
    )
    .option("--memory <when>", "memory is billed while running, resident (in RAM) or held (in swap too)", "running")
    .option(
      "--memory-price <dollars>",
      "per GiB and second, or with /h hour: 0.0034/h (default: in proportion to the price unit, as in the run)",
    )
    .option("--bill-killed", "the killed pay for what they were given", true)
    .option("--no-bill-killed", "they do not")
    .option(
      "--machine <id>",
      "what a machine costs: hamilton2010, today-low, today-high, barroso2013a or an instance",
      "hamilton2010",
    )
    .option("--drive <id>", "a drive of drives.json for what is swapped (default: pny-cs900-500gb, the drafts')")
    .option("--reserved <id>", "the instance to reserve instead (default: m6a.2xlarge.reserved_1y_no_upfront)")
    .option("--prices <dir>", "another folder of price catalogues than data/prices")
    .option("--objective <what>", "the cheapest class per function with p99<=2 (slowdown) or p99<=5s (latency)")
    .option("--validate", "replay with the top five functions moved there, and show the error")
    .option("-o, --output <file>", "write the bill of every invocation: .arrow, .csv or .parquet")
    .option("--force", "replace that file if it exists")
    .option("--json", "print it as JSON; infinite quantities are the text Infinity")
    .addHelpText("after", "\nExample:\n  $ npx replaybook cost data/runs/demo --price-unit break-even --by owner")
    .action(cost);
};

async function cost(folder: string, flags: Flags): Promise<void> {
  const run = openRun(folder);
  const question = questionOf(flags);
  const top = wholeOf("top", flags.top, "--top", 1, 1_000_000);
  const format = flags.output === undefined ? null : billsFormat(flags.output);
  if (flags.validate && flags.objective === undefined) {
    throw new Invalid("option", "--validate", "without --objective", "--objective with it, such as p99<=2");
  }
  const objective = flags.objective === undefined ? null : parseObjective(flags.objective);
  const output = flags.output === undefined ? null : Output.file(flags.output, flags.force ?? false);
  const display = new ProgressDisplay(SHOWN_FROM);
  try {
    const analysis = await analyseCost(run, question, (rows, total) => display.show("reading", rows, total, "rows"));
    display.end();
    const choice = objective === null ? null : await choiceOf(run, question, objective, flags.validate ?? false);
    const said: string[] = [];
    if (output !== null && format !== null) {
      const none = { price_unit: 0, memory_price: 0 };
      const tariffs = new Map(analysis.schedulers.map(({ scheduler, tariff }) => [scheduler, tariff ?? none]));
      const rows = await writeBills(run, analysis.rule, tariffs, output.path, format, display);
      output.commit();
      said.push(`wrote ${flags.output}: ${plural(rows, "bill")}\n`);
    }
    const json = choice === null ? analysis : { ...analysis, objective: choice };
    const report = choice === null ? costReport(analysis, top) : choiceReport(choice, analysis, top);
    process.stdout.write(flags.json ? `${JSON.stringify(json, infinityAsText, 2)}\n` : [report, ...said].join("\n"));
  } catch (error) {
    display.end();
    output?.abandon();
    throw error;
  }
}

/** The cheapest class of every function, and with `validate` what replays make of the largest moves. */
async function choiceOf(
  run: RunFolder,
  question: CostQuestion,
  objective: ReturnType<typeof parseObjective>,
  validate: boolean,
): Promise<ChoiceAnswer> {
  const scheduler = question.schedulers?.[0] ?? run.schedulers[0]!;
  const { tariff, choices } = await cheapestClasses(run, objective, scheduler, question);
  const display = new ProgressDisplay(REPLAY_SHOWN_FROM);
  const moved = moves(choices, MOVED);
  const validation = validate
    ? await validateMoves(run, scheduler, moved, objective, tariff, ruleOf(question), display)
    : null;
  return { scheduler, objective, choices, validation };
}

function questionOf(flags: Flags): CostQuestion {
  const memory = BILLED_MEMORY.find((name) => name === flags.memory);
  if (memory === undefined) throw new Invalid("memory", flags.memory, "--memory", `one of ${BILLED_MEMORY.join(", ")}`);
  const by = GROUPINGS.find((name) => name === flags.by);
  if (by === undefined) throw new Invalid("grouping", flags.by, "--by", `one of ${GROUPINGS.join(", ")}`);
  const { machine, drive, reserved, prices } = flags;
  const named = Object.entries({ machine, drive, reserved, prices }).filter(([, value]) => value !== undefined);
  return {
    ...{ memory, by, bill_killed: flags.billKilled },
    ...(Object.fromEntries(named) as Pick<CostQuestion, "machine">),
    ...(flags.scheduler === undefined ? {} : { schedulers: flags.scheduler.split(",").map((name) => name.trim()) }),
    ...(flags.priceUnit === undefined ? {} : { price_unit: unitOf(flags.priceUnit) }),
    ...(flags.memoryPrice === undefined ? {} : { memory_price: memoryPriceOf(flags.memoryPrice) }),
  };
}

const READINGS = ["drafts", "break-even", "lambda-equal"] as const;

function unitOf(text: string): UnitReading {
  const reading = READINGS.find((name) => name === text);
  return (
    reading ?? numberOf("price-unit", text, (x) => x > 0, `${READINGS.join(", ")}, or dollars above 0, such as 1e-8`)
  );
}

/** "1e-9" or "1e-9/s", per GiB and second; "0.0034/h", per GiB and hour. */
function memoryPriceOf(text: string): number {
  const [, number = text, per] = /^(.*?)(?:\/([sh]))?$/.exec(text.trim()) ?? [];
  const wanted = "dollars per GiB and second, 0 or more, such as 1e-9, or per hour, such as 0.0034/h";
  return numberOf("memory-price", number, (x) => x >= 0, wanted) / (per === "h" ? 3600 : 1);
}

/** JSON has no infinity. */
function infinityAsText(_key: string, value: unknown): unknown {
  return value === Number.POSITIVE_INFINITY ? "Infinity" : value;
}
