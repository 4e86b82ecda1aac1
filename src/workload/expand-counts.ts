import { PURPOSE } from "../random/index.js";
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

/** What was put out, complete at the end. */
export interface Tally {
  invocations: number;
  invocations_at_max_runtime: number;
}

/**
 * The invocations behind the counts, batch by batch, sorted by arrival; ties by function and index. In memory are one
 * minute and one batch. A minute is expanded whole, function by function, and then cut and put in order.
 *
 * Counts are scaled by stochastic rounding, floor(count x factor + u) with u keyed by function and minute, so that
 * their expectation is exact. A duration takes 53 bits of its own block, memory 32.
 */
export async function* expandCounts(
  expansion: Expansion,
  tally: Tally,
  labelled: boolean,
): AsyncGenerator<{ readonly rows: number; readonly columns: Batch }> {
  const { trace, cut, maxRuntime } = expansion;
  const fill = filler(expansion);
  const rows = new MinuteRows();
  const builder = new BatchBuilder(labelled ? expansion.labels : null);
  for await (const counts of trace.minutes(cut.firstMinute, cut.lastMinute)) {
    const start = counts.minute * MINUTE_S;
    fill(rows, counts, start);
    rows.sort(start, MINUTE_S);
    let k = cut.from > start ? rows.firstAt(cut.from) : 0;
    const end = cut.end < start + MINUTE_S ? rows.firstAt(cut.end) : rows.length;
    tally.invocations += Math.max(0, end - k);
    if (maxRuntime < Number.POSITIVE_INFINITY) tally.invocations_at_max_runtime += rows.atLeast(maxRuntime, k, end);
    while (k < end) {
      k += builder.add(rows, k, end);
      if (builder.isFull) yield builder.take();
    }
  }
  if (builder.rows > 0) yield builder.take();
}

/** Puts the invocations of a minute into its rows, by function and index. */
function filler(expansion: Expansion): (rows: MinuteRows, counts: MinuteCounts, start: Seconds) => void {
  const { factor, keys, arrivals, classes, maxRuntime, profiles } = expansion;
  const { first_minute } = expansion.trace.manifest;
  const runtimes = expansion.durations.table;
  const memories = expansion.memory.table;
  const rounding = keys.of(PURPOSE.scaleCount);
  const durationDraws = keys.of(PURPOSE.duration);
  const memoryDraws = keys.of(PURPOSE.memory);
  return (rows, counts, start) => {
    const minute = first_minute + counts.minute;
    const day = dayOf(counts.minute, first_minute);
    rows.length = 0;
    for (let i = 0; i < counts.length; i++) {
      const f = counts.functionId[i]!;
      const count = counts.count[i]!;
      const n = factor === 1 ? count : Math.floor(count * factor + rounding(f).uniform(minute, 0));
      if (n === 0) continue;
      const from = rows.length;
      const to = from + n;
      rows.reserve(to);
      rows.length = to;
      const { arrival, functionId, runtime, initial, peak, priceClass } = rows;
      arrivals(arrival, from, n, f, minute);
      const durationDraw = durationDraws(f);
      const memoryDraw = memoryDraws(f);
      const runtimeProfile = profiles.duration.of(f, day);
      const memoryProfile = profiles.memory.of(f, day);
      const lowest = memories.lowest(memoryProfile);
      for (let k = from, j = 0; k < to; k++, j++) {
        arrival[k]! += start;
        functionId[k] = f;
        const drawn = runtimes.at(runtimeProfile, durationDraw.uniform(minute, j));
        runtime[k] = Math.min(drawn, maxRuntime);
        memoryDraw.block(minute, j);
        const memory = memories.at(memoryProfile, (memoryDraw.x0 >>> 0) / 4294967296);
        initial[k] = lowest;
        peak[k] = Math.max(memory, lowest);
        priceClass[k] = classes.of(f, minute, j);
      }
    }
  };
}
