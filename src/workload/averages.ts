import type { CountTrace } from "../trace/trace.js";
import { appKey } from "./apps.js";

/** The Average duration of every function on a day of the trace, in seconds; NaN where there is none or one below 0. */
export function averagesOf(trace: CountTrace): (day: number) => Float64Array {
  const { functionId, day: days, average, length } = trace.durations;
  const functions = trace.functions.function.length;
  return (day) => {
    const seconds = new Float64Array(functions).fill(Number.NaN);
    for (let row = 0; row < length; row++) {
      if (days[row] === day && average[row]! >= 0) seconds[functionId[row]!] = average[row]! / 1000;
    }
    return seconds;
  };
}

/** Memory of every function in MiB, as its own rows have it on average, else its app's; NaN where there are none. */
export function memoryOf(trace: CountTrace): Float64Array {
  const { memory, functions } = trace;
  const means = new Map<string, { sum: number; rows: number }>();
  for (let row = 0; row < memory.length; row++) {
    if (!(memory.average[row]! >= 0)) continue;
    const key = appKey(memory.owner[row]!, memory.app[row]!, memory.function[row]!);
    const mean = means.get(key) ?? { sum: 0, rows: 0 };
    mean.sum += memory.average[row]!;
    mean.rows++;
    means.set(key, mean);
  }
  const { owner, app, function: name } = functions;
  return Float64Array.from(name, (label, f) => {
    const of = means.get(appKey(owner[f]!, app[f]!, label)) ?? means.get(appKey(owner[f]!, app[f]!));
    return of === undefined ? Number.NaN : of.sum / of.rows;
  });
}
