#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { Invalid } from "../invalid.js";
import { VERSION } from "../version.js";
import { register as registerExport } from "./export.js";
import { register as registerFormats } from "./formats.js";
import { register as registerGenerate } from "./generate.js";
import { register as registerIngest } from "./ingest.js";
import { register as registerReplay } from "./replay.js";
import { register as registerSchedulers } from "./schedulers.js";
import { register as registerSummary } from "./summary.js";

const COMMANDS = [
  registerIngest,
  registerGenerate,
  registerReplay,
  registerSummary,
  registerExport,
  registerFormats,
  registerSchedulers,
];

/** The command line. Exit 0 done; 1 the work failed; 2 the command line or the input is invalid. */
async function main(argv: readonly string[]): Promise<number> {
  const program = new Command("replaybook")
    .description("Replays serverless traces through XX, Hermod and EDF, exactly.")
    .version(VERSION)
    .showSuggestionAfterError(false);
  for (const register of COMMANDS) register(program);
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
    if (error instanceof CommanderError) return commandLine(error);
    process.stderr.write(`replaybook: ${oneLine(error)}\n`);
    return error instanceof Invalid ? 2 : 1;
  }
}

/** Commander has printed help or the version, or knows what is wrong with the command line. */
function commandLine(error: CommanderError): number {
  if (error.exitCode === 0) return 0;
  if (error.code === "commander.help") return 2;
  const said = error.message.replace(/^error: /, "").replaceAll("\n", " ");
  const [, what = "command line", value = ""] = /^(.*?) '([^']*)'/.exec(said) ?? [];
  const wrong = new Invalid(what.replace(/^unknown /, ""), value, said, "what `replaybook --help` lists");
  process.stderr.write(`replaybook: ${wrong.message}\n`);
  return 2;
}

function oneLine(error: unknown): string {
  if (error instanceof Invalid) return error.message;
  const message = error instanceof Error ? error.message : String(error);
  if (/\bENOSPC\b/.test(message)) return "failed: the disk is full; nothing was left behind";
  return `failed: ${message.replace(/\s+/g, " ")}`;
}

process.exitCode = await main(process.argv);
