import { Invalid } from "../invalid.js";
import type { TraceManifest } from "../trace/trace.js";
import type { Seconds } from "../units.js";
import { MINUTE_S } from "./function-keys.js";

/** The part of a trace that is replayed: arrivals in [from, end). */
export interface Cut {
  readonly from: Seconds;
  /** The cut's end or the trace's, whichever is earlier. */
  readonly to: Seconds;
  /** Infinity without a cut, so that the last arrival of a log, which is its end, belongs to it. */
  readonly end: Seconds;
  /** Minutes since the trace's start that have a part in it: firstMinute <= minute < lastMinute. */
  readonly firstMinute: number;
  readonly lastMinute: number;
  /** As the user gave it, for messages. */
  readonly text: string;
}

/** Throws Invalid where the cut begins at or after the trace's end. */
export function cutOf(manifest: TraceManifest, cut: readonly [Seconds, Seconds] | null): Cut {
  const { duration_s: duration } = manifest;
  if (cut === null) return spanOf(0, duration, Number.POSITIVE_INFINITY, "all");
  const [from, end] = cut;
  const text = `${from}s..${end}s`;
  if (!(from < duration || (from === 0 && duration === 0))) {
    throw new Invalid("cut", text, "--cut", `a part of the trace, which is ${duration} s long`);
  }
  return spanOf(from, Math.min(end, duration), end, text);
}

function spanOf(from: Seconds, to: Seconds, end: Seconds, text: string): Cut {
  return { from, to, end, firstMinute: Math.floor(from / MINUTE_S), lastMinute: Math.ceil(to / MINUTE_S), text };
}

/** The part of a minute that lies in the cut, 0 to 1. */
export function shareOf(cut: Cut, minute: number): number {
  const start = minute * MINUTE_S;
  return Math.max(0, Math.min(start + MINUTE_S, cut.end) - Math.max(start, cut.from)) / MINUTE_S;
}

/** The message of a cut that has no invocations. */
export function emptyCut(manifest: TraceManifest, cut: Cut): Invalid {
  return cut.text === "all"
    ? new Invalid("trace", manifest.name, "no invocations", "at least one")
    : new Invalid("cut", cut.text, "--cut", "a part of the trace that has invocations");
}
