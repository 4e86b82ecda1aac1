import { longer, longerInts } from "../../cluster/live.js";
import type { Arrivals } from "../../cluster/observer.js";

/** Float64 fields of a record. */
const FIELDS = 24;
export const SEQUENCE = 0;
/** Arrival in the workload, and as it was. */
export const RECORDED = 1;
export const ARRIVAL = 2;
export const RUNTIME = 3;
/** MiB when it is placed and when it ends. */
export const INITIAL = 4;
export const PEAK = 5;
/** Since when it waits to be placed, and for how long it has been on no machine before. */
export const READY = 6;
export const AWAY = 7;
/** First time on a core, in any attempt; NaN: never yet. */
export const START = 8;
/** In this attempt: CPU seconds up to SINCE, when it got its core; SINCE is NaN while it has none. */
export const DONE = 9;
export const SINCE = 10;
/** Of the attempts that ended in a kill: CPU seconds, and the sum of their squares. */
export const LOST = 11;
export const LOST_SQUARED = 12;
/** What an observer is told at the end, of those attempts: see its facts. */
export const PROGRESS = 13;
export const SWAPPED = 14;
export const SWAP_OUTS = 15;
export const SWAP_INS = 16;
export const PREEMPTIONS = 17;
/** When it joined its shard's queue. */
export const QUEUED = 18;

/** Int32 fields. */
const INTS = 8;
/** Effective class once it has arrived, before that the class it asks for. */
export const CLASS = 0;
/** Its owner's key; -1: unknown. */
export const OWNER = 1;
/** Sequence of its parent; -1: none. */
export const PARENT = 2;
/** Attempts that ended in a kill. */
export const ATTEMPT = 3;
/** Next in the list that it is in; -1: none. */
export const NEXT = 4;
/** Where it is: one of the values below. */
export const STATE = 5;
/** Its function's key; -1: unknown. */
export const FUNCTION = 6;

/** It has not arrived: it waits for its parent. */
export const ABSENT = 0;
/** It has arrived and is on no machine. */
export const WAITS = 1;
/** It is on a machine. */
export const PLACED = 2;

/**
 * What XX's shards and load balancer know of each invocation from its arrival to its end, where options make that more
 * than its machine does. A record is FIELDS doubles at `data[slot * …]`: use `at` and `ints`.
 */
export class InvocationTable {
  data = new Float64Array(0);
  ints = new Int32Array(0);
  private readonly slots = new Map<number, number>();
  private free = new Int32Array(0);
  private freeCount = 0;

  /** The slot of a new record for arrival `i`: of its doubles at `at(slot)`, of its integers at `intsAt(slot)`. */
  add(arrivals: Arrivals, i: number): number {
    if (this.freeCount === 0) this.grow();
    const slot = this.free[--this.freeCount]!;
    const { data, ints } = this;
    const at = slot * FIELDS;
    const sequence = arrivals.first + i;
    data.fill(0, at, at + FIELDS);
    data[at + SEQUENCE] = sequence;
    data[at + RECORDED] = arrivals.arrival_s[i]!;
    data[at + RUNTIME] = arrivals.runtime_s[i]!;
    data[at + INITIAL] = arrivals.memory_initial_mib[i]!;
    data[at + PEAK] = arrivals.memory_peak_mib[i]!;
    data[at + START] = Number.NaN;
    data[at + SINCE] = Number.NaN;
    const int = slot * INTS;
    ints[int + CLASS] = arrivals.price_class[i]!;
    ints[int + OWNER] = arrivals.owner === undefined ? -1 : arrivals.owner[i]!;
    ints[int + PARENT] = arrivals.parent === undefined ? -1 : arrivals.parent[i]!;
    ints[int + FUNCTION] = arrivals.function === undefined ? -1 : arrivals.function[i]!;
    ints[int + ATTEMPT] = 0;
    ints[int + NEXT] = -1;
    ints[int + STATE] = ABSENT;
    this.slots.set(sequence, slot);
    return slot;
  }

  /** It has ended. */
  remove(slot: number): void {
    this.slots.delete(this.data[slot * FIELDS + SEQUENCE]!);
    this.free[this.freeCount++] = slot;
  }

  /** Where a slot's doubles begin in `data`. */
  at(slot: number): number {
    return slot * FIELDS;
  }

  /** Where its integers begin in `ints`. */
  intsAt(slot: number): number {
    return slot * INTS;
  }

  /** The slot of an invocation that has not ended. */
  slotOf(sequence: number): number {
    return this.slots.get(sequence)!;
  }

  /** Every slot in use, in the order in which they were added. */
  list(): number[] {
    return [...this.slots.values()];
  }

  private grow(): void {
    const had = this.free.length;
    const size = Math.max(1024, 2 * had);
    this.free = new Int32Array(size);
    for (let slot = size - 1; slot >= had; slot--) this.free[this.freeCount++] = slot;
    this.data = longer(this.data, size * FIELDS);
    this.ints = longerInts(this.ints, size * INTS);
  }
}
