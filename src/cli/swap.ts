import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { openRun, type RunFolder } from "../analysis/run-folder.js";
import type { SwapAnalysis, SwapQuestion } from "../analysis/swap/answer.js";
import { readDrives } from "../analysis/swap/drives.js";
import { groupRuns, type SwapRuns } from "../analysis/swap/runs.js";
import { analyseSwap } from "../analysis/swap/swap-analysis.js";
import { Invalid } from "../invalid.js";
import { Output } from "../output.js";
import { parseDuration, parseSize } from "../units.js";
import type { Register } from "./command.js";
import { ProgressDisplay } from "./progress.js";
import { replayAtSwap } from "./replay-at-swap.js";
import { swapReport } from "./swap-report.js";

interface Flags {
  readonly sizes?: string;
  readonly scheduler?: string;
  readonly every: string;
  readonly drives?: string;
  readonly output?: string;
  readonly force?: boolean;
  readonly json?: boolean;
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
  const groups = groupRuns(folders.map(openRun));
  const kept = flags.output === undefined ? null : Output.folder(flags.output, flags.force ?? false);
  const target = kept?.path ?? mkdtempSync(join(tmpdir(), "replaybook-swap-"));
  try {
    const analyses: SwapAnalysis[] = [];
    for (const group of groups) analyses.push(...(await analysesOf(group, sizes, question, flags.scheduler, target)));
    kept?.commit();
    const json = `${JSON.stringify(analyses, infinityAsText, 2)}\n`;
    process.stdout.write(flags.json ? json : analyses.map(swapReport).join("\n"));
  } finally {
    if (kept === null) rmSync(target, { recursive: true, force: true });
    else kept.abandon();
  }
}

/** What there is to say of each scheduler of a group of runs. */
async function analysesOf(
  group: SwapRuns,
  sizes: readonly string[],
  question: SwapQuestion,
  named: string | undefined,
  target: string,
): Promise<SwapAnalysis[]> {
  const { unlimited } = group;
  const schedulers = schedulersOf(unlimited, named);
  const analyses: SwapAnalysis[] = [];
  for (const scheduler of schedulers) {
    const there = group.finite.filter(({ run }) => run.schedulers.includes(scheduler));
    const asked = sizes.filter((text) => !there.some(({ size }) => size === parseSize(text, "--sizes")));
    const display = new ProgressDisplay(SHOWN_FROM);
    const place = mkdtempSync(join(target, `${scheduler}-`));
    const replayed = asked.length > 0 ? await replayAtSwap(unlimited, scheduler, asked, place, display) : [];
    const [all] = groupRuns([unlimited, ...there.map(({ run }) => run), ...replayed]);
    analyses.push(await analyseSwap(all!, scheduler, question));
  }
  return analyses;
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
