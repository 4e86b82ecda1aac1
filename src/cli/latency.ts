import type { Command } from "commander";
import { type CrowdingRow, crowding, spanOf } from "../analysis/crowding.js";
import { bysOf } from "../analysis/grouping.js";
import { latency, latencyRows } from "../analysis/latency-groups.js";
import { quantityOf, secondsOf } from "../analysis/question.js";
import { openRun, type RunFolder } from "../analysis/run-folder.js";
import { starvation } from "../analysis/starvation.js";
import { checkedCut } from "../analysis/warm-up.js";
import { Invalid } from "../invalid.js";
import type { Register } from "./command.js";
import { crowdingReport } from "./crowding-report.js";
import { jsonText } from "./json-text.js";
import { latencyReport, worstFirst } from "./latency-report.js";
import { wholeOf } from "./numbers.js";
import { ProgressDisplay } from "./progress.js";

interface Flags {
  readonly by?: string;
  readonly of: string;
  readonly scheduler?: string;
  readonly window?: string;
  readonly top?: string;
  readonly warmupCut?: string;
  readonly endedOnly?: boolean;
  readonly step?: string;
  readonly before?: string;
  readonly json?: boolean;
}

/** Rows from which reading takes long enough to show how far it is. */
const SHOWN_FROM = 20_000_000;
const TOP = "20";

/** `replaybook latency`: who waits, by class, owner and the like; who starves; and what a load step does to it. */
export const register: Register = (program: Command): void => {
  program
    .command("latency")
    .description("say who waits: quantiles by class, trigger, owner, app, function or window")
    .argument("<run>", "a run folder, as replay writes it")
    .option("--by <what>", "class, trigger, owner, app, function, window, or several: window,class (default: class)")
    .option("--of <quantity>", "slowdown or latency", "slowdown")
    .option("--scheduler <names>", "these alone, such as xx,hermod")
    .option("--window <time>", "length of a window; by default that of the replay")
    .option("--top <n>", `so many groups, the worst p99 first (default: ${TOP}; all classes)`)
    .option("--warmup-cut <cut>", "mser-5, or a time such as 90s; by default the replay's --warmup")
    .option("--ended-only", "leave out who was killed, rejected or has not ended, instead of counting it as late")
    .option("--step <span>", "crowding: p99 in this part of the run, such as 50s..80s, …")
    .option("--before <span>", "… over p99 in this part, such as 0s..50s")
    .option("--json", "print it as JSON; infinite quantities are the text Infinity")
    .addHelpText(
      "after",
      "\nExamples:\n  $ npx replaybook latency data/runs/demo --by trigger" +
        "\n  $ npx replaybook latency data/runs/step --step 50s..80s --before 0s..50s",
    )
    .action(async (folder: string, flags: Flags) => {
      const run = openRun(folder);
      process.stdout.write(
        flags.step === undefined && flags.before === undefined ? await groups(run, flags) : await step(run, flags),
      );
    });
};

async function groups(run: RunFolder, flags: Flags): Promise<string> {
  const by = bysOf(flags.by, "--by");
  const question = {
    by,
    of: quantityOf({ of: flags.of as "slowdown" }, "--of"),
    endedOnly: flags.endedOnly ?? false,
    ...(flags.scheduler !== undefined && { scheduler: flags.scheduler }),
    ...(flags.window !== undefined && { window: secondsOf("window", flags.window, "--window") }),
    ...(flags.warmupCut !== undefined && { warmupCut: checkedCut(flags.warmupCut, "--warmup-cut", [run]) }),
  };
  if (flags.window !== undefined && !by.includes("window")) {
    throw new Invalid("option", "--window", "without --by window", "--by window with it, or --by window,class");
  }
  const classesOnly = by.length === 1 && by[0] === "class";
  const top =
    flags.top === undefined && (classesOnly || flags.json) ? null : wholeOf("top", flags.top ?? TOP, "--top", 1, 1e9);
  const display = new ProgressDisplay(SHOWN_FROM);
  try {
    const table = await latency(run, question, (rows, total) => display.show("reading", rows, total, "rows"));
    if (table.warmup.cut_s > 0 && table.all.every(({ count }) => count === 0)) throw nothingLeft(run, flags.warmupCut);
    const starved = classesOnly ? await starvation(run, { ...question, warmupCut: table.warmup.cut_s }) : [];
    display.end();
    if (!flags.json) return latencyReport(run, table, starved, top);
    const { by: _, groups, all: __, ...facts } = table;
    const kept = top === null ? groups : run.schedulers.flatMap((name) => worstFirst(groups, name).slice(0, top));
    return jsonText({
      ...facts,
      by,
      groups: latencyRows({ by, groups: kept }),
      all: latencyRows({ by: [], groups: table.all }),
      ...(classesOnly && { starvation: starved }),
    });
  } finally {
    display.end();
  }
}

function nothingLeft(run: RunFolder, cut: string | undefined): Invalid {
  const [what, where] = cut === undefined ? ["warmup", `--warmup of ${run.folder}`] : ["warmup-cut", "--warmup-cut"];
  const value = cut ?? `${run.warmup}s`;
  return new Invalid(what, value, `${where}, after which nothing arrives`, "a time before the last arrival");
}

async function step(run: RunFolder, flags: Flags): Promise<string> {
  const { step, before } = flags;
  if (step === undefined || before === undefined) {
    const [there, lacks] = step === undefined ? ["--before", "--step"] : ["--step", "--before"];
    throw new Invalid("option", there, `without ${lacks}`, "both, such as --step 50s..80s --before 0s..50s");
  }
  for (const [name, value] of [
    ["--by", flags.by],
    ["--window", flags.window],
    ["--top", flags.top],
    ["--warmup-cut", flags.warmupCut],
  ]) {
    if (value !== undefined) throw new Invalid("option", name, "with --step", "it alone: a step is looked at by class");
  }
  const of = quantityOf({ of: flags.of as "slowdown" }, "--of");
  const spans = { step: spanOf("step", step, "--step"), before: spanOf("before", before, "--before") };
  const rows: CrowdingRow[] = await crowding(run, {
    ...spans,
    endedOnly: flags.endedOnly ?? false,
    ...(flags.scheduler !== undefined && { scheduler: flags.scheduler }),
  });
  const all = { run: run.name, step_s: spans.step, before_s: spans.before, ended_only: flags.endedOnly ?? false, rows };
  return flags.json ? jsonText(all) : crowdingReport(run, { ...all, of });
}
