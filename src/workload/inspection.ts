import { Invalid } from "../invalid.js";
import type { LogHistogram } from "../statistics/log-histogram.js";
import { enough, quantiles } from "../statistics/quantile.js";
import { cpuShares } from "../trace/cpu-share.js";
import type { PassProgress } from "../trace/function-subset.js";
import type { CpuShares, Trace, TraceManifest } from "../trace/trace.js";
import type { Seconds } from "../units.js";
import { type FunctionSurvey, surveyFunctions } from "./function-survey.js";
import type { MinuteRange } from "./minute-meter.js";
import { prepareWorkload } from "./prepare.js";
import { populationOf } from "./sampling/marginals.js";
import type { WorkloadOptions, WorkloadReport } from "./workload.js";

/** Levels of the quantiles of an inspection; null where there are too few values on either side of one. */
export const INSPECTED_LEVELS = [0.1, 0.25, 0.5, 0.75, 0.9, 0.99] as const;
/** Biggest functions that are named. */
const BIGGEST = 5;

/** How something is spread over functions or invocations. */
export interface Distribution {
  /** Functions or invocations that have it. */
  readonly known: number;
  /** At INSPECTED_LEVELS. */
  readonly quantiles: readonly (number | null)[];
  readonly least: number | null;
  readonly largest: number | null;
}

/** What one trigger has of a trace; null: functions whose trigger is unknown. */
export interface TriggerShare {
  readonly trigger: string | null;
  readonly functions: number;
  readonly invocations: number;
  /** Of known duration. */
  readonly cpu_s: Seconds;
}

/** What is in a trace. Plain JSON. */
export interface Inspection {
  readonly trace: Omit<TraceManifest, "cpu" | "sources">;
  readonly owners: number;
  readonly apps: number;
  /** Invocations and CPU seconds by interval since the trace's start; the last interval is what is left of the trace. */
  readonly interval_s: Seconds;
  readonly invocations: readonly number[];
  readonly cpu_s: readonly number[];
  /** Of whole minutes. */
  readonly minutes: { readonly invocations: MinuteRange; readonly cores: MinuteRange };
  /** Cores asked for on average, at one CPU second per second of known duration; null for a trace without durations or length. */
  readonly mean_cores: number | null;
  readonly functions: {
    readonly invocations_per_day: Distribution;
    readonly mean_duration_s: Distribution;
    readonly memory_mib: Distribution;
    /** Coefficient of variation of the times between a function's invocations. */
    readonly gaps_cv: Distribution;
  };
  readonly by_invocation: { readonly duration_s: Distribution; readonly memory_mib: Distribution };
  /** Those of most functions first. */
  readonly triggers: readonly TriggerShare[];
  readonly cpu: CpuShares;
  readonly missing: {
    readonly functions_without_invocations: number;
    /** Of functions that have invocations: none of them has a known duration. */
    readonly functions_without_duration: number;
    readonly functions_without_memory: number;
    readonly functions_without_trigger: number;
    readonly quarantined_rows: number;
  };
  /** What a replay with the options given does about it; a message where it would refuse the trace. */
  readonly assumed: WorkloadReport | { readonly refused: string };
  /** Price classes that the options have. */
  readonly classes: number;
  /** Expected CPU seconds of a replay, what is missing filled; null where it would refuse. */
  readonly expected_cpu_s: Seconds | null;
}

/** Interval lengths an inspection may have. */
const INTERVALS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 14400, 21600, 28800, 43200, 86400,
];
const HOUR_S = 3600;
/** Intervals that fit on a line. */
const MOST_INTERVALS = 48;

/**
 * The interval for a trace of this length: an hour; in one of less than 6 hours as short a one, in one of more than
 * two days as long a one, as makes 48 intervals or fewer. Whole minutes where `counts`.
 */
export function inspectionInterval(duration: Seconds, counts: boolean): Seconds {
  const least = duration >= 6 * HOUR_S ? HOUR_S : counts ? 60 : 1;
  const fits = INTERVALS.find((length) => length >= least && duration <= length * MOST_INTERVALS);
  return fits ?? 86400 * Math.ceil(duration / 86400 / MOST_INTERVALS);
}

/**
 * Looks through a trace: two passes over it, what is kept does not grow with its invocations. `options` are those of
 * the replay whose assumptions are told.
 */
