import {
  END,
  GROWTH,
  IN_SWAP,
  LEAST,
  LEFT,
  MEMORY,
  ON_CORE,
  ORDER,
  PLACE,
  REMAINING,
  RIGHT,
  RUNTIME,
  SINCE,
  UP,
  WAITING,
} from "./memory-records.js";
import { type MemoryLimits, type Places, TOLERANCE } from "./memory-settlement.js";

/** What a machine turned out to hold. */
export interface Recounted {
  /** Memory now, MiB. */
  readonly resident: number;
  readonly swapped: number;
  /** Ids, each in run order. */
  readonly running: readonly number[];
  readonly waiting: readonly number[];
  readonly inSwap: readonly number[];
}

/** How far a sum may be from its parts, as a share of the RAM. */
const ROUNDING = 1e-9;

/**
 * Counts machine m again from its invocations, as of the last event, and throws an Error where what it keeps, or the
 * order of anything, is not what it should be, where a core idles while a resident waits, or where memory is exceeded.
 */
export function recount(places: Places, m: number, limits: MemoryLimits): Recounted {
  const { live, running, waiting, swapped, load } = places;
  const { data, links } = live;
  const fail = (what: string) => {
    throw new Error(`machine ${m}: ${what}`);
  };
  const inPlace = (ids: readonly number[], place: number, what: string) => {
    for (const [i, id] of ids.entries()) {
      if (links[(id >> 2) + PLACE] !== place) fail(`${id} is not marked as ${what}`);
      if (i > 0 && data[ids[i - 1]! + ORDER]! >= data[id + ORDER]!) fail(`${what} is out of order`);
      if (data[id + REMAINING]! > data[id + RUNTIME]!) fail(`${id} needs more than it did`);
    }
  };
  const sum = (list: readonly number[]) => list.reduce((total, mib) => total + mib, 0);
  const near = (a: number, b: number) => Math.abs(a - b) <= TOLERANCE + ROUNDING * Math.abs(a);

  const first = m * running.cores;
  const byEnd = Array.from(running.ids.subarray(first, first + running.count[m]!));
  const runs = byEnd.toSorted((a, b) => data[a + ORDER]! - data[b + ORDER]!);
  const waits: number[] = [];
  for (let id = waiting.count[m]! > 0 ? waiting.last(m) : -1; id >= 0; id = waiting.before(m, id)) waits.unshift(id);
  const swaps = swapped.list(m);
  inPlace(runs, ON_CORE, "what runs");
  inPlace(waits, WAITING, "what waits");
  inPlace(swaps, IN_SWAP, "what is in swap");

  for (const [p, id] of byEnd.entries()) {
    if (running.ends[first + p] !== data[id + END]) fail(`${id} does not end when it should`);
    if (p > 0 && running.ends[first + p - 1]! < running.ends[first + p]!) fail("what runs is not sorted by end");
  }
  const lastOrder = runs.length > 0 ? data[runs.at(-1)! + ORDER]! : Number.NEGATIVE_INFINITY;
  if (running.lastOrder(m) !== lastOrder) fail("the last that runs is another");

  if (waits.length !== waiting.count[m]) fail(`${waits.length} wait, not ${waiting.count[m]}`);
  if (waits.length > 0 && waits[0] !== waiting.first(m)) fail("the first that waits is another");
  if (waits.length > 0 && runs.length < running.cores) fail("a core idles while a resident waits");
  if (waits.length > 0 && lastOrder > data[waits[0]! + ORDER]!) fail("one waits before one that runs");
  if (swaps.length !== swapped.count[m]) fail(`${swaps.length} are in swap, not ${swapped.count[m]}`);
  if (runs.length + waits.length + swaps.length !== load[m]) fail(`the load is not ${load[m]}`);
  if ((swaps.length > 0 ? data[swaps[0]! + ORDER] : Number.POSITIVE_INFINITY) !== swapped.firstOrder[m]) {
    fail("the first in swap is another");
  }
  for (const id of swaps) {
    const children = [links[(id >> 2) + LEFT]!, links[(id >> 2) + RIGHT]!].filter((child) => child >= 0);
    if (data[id + LEAST] !== Math.min(data[id + MEMORY]!, ...children.map((child) => data[child + LEAST]!))) {
      fail(`below ${id} another holds least`);
    }
    if (children.some((child) => links[(child >> 2) + UP] !== id)) fail(`a child of ${id} hangs elsewhere`);
  }

  const held = waiting.memory.total[m]! + waiting.memory.error[m]!;
  const used = swapped.memory.total[m]! + swapped.memory.error[m]!;
  const waitingHeld = sum(waits.map((id) => data[id + MEMORY]!));
  const swappedHeld = sum(swaps.map((id) => data[id + MEMORY]!));
  if (!near(held, waitingHeld)) fail(`what waits holds ${waitingHeld} MiB, not ${held}`);
  if (!near(used, swappedHeld)) fail(`what is in swap holds ${swappedHeld} MiB, not ${used}`);
  const resident =
    waitingHeld + sum(runs.map((id) => data[id + MEMORY]! + data[id + GROWTH]! * (live.now[0]! - data[id + SINCE]!)));
  if (resident > limits.ram + TOLERANCE + ROUNDING * limits.ram) fail(`${resident} MiB are resident of ${limits.ram}`);
  if (used > limits.swap + TOLERANCE) fail(`${used} MiB are in swap of ${limits.swap}`);
  return { resident, swapped: swappedHeld, running: runs, waiting: waits, inSwap: swaps };
}
