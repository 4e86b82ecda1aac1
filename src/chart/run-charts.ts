import { ccdf } from "../analysis/ccdf.js";
import { type CostRow, costRows } from "../analysis/cost/rows.js";
import { type LoadPoint, loadPoints } from "../analysis/load-points.js";
import { machineSwap } from "../analysis/machine-swap.js";
import { memoryMap } from "../analysis/memory-map.js";
import type { RunFolder } from "../analysis/run-folder.js";
import { type RunSummary, summaryRows } from "../analysis/summary.js";
import { tailWindows } from "../analysis/tail-windows.js";
import { workloadOverview } from "../analysis/workload-overview.js";
import { CHARTS, chart } from "./charts.js";
import { swapRateRows } from "./swap-rates.js";
import type { Spec } from "./theme.js";
import { WorkedRun } from "./worked-run.js";

/** A chart that was made of a run. */
export interface MadeChart {
  /** As in CHARTS. */
  readonly name: string;
  readonly title: string;
  readonly spec: Spec;
}

type Rows = (worked: WorkedRun) => Promise<readonly object[]>;

/** Where the rows of a chart of one run come from; none: the run has nothing to show there. */
const OF_A_RUN: Readonly<Record<string, Rows>> = {
  "p99-slowdown": async (worked) => summaryRows(await worked.summary()).filter(({ count }) => count > 0),
  "latency-ccdf": async ({ run }) => {
    const rows = await ccdf(run);
    return rows.some(({ value, share_above }) => value > 0 && share_above > 0) ? rows : [];
  },
  "tail-over-time": ({ run }) => tailWindows(run),
  "utilisation-by-load": async (worked) => utilisationRows(await worked.summary()),
  "memory-heat-map": ({ run }) => ofSchedulers(run, (scheduler) => memoryMap(run, scheduler, run.schedulers.length)),
  "swap-rates": async (worked) => (await worked.swap()).analyses.flatMap(swapRateRows),
  "occupancy-and-traffic": ({ run }) => ofSchedulers(run, (scheduler) => machineSwap(run, scheduler)),
  "cost-by-class": async (worked) => classBars(costRows(await worked.cost()), worked.run.schedulers),
  "cost-by-owner": async (worked) => {
    const rows = costRows(await worked.cost(), "asked-by-class");
    return new Set(rows.map(({ group }) => group)).size > 1 ? rows : [];
  },
  "cost-latency-frontier": async (worked) => {
    const rows = await worked.frontier();
    return rows.some(({ p99_slowdown }) => p99_slowdown !== null) ? rows : [];
  },
  "trace-overview": ({ run }) => workloadOverview(run),
};

/** Those that are made of every invocation's row. */
const OF_ALL_ROWS = [
  ...["latency-ccdf", "tail-over-time", "swap-rates", "cost-by-class", "cost-by-owner"],
  ...["cost-latency-frontier", "trace-overview"],
];

/** Bills by class, the class that pays most first; a class that somebody is in has its place under every scheduler. */
function classBars(rows: readonly CostRow[], schedulers: readonly string[]): object[] {
  const there = new Set(rows.flatMap(({ price_class, invocations }) => (invocations > 0 ? [price_class] : [])));
  const shown = rows.filter(({ price_class }) => there.has(price_class)).reverse();
  return schedulers.flatMap((scheduler) =>
    shown.filter((row) => row.scheduler === scheduler).map((row) => ({ ...row, group: `class ${row.price_class}` })),
  );
}

async function ofSchedulers(run: RunFolder, rows: (scheduler: string) => Promise<readonly object[]>) {
  const all: object[] = [];
  for (const scheduler of run.schedulers) all.push(...(await rows(scheduler)));
  return all;
}

/** Where those come from that tell of several runs together, of several loads or seeds. */
const OF_RUNS: Readonly<Record<string, (points: readonly LoadPoint[]) => readonly object[]>> = {
  "p99-by-load": (points) =>
    points.flatMap(({ load, summaries }) =>
      summaries.flatMap((summary) =>
        summaryRows(summary)
          .filter(({ p99_slowdown }) => p99_slowdown !== null)
          .map((row) => ({ ...row, load, seed: summary.seed })),
      ),
    ),
  "utilisation-by-load": (points) =>
    points.flatMap(({ load, summaries }) => summaries.flatMap((summary) => utilisationRows(summary, load))),
};

/**
 * Every chart that a run has data for, in the list's order; of those named in `only`. `worked` may hold what is known of
 * the run already, and the same replays at finite swap. Throws Invalid where the run is not whole.
 */
export async function runCharts(
  run: RunFolder,
  { worked = new WorkedRun(run), only }: { readonly worked?: WorkedRun; readonly only?: readonly string[] } = {},
): Promise<MadeChart[]> {
  const made: MadeChart[] = [];
  for (const name of Object.keys(CHARTS)) {
    const rows = worked.recordsAll || !OF_ALL_ROWS.includes(name) ? OF_A_RUN[name] : undefined;
    if (rows && (!only || only.includes(name))) made.push(...madeOf(name, await rows(worked)));
  }
  return made;
}

/** The charts of several runs together, where they are of one trace and differ in load, or in the seeds at a load. */
export function chartsOfRuns(summaries: readonly RunSummary[], only?: readonly string[]): MadeChart[] {
  const points = loadPoints(summaries);
  if (points.length === 0) return [];
  const names = Object.keys(CHARTS).filter((name) => name in OF_RUNS && (!only || only.includes(name)));
  return names.flatMap((name) => madeOf(name, OF_RUNS[name]!(points)));
}

function madeOf(name: string, rows: readonly object[]): MadeChart[] {
  if (rows.length === 0) return [];
  const spec = chart(name, rows);
  const { text } = spec.title as { readonly text: string };
  return [{ name, title: text, spec }];
}

function utilisationRows({ offered_load, seed, schedulers }: RunSummary, load?: number): object[] {
  return schedulers.flatMap(({ scheduler, utilisation }) => {
    if (utilisation === null) return [];
    const { mean, spread } = utilisation;
    const { min = null, median = null, max = null } = spread ?? {};
    return [{ scheduler, load: load ?? Number(offered_load.realised.toFixed(3)), seed, mean, min, median, max }];
  });
}
