import type { CostAnalysis } from "../analysis/cost/answer.js";
import { analyseCost } from "../analysis/cost/cost-analysis.js";
import { type Frontier, frontierRows } from "../analysis/cost/frontier.js";
import { type RowsRead, summarise } from "../analysis/latency.js";
import type { RunFolder } from "../analysis/run-folder.js";
import type { RunSummary } from "../analysis/summary.js";
import type { SwapAnalysis } from "../analysis/swap/answer.js";
import { readDrives } from "../analysis/swap/drives.js";
import { groupRuns, swapOf } from "../analysis/swap/runs.js";
import { analyseSwap } from "../analysis/swap/swap-analysis.js";
import { Invalid } from "../invalid.js";

const MONTH_S = 30 * 86400;

/** How much swap the schedulers of a run need; and of those for which that cannot be said, why. */
export interface WorkedSwap {
  readonly analyses: readonly SwapAnalysis[];
  readonly refused: readonly { readonly scheduler: string; readonly why: string }[];
}

/** What charts and tables of a run are made of, each worked out when it is first asked for, and then kept. */
export class WorkedRun {
  readonly run: RunFolder;
  /** Other runs that may be the same replay at finite sizes of swap. */
  private readonly others: readonly RunFolder[];
  private readonly onRead: RowsRead;
  private readonly kept = new Map<string, Promise<unknown>>();

  constructor(run: RunFolder, others: readonly RunFolder[] = [], onRead: RowsRead = () => {}) {
    this.run = run;
    this.others = others;
    this.onRead = onRead;
  }

  /** Whether every invocation has its row in the run, without which only summaries and machines can be told. */
  get recordsAll(): boolean {
    return (this.run.manifest.options["record"] ?? "all") === "all";
  }

  summary(): Promise<RunSummary> {
    return this.once("summary", () => summarise(this.run, this.onRead));
  }

  /** Bills by class and by owner, at the prices that `cost` has by default. */
  cost(): Promise<CostAnalysis> {
    return this.once("cost", () => analyseCost(this.run, { by: "owner" }));
  }

  frontier(): Promise<readonly Frontier[]> {
    return this.once("frontier", () => frontierRows(this.run));
  }

  /** Of the schedulers that moved something to an unlimited swap. */
  swap(): Promise<WorkedSwap> {
    return this.once("swap", () => workSwap(this.run, this.others));
  }

  private once<T>(name: string, work: () => Promise<T>): Promise<T> {
    const found = this.kept.get(name) as Promise<T> | undefined;
    if (found) return found;
    const started = work();
    this.kept.set(name, started);
    return started;
  }
}

async function workSwap(run: RunFolder, others: readonly RunFolder[]): Promise<WorkedSwap> {
  const analyses: SwapAnalysis[] = [];
  const refused: { scheduler: string; why: string }[] = [];
  if (run.ram === Number.POSITIVE_INFINITY || swapOf(run) < Number.POSITIVE_INFINITY) return { analyses, refused };
  const finite = finiteTwins(run, others);
  for (const scheduler of run.schedulers) {
    if (!(run.manifest.schedulers[scheduler]!.swap_outs > 0)) continue;
    const there = finite.filter(({ run: twin }) => twin.schedulers.includes(scheduler));
    try {
      const question = { every: MONTH_S, drives: readDrives() };
      analyses.push(await analyseSwap({ unlimited: run, finite: there }, scheduler, question));
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      refused.push({ scheduler, why: error.message });
    }
  }
  return { analyses, refused };
}

/** Those of `others` that are the same replay at a finite size of swap, one a size, ascending. */
function finiteTwins(run: RunFolder, others: readonly RunFolder[]) {
  const bySize = new Map<number, RunFolder>();
  for (const other of others) {
    const [group, ...more] = other.ram < Number.POSITIVE_INFINITY && other !== run ? grouped(run, other) : [];
    if (group === undefined || more.length > 0 || group.unlimited !== run) continue;
    for (const { size, run: twin } of group.finite) bySize.set(size, twin);
  }
  return [...bySize].map(([size, twin]) => ({ size, run: twin })).sort((a, b) => a.size - b.size);
}

function grouped(run: RunFolder, other: RunFolder) {
  try {
    return groupRuns([run, other]);
  } catch (error) {
    if (error instanceof Invalid) return [];
    throw error;
  }
}
