import type { CountTrace } from "../trace/trace.js";
import { appsOf } from "./apps.js";
import { arrivalsOf, formatArrivals } from "./arrivals.js";
import { priceClassesOf } from "./class-rules.js";
import { surveyCounts } from "./count-survey.js";
import { cutOf, emptyCut } from "./cut.js";
import { DailyProfiles, type SourceCounts } from "./daily-profiles.js";
import { Durations } from "./durations.js";
import { expandCounts, type Tally } from "./expand-counts.js";
import { FunctionKeys } from "./function-keys.js";
import { labelsOf } from "./labels.js";
import { Memory } from "./memory.js";
import { scaleOf } from "./scale.js";
import { START, type Workload, type WorkloadOptions, type WorkloadReport } from "./workload.js";

/** The workload of a count trace. One pass over its counts now, one for every call of `batches`. Throws Invalid. */
export async function prepareCounts(trace: CountTrace, options: WorkloadOptions): Promise<Workload> {
  const { cpuFraction, maxRuntime } = options;
  const cut = cutOf(trace.manifest, options.cut);
  const keys = new FunctionKeys(trace, options.seed);
  const classes = await priceClassesOf(trace, keys, options);
  const durations = new Durations(trace, keys, cpuFraction, maxRuntime);
  const memory = new Memory(trace, trace.memory, appsOf(trace), options);
  const functions = trace.functions.function.length;
  const profiles = {
    duration: new DailyProfiles(functions, (f, day) => durations.of(f, day)),
    memory: new DailyProfiles(functions, (f, day) => memory.of(f, day)),
  };
  const survey = await surveyCounts(trace, cut, durations, profiles);
  if (survey.invocations === 0) throw emptyCut(trace.manifest, cut);
  const { machines, factor, offered } = scaleOf(survey.cpu, cut, options);
  const labels = labelsOf(trace.functions);
  const isTimer = Uint8Array.from(trace.functions.trigger, (trigger) => Number(trigger?.toLowerCase() === "timer"));
  const arrivals = arrivalsOf(keys, options, (f) => isTimer[f] === 1);
  const parts = { trace, cut, factor, keys, labels, arrivals, durations, memory, profiles, classes, maxRuntime };
  const tally: Tally = { invocations: 0, invocations_at_max_runtime: 0 };
  const report: WorkloadReport = {
    scale: factor,
    classes: classes.rule,
    functions_of_unknown_trigger: classes.unknownTriggers,
    arrivals: formatArrivals(options.arrivals),
    timers: options.timers,
    put_out: tally,
    durations: { from: rounded(profiles.duration.counts), ...durations.report },
    memory: { from: rounded(profiles.memory.counts), ...memory.report },
  };
  let position = START;
  return {
    machines,
    from: cut.from,
    to: cut.to,
    offeredLoadExpected: offered,
    invocationsExpected: survey.invocations * factor,
    longestRuntime: survey.longest,
    dictionaries: labels.dictionaries,
    report,
    batches(labelled = true, from = START) {
      position = from;
      tally.invocations = from.rows;
      tally.invocations_at_max_runtime = from.at_max_runtime;
      return expandCounts(parts, tally, labelled, from, (reached) => {
        position = reached;
      });
    },
    position: () => position,
  };
}

/** Invocations of minutes that are cut are parts of a count: whole numbers for the report. */
function rounded(counts: SourceCounts): SourceCounts {
  for (const count of Object.values(counts)) count.invocations = Math.round(count.invocations);
  return counts;
}
