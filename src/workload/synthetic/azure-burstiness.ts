import { type Apps, NO_TIMERS } from "./azure-apps.js";
import { cvRange } from "./azure-arrivals.js";
import { AZURE } from "./azure-figures.js";
import { azureDraws, byScore, Quantiles, rest } from "./azure-quantiles.js";

/** Apps from about so many invocations a day on are steady, with the chance given, unless others are to be had for a high CV. */
const BUSY = 10000;
const BUSY_STEADY = 0.8;
/** A steady app is given up to so much more than the least CV it can have. */
const SLACK = 1.03;

/**
 * The inter-arrival CV of each app without timers, so that all apps together have AZURE.interArrivalCv; NaN for the others, whose
 * CVs are what came out (`measured`, NaN where not defined). From the highest value down, each goes to an app that can have it:
 * one that can have nothing less, else the one that asked for most. `others`: invocations by app.
 */
export function makeCvs(apps: Apps, others: Float64Array, measured: Float64Array, seed: number): Float64Array {
  const draws = azureDraws(seed, "burstiness");
  const free = [...apps.kind.keys()].filter((a) => apps.kind[a] === NO_TIMERS && others[a]! >= 3);
  const taken = measured.filter((cv) => !Number.isNaN(cv)).sort();
  const quantiles = new Quantiles(AZURE.interArrivalCv);
  const values = rest(quantiles, taken.length + free.length, taken);
  const asked = free.map((a) => {
    const [least, most] = cvRange(others[a]!);
    const steady = others[a]! > BUSY && draws.uniform(a, 0) < BUSY_STEADY;
    return steady ? least : Math.min(most, Math.max(least, quantiles.at(0.22 + 0.77 * draws.uniform(a, 1))));
  });
  const byLeast = [...byScore(free.length, (i) => -cvRange(others[free[i]!]!)[0])];
  const byMost = [...byScore(free.length, (i) => -cvRange(others[free[i]!]!)[1])];
  const cvs = new Float64Array(apps.apps).fill(Number.NaN);
  const done = new Uint8Array(free.length);
  const open = new Heap(asked);
  let forced = 0;
  let opened = 0;
  for (let v = values.length - 1; v >= 0; v--) {
    let value = Math.max(values[v]!, 0.05);
    while (forced < byLeast.length && done[byLeast[forced]!]) forced++;
    let i = byLeast[forced]!;
    const [least] = cvRange(others[free[i]!]!);
    if (least * SLACK < value || least === 0) {
      while (opened < byMost.length && cvRange(others[free[byMost[opened]!]!]!)[1] >= value)
        open.push(byMost[opened++]!);
      open.skip(done);
      while (open.size === 0) {
        open.push(byMost[opened++]!);
        open.skip(done);
      }
      i = open.pop();
    }
    const [low, high] = cvRange(others[free[i]!]!);
    value = Math.min(high, Math.max(low, value));
    done[i] = 1;
    cvs[free[i]!] = value;
  }
  return cvs;
}

/** Indices, the one with the greatest key first; of equals the lowest index. */
class Heap {
  private readonly keys: readonly number[];
  private readonly heap: number[] = [];

  constructor(keys: readonly number[]) {
    this.keys = keys;
  }

  get size(): number {
    return this.heap.length;
  }

  push(i: number): void {
    const { heap } = this;
    let at = heap.length;
    heap.push(i);
    while (at > 0 && this.before(i, heap[(at - 1) >> 1]!)) {
      heap[at] = heap[(at - 1) >> 1]!;
      at = (at - 1) >> 1;
    }
    heap[at] = i;
  }

  pop(): number {
    const { heap } = this;
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.before(heap[child + 1]!, heap[child]!)) child++;
      if (!this.before(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  }

  /** Drops those at the top that are done. */
  skip(done: Uint8Array): void {
    while (this.heap.length > 0 && done[this.heap[0]!]) this.pop();
  }

  private before(a: number, b: number): boolean {
    return this.keys[a]! > this.keys[b]! || (this.keys[a] === this.keys[b] && a < b);
  }
}
