import { longer, longerInts } from "./live.js";
import * as Fact from "./observer.js";

/** Run order as one number, class descending, then sequence ascending; exact up to 2^45 invocations. */
export const CLASS_STEP = 35184372088832;

/** Float64 fields of a record, two cache lines; a start and an end look at the first. */
const FIELDS = 16;
/** Its sequence number. */
export const SEQUENCE = 0;
/** Its place in run order: lower runs first. */
export const ORDER = 1;
/** CPU seconds it needs in all. */
export const RUNTIME = 2;
/** When it ends if it has a core from SINCE on. */
export const END = 3;
/** CPU seconds that it needed at SINCE. */
export const REMAINING = 4;
/** When it last got a core, lost it, or was moved. */
export const SINCE = 5;
/** MiB that it held at SINCE. */
export const MEMORY = 6;
/** MiB that it grows by in a CPU second. */
export const GROWTH = 7;
/** First time on a core; NaN: never yet. */
export const START = 8;
/** Times it was taken off a core. */
export const PREEMPTIONS = 9;
/** Integral of its progress over the time it has waited. */
export const HELD = 10;
/** Integral of its memory over the time it was in swap, MiB s. */
export const SWAPPED = 11;
/** Times it was moved to swap and back. */
export const SWAP_OUTS = 12;
export const SWAP_INS = 13;
/** In swap: the least MEMORY in its subtree. */
export const LEAST = 14;

/** Int32 fields: links of the structure it is in, and where that is. */
export const NEXT = 0;
export const PREVIOUS = 1;
export const LEFT = 0;
export const RIGHT = 1;
export const UP = 2;
export const PLACE = 3;

/** Values of PLACE: it has a core, or is nowhere; it gets one when what happens now is settled; it is elsewhere. */
export const ON_CORE = 0;
export const JOINING = 1;
export const WAITING = 2;
export const IN_SWAP = 3;
/** Added to them: it has had a core until now, and loses it when what happens now is settled. */
export const LEAVING = 4;

/** A growth that any time, however short, can be multiplied by. */
const STEEPEST = 1e300;

/**
 * What machines with finite memory know of each placed-and-unfinished invocation; see LiveInvocations. A record is
 * sixteen doubles at `data[id + FIELD]` and four integers at `links[(id >> 2) + FIELD]`.
 *
 * Progress and memory are brought forward from SINCE only when a stint on a core ends, by the time it lasted. A stint
 * or a wait of length zero changes nothing, at any time of the run: what never ran holds its initial memory to the last
 * bit, and what loses its core and gets it back at one instant ends when it would have.
 */
export class MemoryRecords {
  data = new Float64Array(0);
  links = new Int32Array(0);
  /** The time, in a cell; see LiveInvocations. */
  readonly now = new Float64Array(1);
  private free = new Int32Array(0);
  private freeCount = 0;

  /** The id of a record for arrival `i`, which has no core yet. */
  add(arrivals: Fact.Arrivals, i: number): number {
    if (this.freeCount === 0) this.grow();
    const id = this.free[--this.freeCount]!;
    const { data } = this;
    const time = arrivals.arrival_s[i]!;
    const runtime = arrivals.runtime_s[i]!;
    const sequence = arrivals.first + i;
    const peak = arrivals.memory_peak_mib[i]!;
    const initial = runtime > 0 ? arrivals.memory_initial_mib[i]! : peak;
    this.now[0] = time;
    data[id + SEQUENCE] = sequence;
    data[id + ORDER] = (255 - arrivals.price_class[i]!) * CLASS_STEP + sequence;
    data[id + RUNTIME] = runtime;
    data[id + START] = Number.NaN;
    data[id + REMAINING] = runtime;
    data[id + SINCE] = time;
    data[id + MEMORY] = initial;
    data[id + GROWTH] = runtime > 0 ? Math.min((peak - initial) / runtime, STEEPEST) : 0;
    data[id + END] = time + runtime;
    data[id + PREEMPTIONS] = 0;
    data[id + HELD] = 0;
    data[id + SWAPPED] = 0;
    data[id + SWAP_OUTS] = 0;
    data[id + SWAP_INS] = 0;
    return id;
  }

  /** It has ended, and its PLACE is ON_CORE. */
  remove(id: number): void {
    this.free[this.freeCount++] = id;
  }

  /** It has a core now that all is settled. */
  started(id: number): void {
    const { data } = this;
    const start = data[id + START]!;
    // biome-ignore lint/suspicious/noSelfCompare: NaN, in a hot path
    if (start !== start) data[id + START] = this.now[0]!;
  }

  /** It loses its core, or is moved: its progress and memory are brought up to now. */
  suspend(id: number): void {
    const { data } = this;
    const now = this.now[0]!;
    const elapsed = now - data[id + SINCE]!;
    data[id + REMAINING]! -= elapsed;
    data[id + MEMORY]! += data[id + GROWTH]! * elapsed;
    data[id + SINCE] = now;
  }

  /** It leaves a queue or swap: what it has waited is booked. */
  waited(id: number): void {
    const { data } = this;
    const now = this.now[0]!;
    const elapsed = now - data[id + SINCE]!;
    if (elapsed === 0) return;
    const remaining = data[id + REMAINING]!;
    data[id + HELD]! += (data[id + RUNTIME]! - remaining) * elapsed;
    data[id + SINCE] = now;
    data[id + END] = now + remaining;
  }

  /** The same, of one that was in swap. */
  waitedInSwap(id: number): void {
    const { data } = this;
    data[id + SWAPPED]! += data[id + MEMORY]! * (this.now[0]! - data[id + SINCE]!);
    this.waited(id);
  }

  /** Puts what an observer is told of at the end into its facts, for one that finishes now. */
  tellFinished(id: number, facts: Float64Array): void {
    this.tellEnd(id, facts, this.data[id + RUNTIME]!);
  }

  /** The same for one that is killed, or has not ended when the run does: its progress and waits are up to now. */
  tellUnfinished(id: number, facts: Float64Array): void {
    const { data } = this;
    const cpu = Math.max(0, data[id + RUNTIME]! - data[id + REMAINING]!);
    facts[Fact.CPU] = cpu;
    facts[Fact.MIB] = data[id + MEMORY]!;
    this.tellEnd(id, facts, cpu);
  }

  private tellEnd(id: number, facts: Float64Array, cpu: number): void {
    const { data } = this;
    facts[Fact.INVOCATION] = data[id + SEQUENCE]!;
    facts[Fact.TIME] = this.now[0]!;
    facts[Fact.START] = data[id + START]!;
    facts[Fact.PROGRESS] = data[id + HELD]! + (cpu * cpu) / 2;
    facts[Fact.SWAPPED] = data[id + SWAPPED]!;
    facts[Fact.SWAP_OUTS] = data[id + SWAP_OUTS]!;
    facts[Fact.SWAP_INS] = data[id + SWAP_INS]!;
  }

  private grow(): void {
    const had = this.links.length >> 2;
    const size = Math.max(1024, 2 * had);
    this.free = new Int32Array(size);
    for (let i = size - 1; i >= had; i--) this.free[this.freeCount++] = i * FIELDS;
    this.data = longer(this.data, size * FIELDS);
    this.links = longerInts(this.links, size * 4);
  }
}
