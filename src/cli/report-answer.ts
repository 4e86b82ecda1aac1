import type { ClassSummary, Estimate, RunSummary, SchedulerSummary } from "../analysis/summary.js";
import { compactRatio, compactShare, compactTime } from "./compact.js";
import { plainTime, plural } from "./plain.js";

/** The answer first: who waits under each scheduler, a sentence each, the question's own scheduler as it was asked for. */
export function answerLines({ schedulers }: RunSummary): string[] {
  const lines = schedulers.map((of) => `${of.scheduler}: ${waits(of)}`);
  const best = least(schedulers);
  return best === null ? lines : [best, ...lines];
}

/** What was replayed, in a sentence. */
export function replayedLine(of: RunSummary): string {
  const { from_s, to_s, warmup_s, offered_load } = of;
  const part = from_s > 0 ? ` (from ${plainTime(from_s)} to ${plainTime(to_s)})` : "";
  const warmup = warmup_s > 0 ? `; the first ${plainTime(warmup_s)}, the warm-up, are left out` : "";
  const { realised } = offered_load;
  const asked = Number.isFinite(realised) ? `: ${compactShare(realised)} of the cores' time is asked for` : "";
  return (
    `${plural(of.invocations, "invocation")} of ${of.trace} over ${plainTime(to_s - from_s)}${part}, on ` +
    `${plural(of.machines, "machine")} of ${plural(of.cores, "core")}${asked}${warmup}.`
  );
}

function arrived({ classes }: SchedulerSummary): ClassSummary[] {
  return classes.filter(({ count }) => count > 0);
}

function waits(of: SchedulerSummary): string {
  const classes = arrived(of);
  const [lowest, top] = [classes[0], classes.at(-1)];
  if (!lowest || !top) return "nothing arrived.";
  const one = (name: string, { price_class, slowdown, latency_s, missed_share }: ClassSummary) =>
    `${name} (class ${price_class}) ${within(slowdown.p99)}, ${latencyOf(latency_s.p99)}, and misses ${compactShare(missed_share ?? 0)} of its deadlines`;
  if (lowest === top) return `${one("everybody", top)}.`;
  return `${one("who pays most", top)}; ${one("who pays least", lowest)}.`;
}

function within({ value, lower_bound }: Estimate): string {
  if (value === null) return "has too few invocations to tell a p99";
  if (value === Number.POSITIVE_INFINITY) return "has more than 1 in 100 killed or rejected";
  return `is slowed down ${lower_bound ? "at least " : ""}${compactRatio(value)} times at the 99th percentile`;
}

function latencyOf({ value, lower_bound }: Estimate): string {
  if (value === null) return "latency too rare to tell";
  if (value === Number.POSITIVE_INFINITY) return "without end";
  return `${lower_bound ? "at least " : ""}${compactTime(value)} of latency`;
}

/** Where the class that pays most waits least; null where that is one scheduler's or nobody's to say. */
function least(schedulers: readonly SchedulerSummary[]): string | null {
  const told = schedulers.flatMap((of) => {
    const top = arrived(of).at(-1)?.slowdown.p99;
    return top === undefined || top.value === null ? [] : [{ scheduler: of.scheduler, value: top.value }];
  });
  if (told.length < 2) return null;
  const [low, high] = [Math.min(...told.map(({ value }) => value)), Math.max(...told.map(({ value }) => value))];
  const near = (to: number) => told.filter(({ value }) => value === to || value <= to * 1.005);
  if (near(low).length === told.length) return "Who pays most waits about equally under all schedulers.";
  const names = near(low).map(({ scheduler }) => scheduler);
  const worst = told.filter(({ value }) => value === high).map(({ scheduler }) => scheduler);
  const times = (value: number) => (value === Number.POSITIVE_INFINITY ? "∞" : compactRatio(value));
  return `Who pays most waits least under ${names.join(" and ")} (p99 slowdown ${times(low)}), and most under ${worst.join(" and ")} (${times(high)}).`;
}