export async function inspect(
  trace: Trace,
  options: WorkloadOptions,
  onProgress: PassProgress = () => {},
): Promise<Inspection> {
  const { cpu: _, sources: __, ...manifest } = trace.manifest;
  const { duration_s } = manifest;
  const survey = await surveyFunctions(trace, inspectionInterval(duration_s, trace.kind === "counts"), onProgress);
  const { numbers, triggers, triggerOf } = populationOf(trace, survey);
  const over = (name: (typeof numbers)[number]["name"]) => numbers.find((number) => number.name === name)!.shown;
  const cpu = cpuShares(trace.functions, survey);
  const replay = await assumptionsOf(trace, options);
  const shares = triggers.map((trigger) => ({ trigger, functions: 0, invocations: 0, cpu_s: 0 }));
  triggerOf.forEach((place, f) => {
    const share = shares[place]!;
    share.functions++;
    share.invocations += survey.invocations[f]!;
    share.cpu_s += survey.cpu_s[f]!;
  });
  return {
    trace: manifest,
    ...namesOf(trace),
    interval_s: survey.interval,
    invocations: [...survey.rate],
    cpu_s: [...survey.cpu],
    minutes: survey.minutes,
    mean_cores: duration_s > 0 && survey.durations.weight > 0 ? cpu.cpu_s / duration_s : null,
    functions: {
      invocations_per_day: distributionOf(over("rate")),
      mean_duration_s: distributionOf(over("duration")),
      memory_mib: distributionOf(over("memory")),
      gaps_cv: distributionOf(over("burstiness")),
    },
    by_invocation: { duration_s: told(survey.durations), memory_mib: told(survey.memories) },
    triggers: shares,
    cpu: { ...cpu, biggest: cpu.biggest.slice(0, BIGGEST) },
    missing: missingOf(trace, survey),
    ...replay,
    classes: options.prices.length,
  };
}

/** Owners, and apps: an app is (owner, app). */
function namesOf({ functions: { owner, app } }: Trace): { owners: number; apps: number } {
  const owners = new Set(owner.filter((label) => label !== null));
  const apps = new Set(app.flatMap((label, f) => (label === null ? [] : [JSON.stringify([owner[f], label])])));
  return { owners: owners.size, apps: apps.size };
}

function missingOf(
  { manifest, functions }: Trace,
  { invocations, known, memory }: FunctionSurvey,
): Inspection["missing"] {
  return {
    functions_without_invocations: invocations.filter((n) => n === 0).length,
    functions_without_duration: known.filter((n, f) => n === 0 && invocations[f]! > 0).length,
    functions_without_memory: memory.filter(Number.isNaN).length,
    functions_without_trigger: functions.trigger.filter((trigger) => trigger === null).length,
    quarantined_rows: Object.values(manifest.rows).reduce((sum, of) => sum + (of["quarantined"] ?? 0), 0),
  };
}

async function assumptionsOf(
  trace: Trace,
  options: WorkloadOptions,
): Promise<Pick<Inspection, "assumed" | "expected_cpu_s">> {
  try {
    const { report, offeredLoadExpected, machines, from, to } = await prepareWorkload(trace, options);
    const cpu = offeredLoadExpected * machines * options.cores * (to - from);
    return { assumed: report, expected_cpu_s: Number.isNaN(cpu) ? null : cpu };
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    return { assumed: { refused: error.message }, expected_cpu_s: null };
  }
}

function distributionOf(values: Float64Array): Distribution {
  const known = values.filter((value) => !Number.isNaN(value));
  const found = quantiles(known, known.length, [...INSPECTED_LEVELS, 1]);
  const least = known.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  return distribution(known.length, found.slice(0, -1), least, found.at(-1)!);
}

function told(histogram: LogHistogram): Distribution {
  const { weight, least, largest } = histogram;
  const found = INSPECTED_LEVELS.map((level) => histogram.quantile(level));
  return distribution(weight, found, least, largest);
}

function distribution(known: number, found: readonly number[], least: number, largest: number): Distribution {
  const enoughFor = (level: number) => enough(known, Math.max(level, 1 - level));
  return {
    known,
    quantiles: INSPECTED_LEVELS.map((level, i) => (enoughFor(level) ? found[i]! : null)),
    least: known > 0 ? least : null,
    largest: known > 0 ? largest : null,
  };
}
