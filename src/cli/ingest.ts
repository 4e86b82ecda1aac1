import { resolve, sep } from "node:path";
import { type Command, Option } from "commander";
import { Invalid } from "../invalid.js";
import { Output } from "../output.js";
import { FORMATS } from "../trace/formats.js";
import { ingest } from "../trace/ingest.js";
import type { Register } from "./command.js";
import { ingestReport } from "./ingest-report.js";
import { ProgressDisplay } from "./progress.js";
import { parseBadRowRule } from "./trace-source.js";

interface Flags {
  readonly output: string;
  readonly format?: string;
  readonly map: readonly string[];
  readonly name?: string;
  readonly onBadRow: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Megabytes of source files from which on progress is shown. */
const SHOWN_FROM = 100;

/** `replaybook ingest`: provider's files in, a trace folder out; says what it read and who uses the CPU. */
export const register: Register = (program: Command): void => {
  const command = program
    .command("ingest")
    .description("read a provider's trace, or a table of one's own, into a trace folder")
    .argument("<path...>", "files or folders of the trace: text or tables, as they are or in .gz, .zst, .xz")
    .requiredOption("-o, --output <dir>", "the trace folder to write")
    .option("--format <name>", `${Object.keys(FORMATS).join(", ")}; by default told from the files' columns`)
    .option("--map <theirs=ours>", "another name of a column, such as start=arrival_s; may be repeated", collect, [])
    .option("--name <name>", "the trace's name; by default that of the first path")
    .addOption(
      new Option("--on-bad-row <what>", "stop at a bad row, or move it to rejects.csv and count it").default("stop"),
    )
    .option("--force", "replace the output if it exists")
    .option("--json", "print what was read as JSON")
    .addHelpText("after", "\nExample:\n  $ npx replaybook ingest azure2019/ -o data/traces/azure2019")
    .action(async (paths: string[], flags: Flags) => {
      const onBadRow = parseBadRowRule(flags.onBadRow);
      refuseSources(paths, flags.output);
      const map = parseMap(flags.map);
      const output = Output.folder(flags.output, flags.force ?? false);
      const display = new ProgressDisplay(SHOWN_FROM);
      const onProgress = (bytes: number, total: number) => display.show("reading", bytes / 1e6, total / 1e6, "MB");
      try {
        const { format, name } = flags;
        const options = Object.fromEntries(own.flatMap((option) => givenFor(option, flags)));
        const manifest = await ingest(paths, { format, map, name, onBadRow, options, onProgress }, output.path);
        display.end();
        output.commit();
        const text = flags.json ? JSON.stringify(manifest, null, 2) : ingestReport(manifest, flags.output);
        process.stdout.write(`${text}\n`);
      } catch (error) {
        display.end();
        output.abandon();
        throw error;
      }
    });
  const own = formatOptions();
  for (const option of own) command.addOption(option);
};

/** The options that one format alone has. */
function formatOptions(): Option[] {
  return Object.entries(FORMATS).flatMap(([format, { options = {} }]) =>
    Object.entries(options).map(
      ([name, { argument, about, ...option }]) =>
        new Option(`--${name} <${argument}>`, `${format}: ${about}; ${option.default} if not given`),
    ),
  );
}

/** An option's name and what was given for it; nothing where it was not. */
function givenFor(option: Option, flags: Flags): [string, string][] {
  const value = (flags as unknown as Record<string, string | undefined>)[option.attributeName()];
  return value === undefined ? [] : [[option.name(), value]];
}

/** Puts the values of an option that may be repeated into a list. */
export function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

/** ["start=arrival_s"] → { start: "arrival_s" }. Throws Invalid. */
export function parseMap(pairs: readonly string[]): Record<string, string> {
  const map: Record<string, string> = {};
  for (const pair of pairs) {
    const at = pair.lastIndexOf("=");
    const [theirs, ours] = [pair.slice(0, at), pair.slice(at + 1)];
    if (at < 1 || ours === "") throw new Invalid("column", pair, "--map", "THEIRS=OURS, such as start=arrival_s");
    if (theirs in map) throw new Invalid("column", theirs, "--map, twice", "each column once");
    map[theirs] = ours;
  }
  return map;
}

/** An output that would replace what is to be read is refused, with --force too: throws Invalid. */
export function refuseSources(paths: readonly string[], output: string): void {
  const target = resolve(output);
  for (const path of paths) {
    if (resolve(path) !== target && !resolve(path).startsWith(target + sep)) continue;
    throw new Invalid("output", output, "-o, which would replace what is to be read", "another folder");
  }
}
