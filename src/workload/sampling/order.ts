import { keyed, PURPOSE } from "../../random/index.js";
import type { Population } from "./marginals.js";

/**
 * All functions of a trace in the order in which samples take them: the first N are the sample of N, so a smaller sample
 * lies in a larger one of the same seed.
 *
 * A tree halves the functions again and again, first by trigger, then at the median of whichever number (rate, duration,
 * memory, burstiness) differs most among them. A node hands out its functions from its two halves in turn, in
 * proportion to their sizes, from a random start: of any N a node has given its half within one of its due, and every
 * function is among the first N with the same probability, N over all. (Systematic sampling, Madow 1949, applied at every node of a k-d tree; with halves of one
 * size and fair starts it visits them as a randomised van der Corput sequence does.)
 */
export function sampleOrder(population: Population, seed: number): Uint32Array {
  const starts = keyed(seed, PURPOSE.sample);
  const split = numberSplitter(population);
  let node = 0;
  const byNumbers = (ids: Uint32Array): Uint32Array => {
    if (ids.length < 2) return ids;
    const start = starts.uniform(node++, 0);
    const sorted = split(ids);
    const half = sorted.length >> 1;
    return inTurn(byNumbers(sorted.subarray(0, half)), byNumbers(sorted.subarray(half)), start);
  };
  const byTrigger = (groups: readonly Uint32Array[]): Uint32Array => {
    if (groups.length < 2) return byNumbers(groups[0] ?? new Uint32Array(0));
    const start = starts.uniform(node++, 0);
    const half = halfOf(groups);
    return inTurn(byTrigger(groups.slice(0, half)), byTrigger(groups.slice(half)), start);
  };
  return byTrigger(groupsOf(population));
}

/** The functions of each trigger, those of most functions first. */
function groupsOf({ triggers, triggerOf }: Population): Uint32Array[] {
  const groups: number[][] = triggers.map(() => []);
  triggerOf.forEach((trigger, f) => {
    groups[trigger]!.push(f);
  });
  return groups.filter(({ length }) => length > 0).map((ids) => Uint32Array.from(ids));
}

/** How many of two or more groups, the largest first, make up half of their functions or more. */
function halfOf(groups: readonly Uint32Array[]): number {
  const all = groups.reduce((sum, { length }) => sum + length, 0);
  let taken = 0;
  let sum = 0;
  while (2 * sum < all) sum += groups[taken++]!.length;
  return Math.min(taken, groups.length - 1);
}

/** Both lists as one, each in its order and all through in proportion to its length. `start` is uniform in [0, 1). */
function inTurn(left: Uint32Array, right: Uint32Array, start: number): Uint32Array {
  const all = new Uint32Array(left.length + right.length);
  for (let i = 0, taken = 0; i < all.length; i++) {
    const due = Math.min(left.length, Math.floor(((i + 1) * left.length) / all.length + start));
    all[i] = taken < due ? left[taken++]! : right[i - taken]!;
  }
  return all;
}

/** Sorts functions by the number that differs most among them; those without it come first; ties by id. */
function numberSplitter({ numbers }: Population): (ids: Uint32Array) => Uint32Array {
  const scaled = numbers
    .filter(({ scale }) => scale > 0)
    .map(({ values, sorted, scale }) => {
      const least = sorted[0]! / scale;
      return values.map((value) => (Number.isNaN(value) ? least - 1 : value / scale));
    });
  return (ids) => {
    let widest: Float64Array | null = null;
    let most = 0;
    for (const values of scaled) {
      const width = deviation(values, ids);
      if (width <= most) continue;
      widest = values;
      most = width;
    }
    const by = widest;
    return by === null ? ids : ids.slice().sort((a, b) => by[a]! - by[b]! || a - b);
  };
}

/** Mean absolute deviation from the mean. */
function deviation(values: Float64Array, ids: Uint32Array): number {
  let sum = 0;
  for (let i = 0; i < ids.length; i++) sum += values[ids[i]!]!;
  const mean = sum / ids.length;
  let apart = 0;
  for (let i = 0; i < ids.length; i++) apart += Math.abs(values[ids[i]!]! - mean);
  return apart / ids.length;
}
