import { OUTCOMES } from "../table/index.js";
import type { Seconds } from "../units.js";
import { labelKeys } from "./grouping.js";
import { observedRows, UNFINISHED } from "./observed-rows.js";
import { type Question, schedulersOf } from "./question.js";
import type { RunFolder } from "./run-folder.js";
import { warmUp } from "./warm-up.js";

/** Who of a class waited longest, and how many of it never finished. */
export interface StarvationRow {
  readonly scheduler: string;
  readonly price_class: number;
  /** Arrivals. */
  readonly count: number;
  /** Killed, rejected or unfinished, and their share of the arrivals. */
  readonly never_finished: number;
  readonly never_finished_share: number;
  /** Of those, how many had not had a core at all. */
  readonly never_started: number;
  /** The longest time from arrival until the end that was not spent at work: end - arrival - CPU seconds had. */
  readonly longest_wait_s: Seconds;
  /** It has not ended: its wait is at least that long. */
  readonly lower_bound: boolean;
  /** Whose it is, the first of several: row of workload.arrow, its function (null: the trace has none), how it ended. */
  readonly invocation: number;
  readonly function: string | null;
  readonly outcome: (typeof OUTCOMES)[number];
}

/** Waits below this share of the time are a difference of roundings. */
const ROUNDING = 1e-9;

/** What there is to know of one class so far. */
class Worst {
  count = 0;
  unfinished = 0;
  unstarted = 0;
  wait = -1;
  invocation = -1;
  outcome = -1;
}

/** Starvation, per scheduler and class with arrivals. Throws Invalid. */
export async function starvation(
  run: RunFolder,
  question: Pick<Question, "scheduler" | "warmupCut"> = {},
): Promise<StarvationRow[]> {
  const schedulers = schedulersOf(run, question);
  const { cut_s } = await warmUp(run, schedulers, question);
  const { keys, strings } = await labelKeys(run, "function");
  const rows: StarvationRow[] = [];
  for (const scheduler of schedulers) {
    const worst = await worstOf(run, scheduler, run.manifest.from_s + cut_s);
    for (const [price_class, of] of worst.entries()) {
      if (of.count === 0) continue;
      rows.push({
        scheduler,
        price_class,
        count: of.count,
        never_finished: of.unfinished,
        never_finished_share: of.unfinished / of.count,
        never_started: of.unstarted,
        longest_wait_s: of.wait,
        lower_bound: of.outcome === UNFINISHED,
        invocation: of.invocation,
        function: strings[keys[of.invocation]!] ?? null,
        outcome: OUTCOMES[of.outcome]!,
      });
    }
  }
  return rows;
}

async function worstOf(run: RunFolder, scheduler: string, since: Seconds): Promise<Worst[]> {
  const end = run.manifest.schedulers[scheduler]!.end_s;
  const worst = run.prices.map(() => new Worst());
  const look = { of: "latency", since, endedOnly: false } as const;
  const names = ["invocation", "price_class", "start_s", "cpu_s"] as const;
  for await (const { rows, columns, counts } of observedRows(run, scheduler, look, names)) {
    const { invocation, price_class, arrival_s, start_s, finish_s, cpu_s, outcome } = columns;
    for (let i = 0; i < rows; i++) {
      if (counts[i] === 0) continue;
      const of = worst[price_class[i]!]!;
      const what = outcome[i]!;
      of.count++;
      if (what !== 0) {
        of.unfinished++;
        if (Number.isNaN(start_s[i]!)) of.unstarted++;
      }
      const last = what === UNFINISHED ? end : finish_s[i]!;
      const apart = last - arrival_s[i]! - cpu_s[i]!;
      const wait = apart > ROUNDING * Math.max(1, last) ? apart : 0;
      const longer = wait > of.wait || (wait === of.wait && invocation[i]! < of.invocation);
      if (!longer) continue;
      of.wait = wait;
      of.invocation = invocation[i]!;
      of.outcome = what;
    }
  }
  return worst;
}
