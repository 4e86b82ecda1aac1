import type { Rows } from "../table/index.js";
import type { InvocationTrace } from "../trace/trace.js";
import { appsOf } from "./apps.js";
import { priceClassesOf } from "./class-rules.js";
import { cutOf, emptyCut } from "./cut.js";
import { DailyProfiles } from "./daily-profiles.js";
import { FunctionKeys } from "./function-keys.js";
import { labelsOf } from "./labels.js";
import { surveyLog } from "./log-survey.js";
import { Memory } from "./memory.js";
import { type LogTally, replayLog } from "./replay-log.js";
import { scaleOf } from "./scale.js";
import { START, type Workload, type WorkloadOptions, type WorkloadReport } from "./workload.js";

/**
 * The workload of a log. Arrivals, runtimes and whatever else it has are kept; a missing price class is given by the rule,
 * missing memory drawn from the published population (an app's once, by app), a missing peak is the initial memory, and a
 * missing initial memory the app's, or the peak where that is less. One pass over the log now, one for every call of `batches`. Throws Invalid.
 */
export async function prepareLog(trace: InvocationTrace, options: WorkloadOptions): Promise<Workload> {
  const { cpuFraction, maxRuntime } = options;
  const cut = cutOf(trace.manifest, options.cut);
  const survey = await surveyLog(trace, cut, options);
  if (survey.invocations === 0) throw emptyCut(trace.manifest, cut);
  const keys = new FunctionKeys(trace, options.seed);
  const classes = survey.lacking.price_class > 0 ? await priceClassesOf(trace, keys, options) : null;
  const memory = new Memory(trace, null, appsOf(trace), options);
  const profiles = new DailyProfiles(trace.functions.function.length, (f, day) => memory.of(f, day));
  const { machines, factor, offered } = scaleOf(survey.cpu, cut, options);
  const labels = labelsOf(trace.functions);
  const parentRows = survey.hasParents ? survey.rows : 0;
  const parts = { trace, cut, factor, keys, labels, memory, profiles, classes, cpuFraction, maxRuntime, parentRows };
  const tally: LogTally = { invocations: 0, invocations_at_max_runtime: 0, parents_lost: 0 };
  const report: WorkloadReport = {
    scale: factor,
    classes: classes?.rule ?? "as the trace has them",
    functions_of_unknown_trigger: classes?.unknownTriggers ?? 0,
    put_out: tally,
    filled: survey.lacking,
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
    batches(_, from = START) {
      position = from;
      Object.assign(tally, { invocations: 0, invocations_at_max_runtime: 0, parents_lost: 0 });
      return after(from.rows, replayLog(parts, tally), (rows) => {
        position = { ...START, rows };
      });
    },
    position: () => position,
  };
}

/** The batches after so many rows; `reached` is told of the rows up to and with each before it comes. */
async function* after(first: number, batches: AsyncIterable<Rows>, reached: (rows: number) => void) {
  let rows = 0;
  for await (const batch of batches) {
    rows += batch.rows;
    if (rows <= first) continue;
    reached(rows);
    yield batch;
  }
}
