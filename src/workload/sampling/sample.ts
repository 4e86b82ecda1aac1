import { Invalid } from "../../invalid.js";
import { quantiles } from "../../statistics/quantile.js";
import { type PassProgress, writeSubset } from "../../trace/function-subset.js";
import type { Trace, TraceManifest } from "../../trace/trace.js";
import { surveyFunctions } from "../function-survey.js";
import { type Distance, Distances } from "./distances.js";
import { type NumberName, populationOf } from "./marginals.js";
import { sampleOrder } from "./order.js";

export interface SampleOptions {
  /** How many functions; at most the trace's. */
  readonly functions: number;
  readonly seed: number;
  /** The sample's name; by default the trace's and the number. */
  readonly name?: string | undefined;
  readonly onProgress?: PassProgress | undefined;
}

/** Quantiles 0.1, 0.5 and 0.9 over functions that have the number, and how many have it. */
export interface Spread {
  readonly known: number;
  readonly quantiles: readonly number[];
}

/** What was drawn from a trace, beside the trace. */
export interface SampleReport {
  readonly manifest: TraceManifest;
  readonly distances: readonly Distance[];
  /** Invocations a day, seconds, MiB, coefficient of variation: of the trace's functions and of the sample's. */
  readonly spreads: Readonly<Record<NumberName, { readonly trace: Spread; readonly sample: Spread }>>;
  /** By trigger, the commonest first: functions of the trace and of the sample. */
  readonly triggers: readonly { readonly trigger: string | null; readonly trace: number; readonly sample: number }[];
  /** CPU seconds of the trace's invocations of known duration. */
  readonly cpu_s: number;
}

const LEVELS = [0.1, 0.5, 0.9];

/**
 * Draws functions from a trace, stratified and from a seed (see sampleOrder), and writes them with all their
 * invocations as a trace folder into `folder`, which exists and is empty. Two passes over the trace. Throws Invalid.
 */
export async function sampleTrace(trace: Trace, options: SampleOptions, folder: string): Promise<SampleReport> {
  const { functions, seed, onProgress } = options;
  const { manifest: whole } = trace;
  if (functions > whole.functions) {
    const expected = `a whole number from 1 to ${whole.functions}, the functions of ${whole.name}`;
    throw new Invalid("functions", functions, "--functions", expected);
  }
  const survey = await surveyFunctions(trace, Math.max(1, whole.duration_s), onProgress);
  const population = populationOf(trace, survey);
  const kept = sampleOrder(population, seed).slice(0, functions).sort();
  const distances = new Distances(population).beside(kept, seed);
  const { name, sha256, invocations, sample } = whole;
  const from = { name, sha256, functions: whole.functions, invocations, ...(sample && { sample }) };
  const told = distances.filter(({ distance }) => !Number.isNaN(distance));
  const origin = { from, functions, seed, distances: Object.fromEntries(told.map((of) => [of.name, of.distance])) };
  const named = { name: options.name ?? `${name}-${functions}`, sample: origin };
  const manifest = await writeSubset(trace, kept, named, folder, onProgress);
  const { triggers, triggerOf, numbers } = population;
  const count = (ids: Iterable<number>, trigger: number) => [...ids].filter((f) => triggerOf[f] === trigger).length;
  const spreads = numbers.map(({ name: number, shown }) => {
    const of = { trace: spreadOf(shown), sample: spreadOf(Float64Array.from(kept, (f) => shown[f]!)) };
    return [number, of] as const;
  });
  return {
    manifest,
    distances,
    spreads: Object.fromEntries(spreads) as SampleReport["spreads"],
    triggers: triggers.map((trigger, i) => ({ trigger, trace: count(triggerOf.keys(), i), sample: count(kept, i) })),
    cpu_s: survey.cpu_s.reduce((a, b) => a + b, 0),
  };
}

function spreadOf(values: Float64Array): Spread {
  const known = values.filter((value) => !Number.isNaN(value));
  return { known: known.length, quantiles: quantiles(known, known.length, LEVELS) };
}
