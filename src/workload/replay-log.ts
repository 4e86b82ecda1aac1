import { PURPOSE, type Threefry } from "../random/index.js";
import type { Batch } from "../table/index.js";
import type { InvocationTrace } from "../trace/trace.js";
import type { Seconds } from "../units.js";
import { BatchBuilder } from "./batch-builder.js";
import type { PriceClasses } from "./class-rules.js";
import type { Cut } from "./cut.js";
import type { DailyProfiles } from "./daily-profiles.js";
import type { Tally } from "./expand-counts.js";
import { dayOf, type FunctionKeys, MINUTE_S } from "./function-keys.js";
import type { Labels } from "./labels.js";
import { LogMinute } from "./log-minute.js";
import { type LogColumns, logBatches } from "./log-survey.js";
import type { Memory } from "./memory.js";

/** Everything that decides what is replayed of a log. */
export interface LogReplay {
  readonly trace: InvocationTrace;
  readonly cut: Cut;
  readonly factor: number;
  readonly keys: FunctionKeys;
  readonly labels: Labels;
  readonly memory: Memory;
  readonly profiles: DailyProfiles;
  /** Null where every row has a class. */
  readonly classes: PriceClasses | null;
  readonly cpuFraction: number;
  readonly maxRuntime: Seconds;
  /** Rows of the log where it has parents, else 0. */
  readonly parentRows: number;
}

/** What was put out, complete at the end. */
export interface LogTally extends Tally {
  /** Invocations without their caller, because it was cut or thinned away, or comes later than a shifted copy. */
  parents_lost: number;
}

/**
 * The invocations of a log, batch by batch, sorted by arrival; ties in the log's order. In memory are one minute and two
 * batches. With a factor below 1 an invocation is kept if its uniform is below it; above 1 there are floor(factor) or one
 * more of it: the first at its own time, the others anywhere in its minute (up to the trace's end), else equal to it.
 */
export async function* replayLog(
  replay: LogReplay,
  tally: LogTally,
): AsyncGenerator<{ readonly rows: number; readonly columns: Batch }> {
  const { trace, cut, maxRuntime } = replay;
  const minutes = new LogMinute(replay.parentRows, tally);
  const builder = new BatchBuilder(replay.labels);
  const put = putter(replay, minutes);
  let current = -1;
  let row = 0;
  const close = () => {
    minutes.sort(current * MINUTE_S, MINUTE_S);
    const from = minutes.firstAt(cut.from);
    const to = minutes.firstAt(cut.end);
    if (maxRuntime < Number.POSITIVE_INFINITY)
      tally.invocations_at_max_runtime += minutes.atLeast(maxRuntime, from, to);
    return [from, to] as const;
  };
  const emit = function* (): Generator<{ readonly rows: number; readonly columns: Batch }> {
    if (current < 0) return;
    let [k, to] = close();
    while (k < to) {
      const at = builder.rows;
      const added = builder.add(minutes, k, to);
      minutes.link(builder.parent, at, k, added);
      k += added;
      if (builder.isFull) yield builder.take();
    }
    minutes.length = 0;
  };
  reading: for await (const batch of logBatches(trace)) {
    for (let i = 0; i < batch.rows; i++, row++) {
      const minute = Math.floor(batch.columns.arrival[i]! / MINUTE_S);
      if (minute < cut.firstMinute) continue;
      if (minute * MINUTE_S >= cut.end) break reading;
      if (minute !== current) {
        yield* emit();
        current = minute;
      }
      put(batch.columns, i, row, minute);
    }
  }
  yield* emit();
  if (builder.rows > 0) yield builder.take();
}

/** Puts row i of a batch into the minute, as many times as the factor makes it. */
function putter(replay: LogReplay, rows: LogMinute): (log: LogColumns, i: number, row: number, minute: number) => void {
  const { factor, keys, profiles, classes, cpuFraction, maxRuntime, memory } = replay;
  const { first_minute, duration_s } = replay.trace.manifest;
  const functions = replay.trace.functions.function.length;
  const lastMinute = new Int32Array(functions).fill(-1);
  const indexInMinute = new Uint32Array(functions);
  const thinning = keys.of(PURPOSE.thin);
  const shifts = keys.of(PURPOSE.copyShift);
  const memoryDraws = keys.of(PURPOSE.memory);
  const whole = Math.floor(factor);
  return (log, i, row, minute) => {
    const f = log.functionId[i]!;
    if (lastMinute[f] !== minute) {
      lastMinute[f] = minute;
      indexInMinute[f] = 0;
    }
    const index = indexInMinute[f]!++;
    const released = first_minute + minute;
    const copies = factor === 1 ? 1 : whole + (thinning(f).uniform(released, index) < factor - whole ? 1 : 0);
    if (copies === 0) return;
    const own = log.priceClass[i]!;
    const priceClass = own >= 0 ? own : classes!.of(f, released, index);
    let initial = log.initial[i]!;
    let peak = log.peak[i]!;
    if (Number.isNaN(initial)) {
      const profile = profiles.of(f, dayOf(minute, first_minute));
      const lowest = memory.table.lowest(profile);
      initial = Number.isNaN(peak) ? lowest : Math.min(lowest, peak);
      if (Number.isNaN(peak)) {
        const draw = memoryDraws(f);
        draw.block(released, index);
        peak = Math.max(lowest, memory.table.at(profile, (draw.x0 >>> 0) / 4294967296));
      }
    } else if (Number.isNaN(peak)) peak = initial;
    const runtime = Math.min(log.runtime[i]! * cpuFraction, maxRuntime);
    const start = minute * MINUTE_S;
    const span = Math.min(MINUTE_S, duration_s - start);
    let shift: Threefry | null = null;
    for (let copy = 0; copy < copies; copy++) {
      let arrival = log.arrival[i]!;
      if (copy > 0) {
        shift ??= shifts(f).derive(released, index);
        shift.block(copy, 0);
        arrival = start + span * ((shift.x0 >>> 0) / 4294967296);
      }
      rows.put(copy === 0 ? row : ~row, log.parent[i]!, arrival, f, runtime, priceClass, initial, peak);
    }
  };
}
