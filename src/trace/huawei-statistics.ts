import { DAY_MINUTES, type DayCells } from "./day-cells.js";
import type { Reading, Source } from "./format.js";
import { type RequestDays, readWide, type WideRead } from "./huawei-days.js";
import type { WideRow, WideValue } from "./huawei-wide.js";
import { DURATION_LEVELS, type DurationRows, MEMORY_LEVELS, type MemoryRows } from "./trace.js";

/** Beyond what any delay, limit or share can be; sums and products of such values stay finite. */
const MOST = 1e12;

const DELAY: WideValue = {
  what: "duration",
  accepts: (value) => Math.abs(value) <= MOST,
  expected: `a number of milliseconds up to ${MOST}, or nothing`,
};
const LIMIT: WideValue = {
  what: "memory",
  accepts: (value) => value >= 0 && value <= MOST,
  expected: `a number of MB from 0 to ${MOST}, or nothing`,
};
const USAGE: WideValue = { ...LIMIT, expected: "a share of the limit, 1 for all of it, or nothing" };

/** A function's day as percentiles: `of` it by day, then by function. */
interface Summary {
  readonly functionId: number;
  readonly day: number;
  readonly count: number;
  readonly average: number;
  readonly percentiles: readonly number[];
}

/** A day's values by function and minute: the mean of what is given for a minute. NaN where there is none. */
class DayMeans {
  private sums: Float64Array[] = [];
  private times: Uint32Array[] = [];

  readonly add = ({ second, length, id, value }: WideRow): void => {
    const minute = Math.floor(second / 60);
    for (let i = 0; i < length; i++) {
      const f = id[i]!;
      this.sums[f] ??= new Float64Array(DAY_MINUTES);
      this.times[f] ??= new Uint32Array(DAY_MINUTES);
      this.sums[f][minute]! += value[i]!;
      this.times[f][minute]!++;
    }
  };

  /** The means of each function that has any; the next day begins. */
  end(): Map<number, Float64Array> {
    const means = new Map<number, Float64Array>();
    this.sums.forEach((sum, f) => {
      means.set(
        f,
        sum.map((value, minute) => value / this.times[f]![minute]!),
      );
    });
    this.sums = [];
    this.times = [];
    return means;
  }
}

/**
 * A row of durations for each function and day with requests and delays: the mean of the minutes' delays, weighted by
 * their requests, and their percentiles with the same weights. Minimum and Maximum of single requests are not known.
 */
export async function readDelays(
  reading: Reading,
  sources: readonly Source[],
  idOf: ReadonlyMap<number, number>,
  requests: RequestDays,
): Promise<WideRead & { rows: DurationRows; outside: number }> {
  const means = new DayMeans();
  const found: Summary[] = [];
  let outside = 0;
  const read = await readWide(reading, sources, idOf, DELAY, means.add, (day) => {
    const delays = means.end();
    const i = requests.days.findIndex((cells) => cells.day === day + 1);
    if (i < 0) outside++;
    else found.push(...weighted(requests.days[i]!, requests.spills[i]!, delays, day + 1 - requests.firstDay));
  });
  found.sort((a, b) => a.functionId - b.functionId || a.day - b.day);
  const nothing = new Float64Array(found.length).fill(Number.NaN);
  return {
    ...read,
    outside,
    rows: {
      length: found.length,
      functionId: Uint32Array.from(found, ({ functionId }) => functionId),
      day: Int32Array.from(found, ({ day }) => day),
      average: Float64Array.from(found, ({ average }) => average),
      count: Float64Array.from(found, ({ count }) => count),
      ...{ minimum: nothing, maximum: nothing },
      percentiles: Float64Array.from(found.flatMap(({ percentiles }) => percentiles)),
    },
  };
}

