import { type Group, GroupTally } from "./group-tally.js";
import { type By, COLUMN_OF, groupings } from "./grouping.js";
import { type Look, observedRows } from "./observed-rows.js";
import { type Quantity, type Question, quantityOf, type RowsRead, schedulersOf } from "./question.js";
import type { RunFolder } from "./run-folder.js";
import { type WarmUp, warmUp } from "./warm-up.js";

/** Latency or slowdown of whom. */
export interface LatencyQuestion extends Question {
  /** One or more of class (the default), trigger, owner, app, function and window, as a list or a text such as "window,class". */
  readonly by?: string | readonly string[];
  /** Length of a window: seconds or a time such as "10s"; by default that of windows.arrow. */
  readonly window?: number | string;
}

/** Invocations of one group under one scheduler. */
export interface LatencyGroup extends Group {
  readonly scheduler: string;
}

/** Latency or slowdown of a run's invocations by group. Plain data, but that quantities may be Infinity. */
export interface LatencyTable {
  readonly run: string;
  readonly of: Quantity;
  readonly by: readonly By[];
  readonly ended_only: boolean;
  readonly warmup: WarmUp;
  /** Groups with arrivals: scheduler by scheduler, then as the groupings' values are ordered: classes and windows ascending. */
  readonly groups: readonly LatencyGroup[];
  /** All of a scheduler's invocations. */
  readonly all: readonly LatencyGroup[];
}

/**
 * Latency or slowdown of a run by class, or by what `by` says. Exact; one scheduler's values are held at once, 20 bytes an
 * invocation. Throws Invalid for a question that cannot be answered and where a table is not whole.
 */
export async function latency(
  run: RunFolder,
  question: LatencyQuestion = {},
  onRead: RowsRead = () => {},
): Promise<LatencyTable> {
  const of = quantityOf(question);
  const schedulers = schedulersOf(run, question);
  const by = await groupings(run, question.by, question.window);
  const warmup = await warmUp(run, schedulers, question);
  const endedOnly = question.endedOnly ?? false;
  const look: Look = { of, since: run.manifest.from_s + warmup.cut_s, endedOnly };
  const { rows } = run.manifest.workload;
  const groups: LatencyGroup[] = [];
  const all: LatencyGroup[] = [];
  for (const [i, scheduler] of schedulers.entries()) {
    const tally = new GroupTally(by, rows);
    for await (const batch of observedRows(run, scheduler, look, [...new Set(by.map(({ column }) => column))])) {
      tally.add(batch);
      onRead(i * rows + tally.read, schedulers.length * rows);
    }
    groups.push(...tally.groups().map((group) => ({ scheduler, ...group })));
    all.push({ scheduler, ...tally.all() });
  }
  return { run: run.name, of, by: by.map((grouping) => grouping.by), ended_only: endedOnly, warmup, groups, all };
}

/** The groups as flat rows for Arquero, charts and JSON: a column for each grouping, and whether p99 is a lower bound. */
export function latencyRows({ by, groups }: Pick<LatencyTable, "by" | "groups">): object[] {
  return groups.map(({ scheduler, group, ...rest }) => ({
    scheduler,
    ...Object.fromEntries(by.map((name, i) => [COLUMN_OF[name], group[i]])),
    ...rest,
    lower_bound: rest.lower_bounds.split(" ").includes("p99"),
  }));
}
