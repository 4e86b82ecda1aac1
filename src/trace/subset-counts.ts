import { join } from "node:path";
import { COUNTS, TableWriter } from "../table/index.js";
import type { ContentHash } from "./content-hash.js";
import { addDay } from "./count-writer.js";
import { type CpuTotals, noCpu } from "./cpu-share.js";
import { DAY_MINUTES } from "./day-cells.js";
import type { Written } from "./subset-log.js";
import type { CountTrace, DurationRows } from "./trace.js";

/** One day's cells of the functions kept. */
class Day {
  /** Minutes since the trace's start that the day begins at; negative where the trace begins later in the day. */
  readonly firstMinute: number;
  readonly starts = new Uint32Array(DAY_MINUTES + 1);
  pairs = new Uint32Array(65536);
  private cells = 0;

  constructor(firstMinute: number) {
    this.firstMinute = firstMinute;
  }

  /** Adds a cell of minute `minute` of the day; cells come in order of minute and function. */
  add(minute: number, id: number, count: number): void {
    if (2 * this.cells === this.pairs.length) {
      const larger = new Uint32Array(2 * this.pairs.length);
      larger.set(this.pairs);
      this.pairs = larger;
    }
    this.pairs[2 * this.cells] = id;
    this.pairs[2 * this.cells++ + 1] = count;
    this.starts[minute + 1]!++;
  }

  /** Makes `starts` places out of numbers. */
  close(): void {
    for (let minute = 0; minute < DAY_MINUTES; minute++) this.starts[minute + 1]! += this.starts[minute]!;
  }
}

/**
 * Writes counts.arrow of the functions that are kept (`idOf` gives the new id, -1 for the others), one day in memory at a
 * time. `durations` are theirs, by new id.
 */
export async function writeSubsetCounts(
  trace: CountTrace,
  idOf: Int32Array,
  durations: DurationRows,
  folder: string,
  hash: ContentHash,
  onProgress: (done: number, total: number) => void,
): Promise<Written> {
  const { first_minute, duration_s } = trace.manifest;
  const totals = noCpu(idOf.reduce((most, id) => Math.max(most, id + 1), 0));
  const writer = await TableWriter.create(join(folder, "counts.arrow"), COUNTS);
  let invocations = 0;
  let day: Day | null = null;
  const end = async () => {
    if (day === null) return;
    day.close();
    await addDay(writer, day, day.firstMinute, hash);
    invocations += addCpu(totals, day, (first_minute + day.firstMinute) / DAY_MINUTES - firstDay, durations);
  };
  const firstDay = Math.floor(first_minute / DAY_MINUTES);
  try {
    for await (const { minute, functionId, count, length } of trace.minutes(0, Number.POSITIVE_INFINITY)) {
      const ofDay = (first_minute + minute) % DAY_MINUTES;
      if (day?.firstMinute !== minute - ofDay) {
        await end();
        day = new Day(minute - ofDay);
      }
      for (let i = 0; i < length; i++) {
        const id = idOf[functionId[i]!]!;
        if (id >= 0) day.add(ofDay, id, count[i]!);
      }
      onProgress(60 * (minute + 1), duration_s);
    }
    await end();
    await writer.close();
  } catch (error) {
    await writer.abandon();
    throw error;
  }
  return { invocations, orphans: 0, totals };
}

/** Adds a day's invocations, and their CPU seconds where the function's Average of that day is known and not below 0. */
function addCpu(into: CpuTotals, { starts, pairs }: Day, day: number, durations: DurationRows): number {
  const sums = new Float64Array(into.invocations.length);
  const cells = starts[DAY_MINUTES]!;
  let sum = 0;
  for (let i = 0; i < cells; i++) sums[pairs[2 * i]!]! += pairs[2 * i + 1]!;
  for (let id = 0; id < sums.length; id++) {
    into.invocations[id]! += sums[id]!;
    sum += sums[id]!;
  }
  for (let row = 0; row < durations.length; row++) {
    const average = durations.average[row]!;
    if (durations.day[row] !== day || !(average >= 0)) continue;
    const id = durations.functionId[row]!;
    into.known[id]! += sums[id]!;
    into.cpu_s[id]! += (sums[id]! * average) / 1000;
  }
  return sum;
}
