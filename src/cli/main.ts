#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { Invalid } from "../invalid.js";
import { VERSION } from "../version.js";
import type { Register } from "./command.js";
import { endWithParent } from "./parent.js";

/** Every command, in the order of the help. The one that is asked for is loaded alone: loading all takes 0.2 s. */
const COMMANDS: Readonly<Record<string, () => Promise<{ readonly register: Register }>>> = {
  ingest: () => import("./ingest.js"),
  fetch: () => import("./fetch.js"),
  generate: () => import("./generate.js"),
  inspect: () => import("./inspect.js"),
  replay: () => import("./replay.js"),
  sample: () => import("./sample.js"),
  summary: () => import("./summary.js"),
  latency: () => import("./latency.js"),
  compare: () => import("./compare.js"),
  swap: () => import("./swap.js"),
  cost: () => import("./cost.js"),
  capacity: () => import("./capacity.js"),
  sweep: () => import("./sweep.js"),
  worker: () => import("./worker.js"),
  export: () => import("./export.js"),
  notebook: () => import("./notebook.js"),
  report: () => import("./report.js"),
  charts: () => import("./charts.js"),
  formats: () => import("./formats.js"),
  schedulers: () => import("./schedulers.js"),
};

/** The command line. Exit 0 done; 1 the work failed; 2 the command line or the input is invalid. */
async function main(argv: readonly string[]): Promise<number> {
  const program = new Command("replaybook")
    .description("Replays serverless traces through XX, Hermod and EDF, exactly.")
    .version(VERSION)
    .showSuggestionAfterError(false);
  const asked = argv[2] ?? "";
  const load = Object.hasOwn(COMMANDS, asked) ? [COMMANDS[asked]!] : Object.values(COMMANDS);
  for (const { register } of await Promise.all(load.map((command) => command()))) register(program);
  for (const command of [program, ...program.commands, ...program.commands.flatMap((c) => c.commands)]) {
    command
      .exitOverride()
      .configureOutput({ outputError: () => {} })
      .helpCommand(false);
  }
  try {
    await program.parseAsync([...argv]);
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return commandLine(error, named(program, argv.slice(2)));
    process.stderr.write(`replaybook: ${messageOf(error)}\n`);
    return error instanceof Invalid ? 2 : 1;
  }
}

/** What commander says is wrong, and what there is instead. */
const WRONG: Readonly<Record<string, readonly [what: string, where: string]>> = {
  "commander.unknownOption": ["option", "unknown"],
  "commander.unknownCommand": ["command", "unknown"],
  "commander.missingMandatoryOptionValue": ["option", "missing"],
  "commander.optionMissingArgument": ["option", "without its value"],
  "commander.missingArgument": ["argument", "missing"],
  "commander.excessArguments": ["arguments", "too many"],
};

/** Commander has printed help or the version, or knows what is wrong with the command line. */
function commandLine(error: CommanderError, command: string): number {
  if (error.exitCode === 0) return 0;
  if (error.code === "commander.help") return 2;
  const said = error.message.replace(/^error: /, "").replaceAll("\n", " ");
  const [what, where] = WRONG[error.code] ?? ["command line", said];
  const value = /'([^']*)'/.exec(said)?.[1] ?? "";
  const wrong = new Invalid(what, value, where, `what \`replaybook ${command}--help\` lists`);
  process.stderr.write(`replaybook: ${wrong.message}\n`);
  return 2;
}

/** "generate paper " of `generate paper --seed 1`: as much of a command line as names a command. */
function named(program: Command, args: readonly string[]): string {
  const command = program.commands.find((one) => one.name() === args[0]);
  return command === undefined ? "" : `${command.name()} ${named(command, args.slice(1))}`;
}

function messageOf(error: unknown): string {
  if (error instanceof Invalid) return error.message;
  const message = error instanceof Error ? error.message : String(error);
  if (/\bENOSPC\b/.test(message)) return "failed: the disk is full; nothing was left behind";
  return `failed: ${message.replace(/\s+/g, " ")}`;
}

/** Who reads what is printed may stop reading, as `head` does: no failure. */
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});
endWithParent();
process.exitCode = await main(process.argv);
