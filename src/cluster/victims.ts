import { longerInts } from "./live.js";
import { FIELDS, MOST_BYTES, type ResidentRecords, SEQUENCE } from "./resident-records.js";

/** Whom a machine kills that is out of memory. */
export type KillPolicy = "kill-newest" | "kill-largest";

/** Knows who is on each machine, and who of them is to be killed. */
export interface Victims {
  add(m: number, slot: number): void;
  remove(m: number, slot: number): void;
  /**
   * The slot of whom to kill on machine m; -1: the one that is coming, which counts where `arriving`. There must be
   * somebody.
   */
  choose(m: number, arriving: boolean): number;
  /** Every slot on machine m, in no particular order. */
  list(m: number): Iterable<number>;
}

export function victimsOf(policy: KillPolicy, machines: number, records: ResidentRecords): Victims {
  return policy === "kill-newest" ? new NewestFirst(machines) : new LargestFirst(machines, records);
}

/** The last that arrived: a list by machine, in order of arrival. Everything takes O(1). */
class NewestFirst implements Victims {
  private readonly newest: Int32Array;
  private older = new Int32Array(1024);
  private newer = new Int32Array(1024);

  constructor(machines: number) {
    this.newest = new Int32Array(machines).fill(-1);
  }

  add(m: number, slot: number): void {
    if (slot >= this.older.length) {
      const size = Math.max(slot + 1, 2 * this.older.length);
      this.older = longerInts(this.older, size);
      this.newer = longerInts(this.newer, size);
    }
    const before = this.newest[m]!;
    this.older[slot] = before;
    this.newer[slot] = -1;
    if (before >= 0) this.newer[before] = slot;
    this.newest[m] = slot;
  }

  remove(m: number, slot: number): void {
    const before = this.older[slot]!;
    const after = this.newer[slot]!;
    if (before >= 0) this.newer[before] = after;
    if (after >= 0) this.older[after] = before;
    else this.newest[m] = before;
  }

  choose(m: number, arriving: boolean): number {
    return arriving ? -1 : this.newest[m]!;
  }

  *list(m: number): Iterable<number> {
    for (let slot = this.newest[m]!; slot >= 0; slot = this.older[slot]!) yield slot;
  }
}

/**
 * The one that holds most now, in whole bytes, of equal ones the newest. Who that is changes while they run, each at a
 * pace of its own, so a machine's are kept in a heap by what they will hold at most, and the search leaves out all below
 * one whose most does not beat the best found: it looks at those only that will hold more than the victim holds now.
 */
class LargestFirst implements Victims {
  private readonly records: ResidentRecords;
  private readonly heaps: Int32Array[];
  private readonly sizes: Int32Array;
  /** By slot, its place in its heap. */
  private places = new Int32Array(1024);
  private best = -1;
  private bestBytes = 0;
  private bestSequence = 0;

  constructor(machines: number, records: ResidentRecords) {
    this.records = records;
    this.heaps = Array.from({ length: machines }, () => new Int32Array(8));
    this.sizes = new Int32Array(machines);
  }

  add(m: number, slot: number): void {
    if (slot >= this.places.length) {
      this.places = longerInts(this.places, Math.max(slot + 1, 2 * this.places.length));
    }
    const size = this.sizes[m]!;
    if (size === this.heaps[m]!.length) this.heaps[m] = longerInts(this.heaps[m]!, 2 * size);
    this.sizes[m] = size + 1;
    this.rise(this.heaps[m]!, size, slot);
  }

  remove(m: number, slot: number): void {
    const heap = this.heaps[m]!;
    const size = this.sizes[m]! - 1;
    this.sizes[m] = size;
    const moved = heap[size]!;
    if (moved === slot) return;
    this.rise(heap, this.sink(heap, size, this.places[slot]!, moved), moved);
  }

  choose(m: number, arriving: boolean): number {
    this.best = -1;
    this.bestBytes = arriving ? this.records.comingBytes() : -1;
    this.bestSequence = Number.POSITIVE_INFINITY;
    this.search(m, 0);
    return this.best;
  }

  list(m: number): Iterable<number> {
    return this.heaps[m]!.subarray(0, this.sizes[m]!);
  }

  /** Looks for a better one at and below a place. */
  private search(m: number, place: number): void {
    if (place >= this.sizes[m]!) return;
    const { records } = this;
    const slot = this.heaps[m]![place]!;
    const most = records.data[slot * FIELDS + MOST_BYTES]!;
    const sequence = records.data[slot * FIELDS + SEQUENCE]!;
    if (!this.beats(most, sequence)) return;
    const bytes = records.bytes(m, slot);
    if (this.beats(bytes, sequence)) {
      this.best = slot;
      this.bestBytes = bytes;
      this.bestSequence = sequence;
    }
    this.search(m, 2 * place + 1);
    this.search(m, 2 * place + 2);
  }

  private beats(bytes: number, sequence: number): boolean {
    return bytes > this.bestBytes || (bytes === this.bestBytes && sequence > this.bestSequence);
  }

  /** Whether slot `a` belongs above slot `b`: by MOST_BYTES, then sequence, both descending. */
  private above(a: number, b: number): boolean {
    const { data } = this.records;
    const mine = data[a * FIELDS + MOST_BYTES]!;
    const theirs = data[b * FIELDS + MOST_BYTES]!;
    return mine > theirs || (mine === theirs && data[a * FIELDS + SEQUENCE]! > data[b * FIELDS + SEQUENCE]!);
  }

  /** Puts a slot where it belongs, at or above a place that is free. */
  private rise(heap: Int32Array, from: number, slot: number): void {
    const { places } = this;
    let place = from;
    while (place > 0) {
      const up = (place - 1) >> 1;
      const other = heap[up]!;
      if (!this.above(slot, other)) break;
      heap[place] = other;
      places[other] = place;
      place = up;
    }
    heap[place] = slot;
    places[slot] = place;
  }

  /** Moves a place that is free down to where a slot belongs that is not above all below it; returns the place. */
  private sink(heap: Int32Array, size: number, from: number, slot: number): number {
    const { places } = this;
    let place = from;
    for (let child = 2 * place + 1; child < size; child = 2 * place + 1) {
      if (child + 1 < size && this.above(heap[child + 1]!, heap[child]!)) child++;
      const other = heap[child]!;
      if (this.above(slot, other)) break;
      heap[place] = other;
      places[other] = place;
      place = child;
    }
    return place;
  }
}
