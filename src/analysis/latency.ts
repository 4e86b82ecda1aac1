import { missed } from "../statistics/deadline.js";
import { OUTCOMES } from "../table/index.js";
import { columnRows } from "./column-rows.js";
import { memoryUse } from "./memory-use.js";
import { type Estimates, estimate, Observations } from "./observations.js";
import { optionTotals } from "./option-totals.js";
import { notWhole, type RunFolder } from "./run-folder.js";
import { sketchedClasses } from "./sketched-classes.js";
import type { ClassSummary, RunSummary, SchedulerSummary } from "./summary.js";
import { utilisation } from "./utilisation.js";

/** Told how many of the run's rows have been read. */
export type RowsRead = (rows: number, total: number) => void;

const READ = [
  "price_class",
  "arrival_s",
  "runtime_s",
  "finish_s",
  "outcome",
  "preemptions",
  "swap_outs",
  "swap_ins",
] as const;
const FINISHED = OUTCOMES.indexOf("finished");
const UNFINISHED = OUTCOMES.indexOf("unfinished");

/** What there is to count and observe of one class. */
class Tally {
  readonly outcomes = new Float64Array(OUTCOMES.length);
  readonly latency = new Observations();
  readonly slowdown = new Observations();
  missed = 0;
  preemptions = 0;
  swapOuts = 0;
  swapIns = 0;
}

/**
 * What a run came to, per scheduler and price class. Where every row was kept it is exact: every latency and slowdown of one scheduler is held at once,
 * 16 bytes an invocation and as much again of one of the two. Killed and rejected ones count as infinite, unfinished
 * ones at their lower bound. Where not, quantiles are those of the sketches that were kept, within SKETCH_ERROR. Who arrived before the end of the warm-up or after the run's end is left out.
 * Throws Invalid where a table is not whole.
 */
export async function summarise(run: RunFolder, onRead: RowsRead = () => {}): Promise<RunSummary> {
  const { manifest } = run;
  const { rows } = manifest.workload;
  const total = rows * run.schedulers.length;
  const schedulers: SchedulerSummary[] = [];
  for (const scheduler of run.schedulers) {
    const read = (done: number) => onRead(schedulers.length * rows + done, total);
    const found =
      run.record === "all"
        ? summaries(await tally(run, scheduler, read), run.prices)
        : await sketchedClasses(run, scheduler);
    const machines = { utilisation: await utilisation(run, scheduler), memory: await memoryUse(run, scheduler) };
    schedulers.push({ scheduler, ...machines, ...optionTotals(run, scheduler), ...found });
  }
  return {
    run: run.name,
    trace: manifest.trace.name,
    trace_sha256: manifest.trace.sha256,
    options: manifest.options,
    invocations: rows,
    from_s: manifest.from_s,
    to_s: manifest.to_s,
    warmup_s: run.warmup,
    machines: manifest.machines,
    cores: run.cores,
    offered_load: manifest.offered_load,
    prices: run.prices,
    seed: manifest.seed,
    record: run.record,
    schedulers,
  };
}

async function tally(run: RunFolder, scheduler: string, onRead: (rows: number) => void): Promise<Tally[]> {
  const since = run.manifest.from_s + run.warmup;
  const end = run.manifest.schedulers[scheduler]!.end_s;
  const highest = Math.max(...run.prices);
  const stretch = Float64Array.from(run.prices, (price) => highest / price);
  const tallies = run.prices.map(() => new Tally());
  const { name, files } = run.table(`${scheduler}/invocations`);
  let read = 0;
  for (const { rows, columns } of columnRows(files, READ)) {
    const { price_class, arrival_s, runtime_s, finish_s, outcome, preemptions, swap_outs, swap_ins } = columns;
    for (let i = 0; i < rows; i++) {
      const arrival = arrival_s![i]!;
      if (arrival < since || arrival > end) continue;
      const priceClass = price_class![i]!;
      const of = tallies[priceClass]!;
      const runtime = runtime_s![i]!;
      const what = outcome![i]!;
      of.outcomes[what]!++;
      of.preemptions += preemptions![i]!;
      of.swapOuts += swap_outs![i]!;
      of.swapIns += swap_ins![i]!;
      if (what !== FINISHED && what !== UNFINISHED) {
        of.missed++;
        of.latency.add(Number.POSITIVE_INFINITY);
        if (runtime > 0) of.slowdown.add(Number.POSITIVE_INFINITY);
        continue;
      }
      const last = what === FINISHED ? finish_s![i]! : end;
      const deadline = arrival + runtime * stretch[priceClass]!;
      if (missed(last, deadline)) of.missed++;
      const wait = Math.max(0, last - (arrival + runtime));
      if (what === FINISHED) {
        of.latency.add(last - arrival);
        if (runtime > 0) of.slowdown.add(1 + wait / runtime);
      } else {
        of.latency.addOpen(Math.max(last - arrival, runtime));
        if (runtime > 0) of.slowdown.addOpen(1 + wait / runtime);
      }
    }
    read += rows;
    onRead(read);
  }
  const expected = run.manifest.workload.rows;
  if (read !== expected) throw notWhole(run.folder, `${name} has ${read} of ${expected} rows`);
  return tallies;
}

function summaries(tallies: readonly Tally[], prices: readonly number[]): Pick<SchedulerSummary, "classes" | "all"> {
  const latency = estimate(tallies.map((tally) => tally.latency));
  const slowdown = estimate(tallies.map((tally) => tally.slowdown));
  const classes = tallies.map((tally, priceClass) =>
    summaryOf(priceClass, prices[priceClass]!, [tally], latency.each[priceClass]!, slowdown.each[priceClass]!),
  );
  return { classes, all: summaryOf(null, null, tallies, latency.all, slowdown.all) };
}

function summaryOf(
  price_class: number | null,
  price: number | null,
  tallies: readonly Tally[],
  latency: Estimates,
  slowdown: Estimates,
): ClassSummary {
  const sum = (of: (tally: Tally) => number) => tallies.reduce((total, tally) => total + of(tally), 0);
  const [finished, killed, rejected, unfinished] = OUTCOMES.map((_, what) => sum((tally) => tally.outcomes[what]!));
  const count = finished! + killed! + rejected! + unfinished!;
  const missed = sum((tally) => tally.missed);
  const { p50, p99, p999 } = latency;
  return {
    price_class,
    price,
    count,
    finished: finished!,
    killed: killed!,
    rejected: rejected!,
    unfinished: unfinished!,
    latency_s: { p50, p99, p999 },
    slowdown,
    missed,
    missed_share: count > 0 ? missed / count : null,
    preemptions: sum((tally) => tally.preemptions),
    swap_outs: sum((tally) => tally.swapOuts),
    swap_ins: sum((tally) => tally.swapIns),
  };
}
