import * as Fact from "./observer.js";

/** Float64 fields of a record of LiveInvocations. */
const FIELDS = 8;
/** Its sequence number. */
export const SEQUENCE = 0;
/** Its place in run order: lower runs first; of equal ones the lower sequence. */
export const ORDER = 1;
/** CPU seconds it needs in all. */
export const RUNTIME = 2;
/** First time on a core; NaN: never yet. */
export const START = 3;
/** Times it was taken off a core. */
export const PREEMPTIONS = 4;
/** While it waits: CPU seconds it still needs. */
export const REMAINING = 5;
/** While it runs: when it will end. */
export const END = 5;
/** While it waits: since when. */
export const SINCE = 6;
/** Integral of its progress over the time it has waited. */
export const HELD = 7;

/**
 * What a preemptive discipline knows of each placed-and-unfinished invocation. Records are used again when their
 * invocation has ended: memory goes with what is in the cluster, not with the trace.
 *
 * A record is eight doubles, a cache line, at `data[id + FIELD]`: against an array per field this saves a fifth of a
 * replay, as most events touch several fields of one invocation.
 */
export class LiveInvocations {
  data = new Float64Array(0);
  /** The time, in a cell, as the methods here have it: a double as an argument would be boxed where a call is not inlined. */
  readonly now = new Float64Array(1);
  /** By id / 8, free for the discipline: a link of a queue, a core's number. */
  link = new Int32Array(0);
  private free = new Int32Array(0);
  private freeCount = 0;

  /** The id of a record for an invocation that has no core yet. The caller sets SEQUENCE, ORDER and RUNTIME. */
  add(): number {
    if (this.freeCount === 0) this.grow();
    const id = this.free[--this.freeCount]!;
    this.data[id + PREEMPTIONS] = 0;
    this.data[id + HELD] = 0;
    return id;
  }

  remove(id: number): void {
    this.free[this.freeCount++] = id;
  }

  /** It gets a core as it arrives. */
  start(id: number): void {
    const { data } = this;
    const now = this.now[0]!;
    data[id + START] = now;
    data[id + END] = now + data[id + RUNTIME]!;
  }

  /** It waits for its first core. */
  wait(id: number): void {
    const { data } = this;
    data[id + START] = Number.NaN;
    data[id + REMAINING] = data[id + RUNTIME]!;
    data[id + SINCE] = this.now[0]!;
  }

  /** It gets a core after waiting. */
  resume(id: number): void {
    const { data } = this;
    const now = this.now[0]!;
    const remaining = data[id + REMAINING]!;
    const start = data[id + START]!;
    // biome-ignore lint/suspicious/noSelfCompare: NaN, in a hot path
    if (start !== start) data[id + START] = now;
    else data[id + HELD]! += (data[id + RUNTIME]! - remaining) * (now - data[id + SINCE]!);
    data[id + END] = now + remaining;
  }

  /** It is taken off its core. */
  suspend(id: number): void {
    const { data } = this;
    const now = this.now[0]!;
    data[id + REMAINING] = data[id + END]! - now;
    data[id + SINCE] = now;
    data[id + PREEMPTIONS]!++;
  }

  /** Puts what an observer is told of at the end into its facts, for one that finishes now. */
  tellFinished(id: number, facts: Float64Array): void {
    const { data } = this;
    facts[Fact.INVOCATION] = data[id + SEQUENCE]!;
    facts[Fact.SLOT] = slotOf(id);
    facts[Fact.TIME] = this.now[0]!;
    facts[Fact.START] = data[id + START]!;
    facts[Fact.PROGRESS] = this.progress(id, data[id + RUNTIME]!);
  }

  /** The same for one that waits when the run ends now. */
  tellUnfinished(id: number, facts: Float64Array): void {
    const { data } = this;
    const now = this.now[0]!;
    const cpu = Math.max(0, data[id + RUNTIME]! - data[id + REMAINING]!);
    facts[Fact.INVOCATION] = data[id + SEQUENCE]!;
    facts[Fact.SLOT] = slotOf(id);
    facts[Fact.TIME] = now;
    facts[Fact.START] = data[id + START]!;
    facts[Fact.PROGRESS] = this.progress(id, cpu) + cpu * (now - data[id + SINCE]!);
    facts[Fact.CPU] = cpu;
  }

  /** The integral of progress over its life, for one that has received `cpu` seconds and waits no more. */
  private progress(id: number, cpu: number): number {
    return this.data[id + HELD]! + (cpu * cpu) / 2;
  }

  private grow(): void {
    const had = this.link.length;
    const size = Math.max(1024, 2 * had);
    this.free = new Int32Array(size);
    for (let i = size - 1; i >= had; i--) this.free[this.freeCount++] = i * FIELDS;
    this.data = longer(this.data, size * FIELDS);
    this.link = longerInts(this.link, size);
  }
}

/** What observers are told as the slot of an id. */
export function slotOf(id: number): number {
  return (id >> 3) + 1;
}

/** The array's values at the front of a longer one. */
export function longer(array: Float64Array, size: number): Float64Array<ArrayBuffer> {
  const copy = new Float64Array(size);
  copy.set(array);
  return copy;
}

/** The same for integers. */
export function longerInts(array: Int32Array, size: number): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(size);
  copy.set(array);
  return copy;
}
