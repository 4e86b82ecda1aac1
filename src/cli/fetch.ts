import { dirname, isAbsolute, relative } from "node:path";
import type { Command } from "commander";
import { Invalid } from "../invalid.js";
import { Output } from "../output.js";
import { DATASETS, type Dataset } from "../trace/fetch/datasets.js";
import { filesOf, parseDays, parseFamilies } from "../trace/fetch/days.js";
import type { Patience } from "../trace/fetch/download.js";
import { fetchDataset } from "../trace/fetch/fetch.js";
import { megabytes } from "../trace/fetch/megabytes.js";
import { sourcesOf } from "../trace/fetch/sources.js";
import { type Ask, terminalAsk } from "./ask.js";
import type { Register } from "./command.js";
import { fetchReport } from "./fetch-report.js";
import { ProgressDisplay } from "./progress.js";

interface Flags {
  readonly output: string;
  readonly days?: string;
  readonly families?: string;
  readonly from?: string;
  readonly keepArchive?: boolean;
  readonly yes?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Megabytes from which on progress is shown. */
const SHOWN_FROM = 5;
/** Bytes to download above which somebody has to agree. */
const ASKED_ABOVE = 100e6;
const FIRST_DAY = "1";

/** `replaybook fetch` of some data sets. `asker` gives who may be asked; `patience` is other than usual in tests. */
export function fetchCommand(
  datasets: Readonly<Record<string, Dataset>>,
  asker: () => Ask | null,
  patience?: Patience,
): Register {
  const names = Object.keys(datasets).join(", ");
  return (program: Command): void => {
    program
      .command("fetch")
      .description("download a public trace, check its sha256, and unpack what is asked for")
      .argument("<data set>", names)
      .requiredOption("-o, --output <dir>", "the folder to write; what is downloaded lies beside it, as .partial")
      .option("--days <list>", `days of azure-2019 to unpack, such as 1..3, 1,5 or all (default: ${FIRST_DAY})`)
      .option("--families <list>", "of azure-2019, some of invocations,durations,memory (default: all)")
      .option("--from <path>", "take it from another address, from a file that is here already, or a folder of such")
      .option(
        "--keep-archive",
        "leave the archive beside the folder; so it is where only some of its days are unpacked",
      )
      .option("--no-keep-archive", "remove it in any case")
      .option("--yes", `download more than ${megabytes(ASKED_ABOVE)} without a question`)
      .option("--force", "replace the output if it exists")
      .option("--json", "print what was fetched as JSON")
      .addHelpText(
        "after",
        "\nAn interrupted download goes on where it ended when the same command is given again." +
          "\n\nExample:\n  $ npx replaybook fetch azure-2019 --days 1,2 -o data/azure2019",
      )
      .action(async (name: string, flags: Flags) => {
        const dataset = Object.hasOwn(datasets, name) ? datasets[name] : undefined;
        if (!dataset) throw new Invalid("data set", name, "unknown", `one of ${names}`);
        const part = partOf(name, dataset, flags);
        const output = Output.folder(flags.output, flags.force ?? false);
        const display = new ProgressDisplay(SHOWN_FROM);
        try {
          const sources = sourcesOf(dataset, flags.from, folderOf(output, flags.output));
          const missing = sources.reduce((sum, { missingBytes }) => sum + missingBytes, 0);
          if (missing > ASKED_ABOVE && !flags.yes) await agree(name, missing, part.bytes, asker());
          const fetched = await fetchDataset(dataset, sources, output, {
            files: part.files,
            keepArchive: flags.keepArchive ?? !part.whole,
            onProgress: (stage, bytes, total) => display.show(stage, bytes / 1e6, total / 1e6, "MB"),
            onNote: (text) => {
              display.end();
              process.stderr.write(`note: ${text}\n`);
            },
            ...(patience ? { patience } : {}),
          });
          display.end();
          const { files, archive } = fetched;
          const result = { dataset: name, folder: flags.output, files, archive, terms: dataset.terms };
          const text = flags.json
            ? JSON.stringify(result, null, 2)
            : fetchReport(name, dataset, part.days, fetched, flags.output);
          process.stdout.write(`${text}\n`);
        } catch (error) {
          display.end();
          output.abandon();
          throw error;
        }
      });
  };
}

/** `replaybook fetch`: a public trace from the web, whole and checked, as its publisher's files. */
export const register: Register = fetchCommand(DATASETS, terminalAsk);

/** The folder that an output lies in, absolute or from the current one as the output is given. */
function folderOf({ target }: Output, given: string): string {
  return isAbsolute(given) ? dirname(target) : relative(process.cwd(), dirname(target));
}

interface Part {
  readonly days: readonly number[];
  readonly files: readonly string[];
  /** About how much it unpacks to; 0: nothing is packed. */
  readonly bytes: number;
  /** It is all there is. */
  readonly whole: boolean;
}

/** Which part of a data set is asked for. Throws Invalid. */
function partOf(name: string, { archive }: Dataset, { days, families }: Flags): Part {
  if (archive?.kind !== "tar.xz") {
    if (days !== undefined) throw new Invalid("days", days, `--days, of ${name}`, "none: it comes as a whole");
    if (families !== undefined) {
      throw new Invalid("families", families, `--families, of ${name}`, "none: it comes as a whole");
    }
    return { days: [], files: [], bytes: archive === null ? 0 : archive.file.bytes, whole: true };
  }
  const all = Object.keys(archive.families);
  const chosen = parseDays(days ?? FIRST_DAY, archive.days);
  const named = families === undefined ? all : parseFamilies(families, archive);
  const files = filesOf(archive, chosen, named);
  if (files.length === 0) {
    const last = Math.max(...named.map((family) => archive.families[family]!.days));
    throw new Invalid("days", days ?? FIRST_DAY, `--days, of ${named.join(",")}`, `days from 1 to ${last}`);
  }
  const whole = chosen.length === archive.days && named.length === all.length;
  return { days: chosen, files, bytes: archive.dayBytes * chosen.length, whole };
}

/** Asks whether so much may be downloaded. Throws Invalid where nobody can be asked, an Error where the answer is no. */
async function agree(name: string, missing: number, unpacked: number, ask: Ask | null): Promise<void> {
  if (ask === null) {
    const where = `${name}, above ${megabytes(ASKED_ABOVE)} without a terminal to ask on`;
    throw new Invalid("download", megabytes(missing), where, "--yes");
  }
  const more = unpacked > 0 ? ` and unpack about ${megabytes(unpacked)}` : "";
  if (!(await ask(`${name}: download ${megabytes(missing)}${more}?`))) throw new Error("nothing was downloaded");
}