function weighted(cells: DayCells, spill: string, delays: ReadonlyMap<number, Float64Array>, day: number): Summary[] {
  const found: Summary[] = [];
  cells.load(spill);
  for (let row = 0; row < cells.rows; row++) {
    const means = delays.get(cells.key[row]!);
    if (!means) continue;
    const { minute, count } = cells.pages[cells.page[row]!]!;
    const pairs: [number, number][] = [];
    for (let i = cells.begin[row]!; i < cells.end[row]!; i++) {
      const mean = means[minute[i]!]!;
      if (!Number.isNaN(mean)) pairs.push([mean, count[i]!]);
    }
    if (pairs.length > 0) found.push({ functionId: cells.key[row]!, day, ...summaryOf(pairs, DURATION_LEVELS) });
  }
  cells.release();
  return found;
}

/** Of values and their weights: total weight, mean, and percentiles (the least value with that much weight up to it). */
function summaryOf(pairs: [number, number][], levels: readonly number[]): Omit<Summary, "functionId" | "day"> {
  pairs.sort((a, b) => a[0] - b[0]);
  let count = 0;
  let sum = 0;
  for (const [value, weight] of pairs) {
    count += weight;
    sum += value * weight;
  }
  let at = 0;
  let below = pairs[0]![1];
  const percentiles = levels.map((level) => {
    while (100 * below < level * count && at + 1 < pairs.length) below += pairs[++at]![1];
    return pairs[at]![0];
  });
  return { count, average: sum / count, percentiles };
}

/** A day's limits of a function as runs: minute and value at each change. */
type Runs = readonly number[];

/**
 * A row of memory for each function and day of the trace: what a pod of it is allocated, minute by minute, times the
 * share of that which is in use, where `usage` has any files.
 */
export async function readMemory(
  reading: Reading,
  limits: readonly Source[],
  usage: readonly Source[],
  idOf: ReadonlyMap<number, number>,
  { firstDay, lastDay }: RequestDays,
  names: readonly string[],
): Promise<{ rows: MemoryRows; limits: WideRead; usage: WideRead }> {
  const means = new DayMeans();
  const runs = new Map<number, Map<number, Runs>>();
  const found: Summary[] = [];
  const inside = (day: number) => day + 1 >= firstDay && day + 1 <= lastDay;
  const add = (day: number, functionId: number, values: Iterable<number>) => {
    const pairs = Array.from(values, (value): [number, number] => [value, 1]).filter(([value]) => !Number.isNaN(value));
    if (pairs.length > 0) found.push({ functionId, day: day + 1 - firstDay, ...summaryOf(pairs, MEMORY_LEVELS) });
  };
  const readLimits = await readWide(reading, limits, idOf, LIMIT, means.add, (day) => {
    const ofDay = means.end();
    if (!inside(day)) return;
    if (usage.length > 0) runs.set(day, new Map([...ofDay].map(([f, values]) => [f, runsOf(values)])));
    else for (const [f, values] of ofDay) add(day, f, values);
  });
  const readUsage = await readWide(reading, usage, idOf, USAGE, means.add, (day) => {
    for (const [f, shares] of means.end()) {
      const limit = runs.get(day)?.get(f);
      if (limit) add(day, f, product(shares, limit));
    }
  });
  found.sort((a, b) => a.functionId - b.functionId || a.day - b.day);
  const unknown = found.map(() => null);
  return {
    ...{ limits: readLimits, usage: readUsage },
    rows: {
      length: found.length,
      ...{ owner: unknown, app: unknown, function: found.map(({ functionId }) => names[functionId]!) },
      day: Int32Array.from(found, ({ day }) => day),
      sampleCount: Float64Array.from(found, ({ count }) => count),
      average: Float64Array.from(found, ({ average }) => average),
      percentiles: Float64Array.from(found.flatMap(({ percentiles }) => percentiles)),
    },
  };
}

function runsOf(values: Float64Array): Runs {
  const runs: number[] = [];
  for (let minute = 0; minute < values.length; minute++) {
    if (minute === 0 || !Object.is(values[minute], values[minute - 1])) runs.push(minute, values[minute]!);
  }
  return runs;
}

function product(shares: Float64Array, limit: Runs): Float64Array {
  let at = 0;
  return shares.map((share, minute) => {
    if (limit[at + 2] === minute) at += 2;
    return share * limit[at + 1]!;
  });
}
