import type { Seconds } from "../units.js";
import type { OptionTotals } from "./option-totals.js";

/** A statistic, and whether the true one may be larger. */
export interface Estimate {
  /** Infinity: killed or rejected invocations reach it. Null: too few observations (see `enough` in statistics). */
  readonly value: number | null;
  /** It is finite and an unfinished invocation, which counts with what it has so far, is at or below it. */
  readonly lower_bound: boolean;
}

/** Quantiles of type 1: each is one of the observations. */
export interface Quantiles {
  readonly p50: Estimate;
  readonly p99: Estimate;
  readonly p999: Estimate;
}

/** What became of the invocations of one price class, or of all of them, under one scheduler. */
export interface ClassSummary {
  /** Effective class, 0 the lowest; null: all classes together. */
  readonly price_class: number | null;
  readonly price: number | null;
  /** Arrivals: finished, killed, rejected and unfinished ones. */
  readonly count: number;
  readonly finished: number;
  readonly killed: number;
  readonly rejected: number;
  readonly unfinished: number;
  /** Finish - arrival. */
  readonly latency_s: Quantiles;
  /** 1 + wait / runtime, without those whose runtime is 0. */
  readonly slowdown: Quantiles & { readonly mean: Estimate };
  /** Deadlines missed, and their share of the count; null where nothing arrived. */
  readonly missed: number;
  readonly missed_share: number | null;
  readonly preemptions: number;
  /** Moves to swap and back. */
  readonly swap_outs: number;
  readonly swap_ins: number;
}

/** Mean busy cores over cores, over the whole sampling intervals between the warm-up's end and the last arrivals'. */
export interface Utilisation {
  readonly mean: number;
  /** Over machines; null for a central pool. The deviation is that of the population, the median of type 1. */
  readonly spread: {
    readonly min: number;
    readonly median: number;
    readonly max: number;
    readonly deviation: number;
  } | null;
}

/** Memory over machines and the whole sampling intervals that utilisation looks at; quantiles of type 1. */
export interface MemoryUse {
  /** Of a machine, or of the pool, which has all of it. */
  readonly ram_mib: number;
  /** Median over machines and intervals of the memory in RAM at an interval's end (NaN: no such interval), and the most there
   * was at any time. */
  readonly resident_mib: { readonly median: number; readonly max: number };
  /** The most that was in one machine's swap at any time, and the most that one machine moved there in all. */
  readonly swapped_max_mib: number;
  readonly swapped_out_max_mib: number;
}

/** What a run came to under one scheduler. */
export interface SchedulerSummary extends OptionTotals {
  readonly scheduler: string;
  /** Null where no whole sampling interval lies between the warm-up's end and the last arrivals'. */
  readonly utilisation: Utilisation | null;
  /** Null where memory was not managed. */
  readonly memory: MemoryUse | null;
  /** One per price class, ascending. */
  readonly classes: readonly ClassSummary[];
  readonly all: ClassSummary;
}

/** What a run came to. Plain data, but that quantities may be Infinity. */
export interface RunSummary {
  /** The folder's name. */
  readonly run: string;
  readonly trace: string;
  readonly trace_sha256: string;
  /** Every replay option, as its flag has it. */
  readonly options: Readonly<Record<string, string>>;
  /** Rows of the workload. */
  readonly invocations: number;
  readonly from_s: Seconds;
  readonly to_s: Seconds;
  /** Arrivals before from_s + warmup_s are left out. */
  readonly warmup_s: Seconds;
  readonly machines: number;
  /** Of a machine. */
  readonly cores: number;
  readonly offered_load: { readonly expected: number; readonly realised: number };
  readonly prices: readonly number[];
  readonly seed: number;
  /** Which rows were kept; where not all, quantiles are from sketches. */
  readonly record: string;
  /** In the order they were asked for. */
  readonly schedulers: readonly SchedulerSummary[];
}

/** A scheduler and class as one flat row, for Arquero and charts. Infinity and null as in Estimate. */
export interface SummaryRow {
  readonly scheduler: string;
  readonly price_class: number;
  readonly price: number;
  readonly count: number;
  readonly finished: number;
  readonly killed: number;
  readonly rejected: number;
  readonly unfinished: number;
  readonly p50_latency_s: number | null;
  readonly p99_latency_s: number | null;
  readonly p999_latency_s: number | null;
  readonly mean_slowdown: number | null;
  readonly p50_slowdown: number | null;
  readonly p99_slowdown: number | null;
  readonly p999_slowdown: number | null;
  /** Names of the quantities above whose true value may be larger, joined by a space; "" where there is none. */
  readonly lower_bounds: string;
  /** Whether p99_slowdown is one of them. */
  readonly lower_bound: boolean;
  readonly missed: number;
  readonly missed_share: number | null;
  readonly preemptions: number;
  readonly swap_outs: number;
  readonly swap_ins: number;
}

/** Every scheduler and class, in the order asked for and by ascending class; without the rows for all classes. */
export function summaryRows(summary: RunSummary): SummaryRow[] {
  return summary.schedulers.flatMap(({ scheduler, classes }) => classes.map((of) => summaryRow(scheduler, of)));
}

function summaryRow(scheduler: string, of: ClassSummary): SummaryRow {
  const { latency_s: latency, slowdown } = of;
  const estimates = {
    p50_latency_s: latency.p50,
    p99_latency_s: latency.p99,
    p999_latency_s: latency.p999,
    mean_slowdown: slowdown.mean,
    p50_slowdown: slowdown.p50,
    p99_slowdown: slowdown.p99,
    p999_slowdown: slowdown.p999,
  };
  const bounds = Object.entries(estimates).filter(([, estimate]) => estimate.lower_bound);
  return {
    scheduler,
    price_class: of.price_class!,
    price: of.price!,
    count: of.count,
    finished: of.finished,
    killed: of.killed,
    rejected: of.rejected,
    unfinished: of.unfinished,
    p50_latency_s: latency.p50.value,
    p99_latency_s: latency.p99.value,
    p999_latency_s: latency.p999.value,
    mean_slowdown: slowdown.mean.value,
    p50_slowdown: slowdown.p50.value,
    p99_slowdown: slowdown.p99.value,
    p999_slowdown: slowdown.p999.value,
    lower_bounds: bounds.map(([name]) => name).join(" "),
    lower_bound: slowdown.p99.lower_bound,
    missed: of.missed,
    missed_share: of.missed_share,
    preemptions: of.preemptions,
    swap_outs: of.swap_outs,
    swap_ins: of.swap_ins,
  };
}
