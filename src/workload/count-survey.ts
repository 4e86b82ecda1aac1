import type { CountTrace } from "../trace/trace.js";
import type { Seconds } from "../units.js";
import { type Cut, shareOf } from "./cut.js";
import type { DailyProfiles } from "./daily-profiles.js";
import type { Durations } from "./durations.js";
import { dayOf } from "./function-keys.js";

/** What a cut of a trace holds, as it is: before any scaling. */
export interface Survey {
  /** Invocations, of a minute that is cut its share. */
  readonly invocations: number;
  /** Expected CPU seconds, after CPU fraction and cap. */
  readonly cpu: Seconds;
  /** No runtime is longer, after CPU fraction and cap. */
  readonly longest: Seconds;
}

/** One pass over the counts in the cut. Of a minute that lies in it partly, the same part of each count is taken. */
export async function surveyCounts(
  trace: CountTrace,
  cut: Cut,
  durations: Durations,
  profiles: { readonly duration: DailyProfiles; readonly memory: DailyProfiles },
): Promise<Survey> {
  const { first_minute } = trace.manifest;
  const functions = trace.functions.function.length;
  const days = new Map<number, Float64Array>();
  for await (const { minute, functionId, count, length } of trace.minutes(cut.firstMinute, cut.lastMinute)) {
    const day = dayOf(minute, first_minute);
    const counts = days.get(day) ?? new Float64Array(functions);
    days.set(day, counts);
    const share = shareOf(cut, minute);
    for (let i = 0; i < length; i++) counts[functionId[i]!]! += count[i]! * share;
  }
  let invocations = 0;
  let cpu = 0;
  let longest = 0;
  for (const [day, counts] of days) {
    for (let f = 0; f < functions; f++) {
      const n = counts[f]!;
      if (n === 0) continue;
      profiles.memory.countedOf(f, day, n);
      invocations += n;
      const profile = profiles.duration.countedOf(f, day, n);
      cpu += n * durations.mean(profile);
      longest = Math.max(longest, durations.longest(profile));
    }
  }
  return { invocations, cpu, longest };
}
