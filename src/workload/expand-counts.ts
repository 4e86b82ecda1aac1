import { PURPOSE, uniformOf } from "../random/index.js";
import type { Batch } from "../table/index.js";
import type { CountTrace, MinuteCounts } from "../trace/trace.js";
import type { Seconds } from "../units.js";
import type { Arrivals } from "./arrivals.js";
import { BatchBuilder } from "./batch-builder.js";
import type { PriceClasses } from "./class-rules.js";
import type { Cut } from "./cut.js";
import type { DailyProfiles } from "./daily-profiles.js";
import type { Durations } from "./durations.js";
import { dayOf, type FunctionKeys, MINUTE_S } from "./function-keys.js";
import type { Labels } from "./labels.js";
import type { Memory } from "./memory.js";
import { MinuteRows } from "./minute-rows.js";
import { RowSampling } from "./row-sampling.js";
import type { WorkloadPosition } from "./workload.js";

/** Everything that decides what the invocations of a count trace are. */
export interface Expansion {
  readonly trace: CountTrace;
  readonly cut: Cut;
  readonly factor: number;
  readonly keys: FunctionKeys;
  readonly labels: Labels;
  readonly arrivals: Arrivals;
  readonly durations: Durations;
  readonly memory: Memory;
  readonly profiles: { readonly duration: DailyProfiles; readonly memory: DailyProfiles };
  readonly classes: PriceClasses;
  readonly maxRuntime: Seconds;
}

/** What was put out so far. */
export interface Tally {
  invocations: number;
  invocations_at_max_runtime: number;
}

/**
 * The invocations behind the counts from a position on, batch by batch, sorted by arrival; ties by function and index. In
 * memory are one minute and two batches. A minute is expanded whole, function by function, and then cut and put in order.
 * `tally` is that of the position, and goes on with the rows; `reached` is told the position after each batch before it.
 *
 * Counts are scaled by stochastic rounding, floor(count x factor + u) with u keyed by function and minute, so that
 * their expectation is exact. A duration takes 53 bits of its own block, memory 32.
 */
export async function* expandCounts(
  expansion: Expansion,
  tally: Tally,
  labels: boolean | RowSampling,
  from: WorkloadPosition,
  reached: (position: WorkloadPosition) => void,
): AsyncGenerator<{ readonly rows: number; readonly columns: Batch }> {
  const { trace, cut, maxRuntime } = expansion;
  const fill = filler(expansion);
  const rows = new MinuteRows();
  const builder = new BatchBuilder(
    labels === false ? null : expansion.labels,
    labels instanceof RowSampling ? labels : null,
    from.rows,
  );
  const reach = (minute: number, place: number) =>
    reached({ rows: tally.invocations, minute, place, at_max_runtime: tally.invocations_at_max_runtime });
  for await (const counts of trace.minutes(Math.max(cut.firstMinute, from.minute), cut.lastMinute)) {
    const { minute } = counts;
    const start = minute * MINUTE_S;
    fill(rows, counts, start);
    rows.sort(start, MINUTE_S);
    let k = cut.from > start ? rows.firstAt(cut.from) : 0;
    if (minute === from.minute) k = Math.max(k, from.place);
    const end = cut.end < start + MINUTE_S ? rows.firstAt(cut.end) : rows.length;
    while (k < end) {
      const added = builder.add(rows, k, end);
      tally.invocations += added;
      if (maxRuntime < Number.POSITIVE_INFINITY)
        tally.invocations_at_max_runtime += rows.atLeast(maxRuntime, k, k + added);
      k += added;
      if (!builder.isFull) continue;
      reach(minute, k);
      yield builder.take();
    }
  }
  if (builder.rows === 0) return;
  reach(cut.lastMinute, 0);
  yield builder.take();
}

/** Invocations whose duration and memory are drawn at a time. */
const DRAWN = 512;

/** Puts the invocations of a minute into its rows, by function and index: all arrivals are drawn first. */
function filler(expansion: Expansion): (rows: MinuteRows, counts: MinuteCounts, start: Seconds) => void {
  const { factor, keys, arrivals, classes, maxRuntime, profiles } = expansion;
  const { first_minute } = expansion.trace.manifest;
  const runtimes = expansion.durations.table;
  const memories = expansion.memory.table;
  const rounding = keys.of(PURPOSE.scaleCount);
  const durationDraws = keys.of(PURPOSE.duration);
  const memoryDraws = keys.of(PURPOSE.memory);
  const durationWords = new Int32Array(2 * DRAWN);
  const memoryWords = new Int32Array(2 * DRAWN);
  let times = new Float64Array(0);
  let scaled = new Uint32Array(0);
  return (rows, counts, start) => {
    const minute = first_minute + counts.minute;
    const day = dayOf(counts.minute, first_minute);
    if (scaled.length < counts.length) scaled = new Uint32Array(2 * counts.length);
    let all = 0;
    for (let i = 0; i < counts.length; i++) {
      const count = counts.count[i]!;
      const draw = factor === 1 ? 0 : rounding(counts.functionId[i]!).uniform(minute, 0);
      scaled[i] = factor === 1 ? count : Math.floor(count * factor + draw);
      all += scaled[i]!;
    }
    if (times.length < all) times = new Float64Array(all + (all >> 1));
    for (let i = 0, from = 0; i < counts.length; i++) {
      const n = scaled[i]!;
      if (n > 0) arrivals(times, from, n, counts.functionId[i]!, minute);
      from += n;
    }
    for (let k = 0; k < all; k++) times[k]! += start;
    rows.begin(times, all, start, MINUTE_S);
    const { places, arrival, functionId, runtime, initial, peak, priceClass } = rows;
    for (let i = 0, k = 0; i < counts.length; i++) {
      const n = scaled[i]!;
      if (n === 0) continue;
      const f = counts.functionId[i]!;
      const runtimeProfile = profiles.duration.of(f, day);
      const memoryProfile = profiles.memory.of(f, day);
      const lowest = memories.lowest(memoryProfile);
      const takesAlways = runtimes.isConstant(runtimeProfile)
        ? Math.min(runtimes.lowest(runtimeProfile), maxRuntime)
        : -1;
      const needsAlways = memories.isConstant(memoryProfile);
      for (let done = 0; done < n; done += DRAWN) {
        const count = Math.min(DRAWN, n - done);
        if (takesAlways < 0) durationDraws(f).blocks(minute, done, 0, 1, count, durationWords);
        if (!needsAlways) memoryDraws(f).blocks(minute, done, 0, 1, count, memoryWords);
        for (let j = 0; j < count; j++, k++) {
          const at = places[k]!;
          arrival[at] = times[k]!;
          functionId[at] = f;
          let takes = takesAlways;
          if (takes < 0) {
            takes = runtimes.at(runtimeProfile, uniformOf(durationWords[2 * j]!, durationWords[2 * j + 1]!));
            takes = Math.min(takes, maxRuntime);
          }
          runtime[at] = takes;
          const most = needsAlways ? lowest : memories.at(memoryProfile, (memoryWords[2 * j]! >>> 0) / 4294967296);
          initial[at] = lowest;
          peak[at] = Math.max(most, lowest);
          priceClass[at] = classes.of(f, minute, done + j);
        }
      }
    }
  };
}
