import * as aq from "arquero";
import type { CostAnalysis, CostQuestion } from "../analysis/cost/answer.js";
import { cheapestClasses, choiceRows } from "../analysis/cost/cheapest-class.js";
import { analyseCost } from "../analysis/cost/cost-analysis.js";
import { type Frontier, frontierRows } from "../analysis/cost/frontier.js";
import { parseObjective } from "../analysis/cost/objective.js";
import { alternativeRows, costRows, readingRows } from "../analysis/cost/rows.js";
import { type AnyRun, folderOf } from "./latency.js";

/** What a run costs, in a notebook: the analysis, and its parts as tables for Arquero. */
export class Cost {
  /** Everything that `replaybook cost --json` prints. */
  readonly analysis: CostAnalysis;

  constructor(analysis: CostAnalysis) {
    this.analysis = analysis;
  }

  /** A row per scheduler and price class: invocations, CPU and GiB seconds, dollars. */
  classes(): aq.ColumnTable {
    return tableOf(costRows(this.analysis));
  }

  /** A row per scheduler and owner, app or function, as `by` of the question says; the dearest first. */
  groups(): aq.ColumnTable {
    return tableOf(costRows(this.analysis, "asked"));
  }

  /** The same by price class, too: what the chart cost-by-owner takes. */
  groupsByClass(): aq.ColumnTable {
    return tableOf(costRows(this.analysis, "asked-by-class"));
  }

  /** A row per scheduler and reading of the price unit: what the provider takes in, pays and keeps. */
  readings(): aq.ColumnTable {
    return tableOf(readingRows(this.analysis));
  }

  /** A row per way to have the work done, by the month: here, Lambda, Azure, reserved machines. */
  alternatives(): aq.ColumnTable {
    return tableOf(alternativeRows(this.analysis));
  }
}

/**
 * What a run costs; `question` as in `replaybook cost`. Throws Invalid.
 *
 * @example const bills = await cost(run, { by: "owner" }); await show(bills.groups());
 */
export async function cost(run: AnyRun, question: CostQuestion = {}): Promise<Cost> {
  return new Cost(await analyseCost(folderOf(run), question));
}

/** A row per scheduler and price class: dollars of a million mean invocations of the run there, and the slowdown seen. */
export async function frontier(run: AnyRun, question: CostQuestion = {}): Promise<aq.ColumnTable> {
  const rows: readonly Frontier[] = await frontierRows(folderOf(run), question);
  return tableOf(rows);
}

/**
 * A row per function and class: what it would cost there and how slow it would be, were it alone to move; `cheapest` marks the
 * cheapest that meets the objective, such as "p99<=2" (slowdown) or "p99<=5s" (latency).
 */
export async function cheapest(
  run: AnyRun,
  objective: string,
  scheduler?: string,
  question: CostQuestion = {},
): Promise<aq.ColumnTable> {
  const asked = parseObjective(objective, "objective");
  const { choices } = await cheapestClasses(folderOf(run), asked, scheduler, question);
  return tableOf(choiceRows(choices));
}

function tableOf(rows: readonly object[]): aq.ColumnTable {
  return aq.from(rows as object[]);
}
