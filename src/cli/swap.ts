import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { openRun, type RunFolder } from "../analysis/run-folder.js";
import type { SwapAnalysis, SwapQuestion } from "../analysis/swap/answer.js";
import { readDrives } from "../analysis/swap/drives.js";
import { groupRuns, type SwapRuns, swapGroups } from "../analysis/swap/runs.js";
import { analyseSwap } from "../analysis/swap/swap-analysis.js";
import { Invalid } from "../invalid.js";
import { Output } from "../output.js";
import { parseDuration, parseSize } from "../units.js";
import type { Register } from "./command.js";
import { ProgressDisplay } from "./progress.js";
import { replayAtSwap } from "./replay-at-swap.js";
import { type Refused, refusedReport, swapReport } from "./swap-report.js";

interface Flags {
  readonly sizes?: string;
  readonly scheduler?: string;
  readonly every: string;
  readonly drives?: string;
  readonly output?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** What is known of the runs that were asked for, and of which nothing can be told, and why. */
interface Answer {
  readonly analyses: SwapAnalysis[];
  readonly refused: Refused[];
}

/** Rows from which a replay takes long enough to show how far it is. */
const SHOWN_FROM = 500_000;

/** `replaybook swap`: how much swap a machine needs, for which kill rate, at what price. */
export const register: Register = (program: Command): void => {
  program
    .command("swap")
    .description("say how much swap a machine needs, for which kill rate, at what price")
    .argument("<run...>", "run folders: one at unlimited swap, and the same at finite sizes")
    .option("--sizes <list>", "sizes to replay it at, such as 8GB,16GB, to measure kills")
    .option("--scheduler <name>", "look at this one; by default at every one that moved something to swap")
    .option("--every <time>", "judge drives for the size that a machine outgrows once in so long", "30d")
    .option("--drives <file>", "another price catalogue than data/prices/drives.json")
    .option("-o, --output <dir>", "keep the replays of --sizes in this folder")
    .option("--force", "replace that folder if it exists")
    .option("--json", "print it as JSON; infinite quantities are the text Infinity")
    .addHelpText("after", "\nExample:\n  $ npx replaybook swap data/runs/mine --sizes 8GB,16GB,32GB")
    .action(swap);
};

async function swap(folders: readonly string[], flags: Flags): Promise<void> {
  const drives = readDrives(flags.drives);
  const question = { every: everyOf(flags.every), drives };
  const sizes = flags.sizes === undefined ? [] : sizesOf(flags.sizes);
  if (flags.output !== undefined && sizes.length === 0) {
    throw new Invalid("option", "-o", "without --sizes", "--sizes with it: what is kept are its replays");
  }
  const { groups, refused } = swapGroups(folders.map(openRun));
  const kept = flags.output === undefined ? null : Output.folder(flags.output, flags.force ?? false);
  const target = kept?.path ?? mkdtempSync(join(tmpdir(), "replaybook-swap-"));
  try {
    const answer: Answer = { analyses: [], refused: refused.map(({ run, why }) => ({ of: run.name, why })) };
    for (const group of groups) await answerFor(group, sizes, question, flags.scheduler, target, answer);
    if (answer.analyses.length === 0) throw nothingTold(answer.refused);
    kept?.commit();
    print(answer, flags.json ?? false);
  } finally {
    if (kept === null) rmSync(target, { recursive: true, force: true });
    else kept.abandon();
  }
}

/** All that can be told, and what cannot: as JSON the latter is on stderr, so that the former is what it always is. */
function print({ analyses, refused }: Answer, json: boolean): void {
  if (json) {
    process.stderr.write(refused.map(said).join(""));
    process.stdout.write(`${JSON.stringify(analyses, infinityAsText, 2)}\n`);
  } else process.stdout.write([...analyses.map(swapReport), refusedReport(refused)].filter(Boolean).join("\n"));
}

/** What is wrong with the last; with the others before it is said by now. */
function nothingTold(refused: readonly Refused[]): Invalid {
  process.stderr.write(refused.slice(0, -1).map(said).join(""));
  return refused.at(-1)!.why;
}

function said({ why }: Refused): string {
  return `replaybook: ${why.message}\n`;
}

/** Adds what there is to say of each scheduler of a group of runs. */
async function answerFor(
  group: SwapRuns,
  sizes: readonly string[],
  question: SwapQuestion,
  named: string | undefined,
  target: string,
  { analyses, refused }: Answer,
): Promise<void> {
  const { unlimited } = group;
  const refusing = async (of: string, work: () => Promise<void>) => {
    try {
      await work();
    } catch (why) {
      if (!(why instanceof Invalid)) throw why;
      refused.push({ of, why });
    }
  };
  await refusing(unlimited.name, async () => {
    for (const scheduler of schedulersOf(unlimited, named)) {
      await refusing(`${unlimited.name}, ${scheduler}`, async () => {
        analyses.push(await analysisOf(group, scheduler, sizes, question, target));
      });
    }
  });
}

async function analysisOf(
  { unlimited, finite }: SwapRuns,
  scheduler: string,
  sizes: readonly string[],
  question: SwapQuestion,
  target: string,
): Promise<SwapAnalysis> {
  const there = finite.filter(({ run }) => run.schedulers.includes(scheduler));
  const asked = sizes.filter((text) => !there.some(({ size }) => size === parseSize(text, "--sizes")));
  const display = new ProgressDisplay(SHOWN_FROM);
  const place = mkdtempSync(join(target, `${scheduler}-`));
  try {
    const replayed = asked.length > 0 ? await replayAtSwap(unlimited, scheduler, asked, place, display) : [];
    const [all] = groupRuns([unlimited, ...there.map(({ run }) => run), ...replayed]);
    return await analyseSwap(all!, scheduler, question);
  } catch (error) {
    rmSync(place, { recursive: true, force: true });
    throw error;
  }
}

/** The one that is named, or all that moved something to swap; the first where none did. */
function schedulersOf(run: RunFolder, named: string | undefined): string[] {
  if (named === undefined) {
    const moved = run.schedulers.filter((scheduler) => run.manifest.schedulers[scheduler]!.swap_outs > 0);
    return moved.length > 0 ? moved : run.schedulers.slice(0, 1);
  }
  if (run.schedulers.includes(named)) return [named];
  throw new Invalid("scheduler", named, run.folder, `one of ${run.schedulers.join(", ")}`);
}

function sizesOf(text: string): string[] {
  const sizes = text.split(",").map((size) => size.trim());
  const mib = sizes.map((size) => parseSize(size, "--sizes"));
  const twice = mib.findIndex((size, i) => mib.indexOf(size) !== i);
  if (twice >= 0) throw new Invalid("size", sizes[twice], "--sizes, twice", "each size once");
  return sizes;
}

function everyOf(text: string): number {
  const seconds = parseDuration(text, "--every");
  if (seconds > 0) return seconds;
  throw new Invalid("time", text, "--every", "a time above 0, such as 30d");
}

/** JSON has no infinity. */
function infinityAsText(_key: string, value: unknown): unknown {
  return value === Number.POSITIVE_INFINITY ? "Infinity" : value;
}
