import { LogHistogram } from "../statistics/log-histogram.js";
import type { PassProgress } from "../trace/function-subset.js";
import type { CountTrace, InvocationTrace, Trace } from "../trace/trace.js";
import type { Seconds } from "../units.js";
import { averagesOf, memoryOf } from "./averages.js";
import { dayOf, MINUTE_S } from "./function-keys.js";
import { Gaps } from "./gaps.js";
import { logBatches } from "./log-survey.js";
import { MinuteMeter, type MinuteRange } from "./minute-meter.js";

/** What a trace says of its functions, as it is: nothing filled, nothing drawn. By function_id; NaN where it does not say. */
export interface FunctionSurvey {
  readonly invocations: Float64Array;
  /** Invocations of known duration, and the CPU seconds they need at one second a second. */
  readonly known: Float64Array;
  readonly cpu_s: Float64Array;
  /** MiB: in a count trace the mean of the function's, else of its app's; in a log the mean of the peaks. */
  readonly memory: Float64Array;
  /** Coefficient of variation of the times between invocations: see Gaps. */
  readonly gapsCv: Float64Array;
  /** Over invocations: seconds (in a count trace each has its function's Average of the day) and MiB. */
  readonly durations: LogHistogram;
  readonly memories: LogHistogram;
  /**
   * Invocations and CPU seconds by interval of `interval` seconds since the trace's start; the last one is what is left,
   * between a half and one and a half of the others.
   */
  readonly interval: Seconds;
  readonly rate: Float64Array;
  readonly cpu: Float64Array;
  /** In a whole minute. */
  readonly minutes: { readonly invocations: MinuteRange; readonly cores: MinuteRange };
  /** Largest price class of a log; -1: none is told. */
  readonly highestClass: number;
}

/** One pass over a trace, by batch; what is kept grows with its functions and its intervals, not with its invocations. */
export async function surveyFunctions(
  trace: Trace,
  interval: Seconds,
  onProgress: PassProgress = () => {},
): Promise<FunctionSurvey> {
  const { duration_s } = trace.manifest;
  const functions = trace.functions.function.length;
  const intervals = Math.max(1, Math.round(duration_s / interval));
  const into = {
    ...{ invocations: new Float64Array(functions), known: new Float64Array(functions) },
    ...{ cpu_s: new Float64Array(functions), gaps: new Gaps(functions) },
    ...{ durations: new LogHistogram(), memories: new LogHistogram(), meter: new MinuteMeter(duration_s) },
    ...{ interval, rate: new Float64Array(intervals), cpu: new Float64Array(intervals) },
  };
  const rest = await (trace.kind === "counts" ? counts(trace, into, onProgress) : log(trace, into, onProgress));
  const { gaps, meter, ...totals } = into;
  return { ...totals, ...rest, gapsCv: gaps.coefficients(), minutes: meter.close() };
}

type Into = Omit<FunctionSurvey, "memory" | "gapsCv" | "minutes" | "highestClass"> & {
  readonly gaps: Gaps;
  readonly meter: MinuteMeter;
};
type Rest = Pick<FunctionSurvey, "memory" | "highestClass">;

async function counts(trace: CountTrace, into: Into, onProgress: PassProgress): Promise<Rest> {
  const { first_minute, duration_s } = trace.manifest;
  const { invocations, known, cpu_s, gaps, durations, memories, interval, rate, cpu, meter } = into;
  const averages = averagesOf(trace);
  let today = -1;
  let average: Float64Array = new Float64Array(0);
  for await (const { minute, functionId, count, length } of trace.minutes(0, Number.POSITIVE_INFINITY)) {
    const day = dayOf(minute, first_minute);
    if (day !== today) {
      today = day;
      average = averages(day);
    }
    let sum = 0;
    let needed = 0;
    for (let i = 0; i < length; i++) {
      const f = functionId[i]!;
      const n = count[i]!;
      const seconds = average[f]!;
      sum += n;
      invocations[f]! += n;
      gaps.add(f, minute, 1, n);
      if (Number.isNaN(seconds)) continue;
      known[f]! += n;
      cpu_s[f]! += n * seconds;
      needed += n * seconds;
      durations.add(seconds, n);
    }
    const place = Math.min(rate.length - 1, Math.floor((minute * MINUTE_S) / interval));
    rate[place]! += sum;
    cpu[place]! += needed;
    meter.add(minute, sum, needed);
    onProgress((minute + 1) * MINUTE_S, duration_s);
  }
  const memory = memoryOf(trace);
  memory.forEach((mib, f) => {
    if (!Number.isNaN(mib)) memories.add(mib, invocations[f]);
  });
  return { memory, highestClass: -1 };
}

async function log(trace: InvocationTrace, into: Into, onProgress: PassProgress): Promise<Rest> {
  const { duration_s } = trace.manifest;
  const { invocations, known, cpu_s, gaps, durations, memories, interval, rate, cpu, meter } = into;
  const sums = new Float64Array(invocations.length);
  const told = new Float64Array(invocations.length);
  let highestClass = -1;
  for await (const { rows, columns } of logBatches(trace)) {
    const { functionId, arrival, runtime, priceClass, initial, peak } = columns;
    for (let i = 0; i < rows; i++) {
      const f = functionId[i]!;
      const time = arrival[i]!;
      const seconds = runtime[i]!;
      invocations[f]!++;
      known[f]!++;
      cpu_s[f]! += seconds;
      gaps.add(f, time, 0, 1);
      durations.add(seconds);
      const place = Math.min(rate.length - 1, Math.floor(time / interval));
      rate[place]!++;
      cpu[place]! += seconds;
      meter.add(Math.floor(time / MINUTE_S), 1, seconds);
      if (priceClass[i]! > highestClass) highestClass = priceClass[i]!;
      const mib = Number.isNaN(peak[i]) ? initial[i]! : peak[i]!;
      if (Number.isNaN(mib)) continue;
      sums[f]! += mib;
      told[f]!++;
      memories.add(mib);
    }
    onProgress(columns.arrival[rows - 1]!, duration_s);
  }
  return { memory: sums.map((sum, f) => sum / told[f]!), highestClass };
}
