import { medianDeviation } from "../../statistics/wasserstein.js";
import type { Trace } from "../../trace/trace.js";
import type { FunctionSurvey } from "../function-survey.js";
import { burstiness } from "../gaps.js";

/** The numbers by which functions are told apart, in the order in which they are printed. */
export const NUMBERS = ["rate", "duration", "memory", "burstiness"] as const;
export type NumberName = (typeof NUMBERS)[number];

const DAY_S = 86400;
/** Durations are told apart down to this, the resolution of the providers' milliseconds and some. */
const SHORTEST_S = 1e-4;

/** One number of every function of a trace; NaN where the trace does not say. */
export interface Marginal {
  readonly name: NumberName;
  /** In the unit people read: invocations a day, seconds, MiB, coefficient of variation. */
  readonly shown: Float64Array;
  /** In the unit distances are taken in: decades (log10), and burstiness from -1 to 1. */
  readonly values: Float64Array;
  /** Known values, ascending, and their mean absolute deviation from the median: 1 of the scale. */
  readonly sorted: Float64Array;
  readonly scale: number;
}

/** What a sample should keep: four numbers and a trigger of every function. */
export interface Population {
  readonly numbers: readonly Marginal[];
  /** Index into `triggers` of every function. */
  readonly triggerOf: Int32Array;
  /** The trace's triggers, those of most functions first; null stands for functions without one. */
  readonly triggers: readonly (string | null)[];
}

/** The numbers of a trace's functions. A function without invocations has the rate of half of one, so that logarithms are finite. */
export function populationOf(trace: Pick<Trace, "functions" | "manifest">, survey: FunctionSurvey): Population {
  const days = Math.max(trace.manifest.duration_s, 1) / DAY_S;
  const { invocations, known, cpu_s, memory, gapsCv } = survey;
  const rate = invocations.map((n) => n / days);
  const duration = cpu_s.map((seconds, f) => seconds / known[f]!);
  return {
    numbers: [
      marginal("rate", rate, (value) => log10(Math.max(value, 0.5 / days))),
      marginal("duration", duration, (value) => log10(Math.max(value, SHORTEST_S))),
      marginal("memory", memory, (value) => log10(Math.max(value, 1))),
      marginal("burstiness", gapsCv, burstiness),
    ],
    ...triggersOf(trace.functions.trigger),
  };
}

function marginal(name: NumberName, shown: Float64Array, unit: (value: number) => number): Marginal {
  const values = shown.map((value) => (Number.isNaN(value) ? Number.NaN : unit(value)));
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  return { name, shown, values, sorted, scale: medianDeviation(sorted) };
}

function triggersOf(labels: readonly (string | null)[]): Pick<Population, "triggers" | "triggerOf"> {
  const functions = new Map<string | null, number>();
  for (const label of labels) functions.set(label, (functions.get(label) ?? 0) + 1);
  const byName = (a: string | null, b: string | null) => ((a ?? "") < (b ?? "") ? -1 : 1);
  const triggers = [...functions.keys()].sort((a, b) => functions.get(b)! - functions.get(a)! || byName(a, b));
  const places = new Map(triggers.map((label, place) => [label, place]));
  return { triggers, triggerOf: Int32Array.from(labels, (label) => places.get(label)!) };
}

function log10(value: number): number {
  return Math.log(value) / Math.LN10;
}
