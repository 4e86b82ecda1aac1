import { WinnerTree } from "../engine/winner-tree.js";
import { longer } from "./live.js";
import { type Arrivals, CPU, INVOCATION, type Observer, PROGRESS, SLOT, START, TIME } from "./observer.js";
import { RunHeap } from "./run-heap.js";
import { ARRIVED, FIELDS, INTEGRAL, RUNTIME, SEQUENCE, SharedProgress } from "./shared-progress.js";

/** Virtual seconds after which a crowded machine's clock starts at 0 again, so that it keeps its precision. */
const REBASE_AT = 64;

/**
 * The most that a machine keeps sorted, but for its cores' worth. Inserting there takes time in proportion; a heap of
 * what ends later than all of it takes O(log n), which is worth it from some hundreds on.
 */
const MOST_SORTED = 256;

/**
 * Machines with processor sharing: n invocations on c cores progress at rate min(1, c / n).
 *
 * While n <= c an invocation's key is the time at which it ends, so an invocation that is never crowded ends exactly at
 * arrival + runtime. While n > c all progress alike: a virtual clock advances at c / n, and a key is the reading at
 * which the invocation ends. Crossing c shifts all keys of the machine from one meaning to the other.
 *
 * Keys of machine m lie at m * stride …, descending, so the next to end is the last; equal keys have the later sequence
 * first. All machines share the stride, which doubles when one is full, up to MOST_SORTED. A machine that is fuller yet,
 * under overload, keeps the rest, which end after all of these, in a heap.
 */
export class SharingMachines extends SharedProgress {
  /** Placed and unfinished, by machine. */
  readonly load: Int32Array;
  /** Next completion, by machine. */
  readonly tree: WinnerTree;
  private readonly machines: number;
  protected readonly cores: number;
  protected readonly observer: Observer;
  protected readonly observes: boolean;
  protected readonly facts: Float64Array;
  protected arrivals!: Arrivals;

  protected stride: number;
  protected keys: Float64Array;
  protected ids: Int32Array;
  /** How many a machine keeps in its heap. */
  protected readonly rest: Int32Array;
  protected readonly heaps: RunHeap[] = [];

  /** When each machine's clock was read last; meant while crowded. */
  private readonly readAt: Float64Array;

  protected free: Int32Array;
  protected freeCount = 0;

  constructor(machines: number, cores: number, observer: Observer) {
    super(machines, observer.wantsProgress);
    this.machines = machines;
    this.cores = cores;
    this.observer = observer;
    this.observes = observer.observes;
    this.facts = observer.facts;
    this.load = new Int32Array(machines);
    this.tree = new WinnerTree(machines);
    this.stride = 16;
    while (this.stride < cores + 1) this.stride *= 2;
    this.keys = new Float64Array(machines * this.stride);
    this.ids = new Int32Array(machines * this.stride);
    this.rest = new Int32Array(machines);
    this.readAt = new Float64Array(machines);
    this.free = new Int32Array(0);
  }

  /** The arrivals that `place` names by index from now on. */
  open(arrivals: Arrivals): void {
    this.arrivals = arrivals;
  }

  /** Time of the earliest event; Infinity: none. */
  next(): number {
    return this.tree.next();
  }

  /**
   * Whether machine m has an idle core for arrival `i`, which takes no time: it has then come and ended, and no other felt it.
   * Else nothing has happened.
   */
  passes(i: number, m: number): boolean {
    if (this.load[m]! >= this.cores) return false;
    this.observer.tellPassing(this.arrivals, i, m);
    return true;
  }

  /** Arrival `i` joins machine m. Returns the id it has while it is here. */
  place(i: number, m: number): number {
    const { arrivals, cores } = this;
    const now = arrivals.arrival_s[i]!;
    const runtime = arrivals.runtime_s[i]!;
    const sequence = arrivals.first + i;
    if (this.freeCount === 0) this.addIds();
    const id = this.free[--this.freeCount]!;
    const { data } = this;
    const record = id * FIELDS;
    data[record + SEQUENCE] = sequence;
    data[record + ARRIVED] = now;
    data[record + RUNTIME] = runtime;

    const n = this.load[m]!;
    let key: number;
    if (n < cores) {
      key = now + runtime;
    } else {
      if (n === cores) this.crowd(m, now);
      else this.advance(m, now);
      key = this.clock[m]! + runtime;
    }
    if (this.tracks) this.beginTracking(id, m, now, n >= cores, arrivals.kept?.[i] !== 0);
    let sorted = n - this.rest[m]!;
    if (sorted === this.stride) {
      this.makeRoom(m);
      sorted = n - this.rest[m]!;
    }
    const { keys, ids } = this;
    const base = m * this.stride;
    let last = base + sorted;
    let p = last;
    if (sorted < n && keys[base]! <= key) {
      this.heaps[m]!.push(id, key, sequence);
      this.rest[m]!++;
      last--;
    } else {
      while (p > base && keys[p - 1]! <= key) {
        keys[p] = keys[p - 1]!;
        ids[p] = ids[p - 1]!;
        p--;
      }
      // Among equal keys the one that came first stands last. Sequences ascend, so the new one goes before its equals.
      keys[p] = key;
      ids[p] = id;
    }
    this.load[m] = n + 1;
    if (n >= cores) {
      this.tree.time[m] = now + ((keys[last]! - this.clock[m]!) * (n + 1)) / cores;
      this.tree.update(m);
    } else if (p === last) {
      this.tree.time[m] = key;
      this.tree.update(m);
    }
    if (this.observes) {
      this.facts[INVOCATION] = sequence;
      this.facts[SLOT] = id + 1;
      this.facts[TIME] = now;
      this.observer.onPlacedAndStarted(m);
    }
    return id;
  }

  /** Performs the earliest completion; returns its machine. */
  complete(): number {
    const { cores, keys, tree } = this;
    const m = tree.winner();
    const now = tree.time[m]!;
    const n = this.load[m]! - 1;
    let last = m * this.stride + n - this.rest[m]!;
    const id = this.ids[last]!;
    this.load[m] = n;
    if (n >= cores) {
      this.read(m, now, keys[last]!, n + 1);
      if (this.tracked[m]! > 0) this.endTracking(id, m, now, true);
      if (n === cores) this.uncrowd(m, now);
    } else if (this.tracked[m]! > 0) this.endTracking(id, m, now, false);
    let next = Number.POSITIVE_INFINITY;
    if (n > 0) {
      if (n === this.rest[m]!) last += this.refill(m);
      const soonest = keys[last - 1]!;
      next = n > cores ? now + ((soonest - this.clock[m]!) * n) / cores : soonest;
    }
    tree.time[m] = next;
    tree.update(m);
    this.free[this.freeCount++] = id;
    if (this.observes) {
      const { data, facts } = this;
      const record = id * FIELDS;
      facts[INVOCATION] = data[record + SEQUENCE]!;
      facts[SLOT] = id + 1;
      facts[TIME] = now;
      facts[START] = data[record + ARRIVED]!;
      facts[PROGRESS] = data[record + INTEGRAL]!;
      this.observer.onFinished(m, 0);
    }
    return m;
  }

  /** Tells the observer of everything that has not ended at `now`, in no particular order. */
  stop(now: number): void {
    for (let m = 0; m < this.machines; m++) {
      const n = this.load[m]!;
      const crowded = n > this.cores;
      if (crowded) this.advance(m, now);
      for (let p = m * this.stride; p < m * this.stride + n - this.rest[m]!; p++) {
        this.stopOne(m, this.ids[p]!, this.keys[p]!, now);
      }
      while (this.rest[m]! > 0) {
        const heap = this.heaps[m]!;
        this.stopOne(m, heap.topId(), heap.topOrder(), now);
        heap.pop();
        this.rest[m]!--;
      }
    }
  }

  protected stopOne(m: number, id: number, key: number, now: number): void {
    const { data, facts } = this;
    const record = id * FIELDS;
    const crowded = this.load[m]! > this.cores;
    const left = key - (crowded ? this.clock[m]! : now);
    if (this.tracked[m]! > 0) this.endTracking(id, m, now, crowded);
    facts[INVOCATION] = data[record + SEQUENCE]!;
    facts[SLOT] = id + 1;
    facts[TIME] = now;
    facts[START] = data[record + ARRIVED]!;
    facts[PROGRESS] = data[record + INTEGRAL]!;
    facts[CPU] = Math.max(0, data[record + RUNTIME]! - left);
    this.observer.onUnfinished(m, 0);
  }

  /** Reads the clock of a crowded machine. */
  protected advance(m: number, now: number): void {
    const n = this.load[m]!;
    this.read(m, now, this.clock[m]! + ((now - this.readAt[m]!) * this.cores) / n, n);
    if (this.clock[m]! > REBASE_AT) this.rebase(m, now);
  }

  private read(m: number, now: number, reading: number, n: number): void {
    if (this.tracks) {
      const elapsed = now - this.readAt[m]!;
      this.clockIntegral[m]! += this.clock[m]! * elapsed + (elapsed * elapsed * this.cores) / n / 2;
    }
    this.clock[m] = reading;
    this.readAt[m] = now;
  }

  /** n is about to pass c: keys become readings of a clock that starts at 0. */
  private crowd(m: number, now: number): void {
    this.clock[m] = 0;
    this.clockIntegral[m] = 0;
    this.readAt[m] = now;
    this.shift(m, now, -now, false);
  }

  /** n has come down to c: keys become times. */
  protected uncrowd(m: number, now: number): void {
    this.shift(m, now, now - this.clock[m]!, true);
  }

  private rebase(m: number, now: number): void {
    const reading = this.clock[m]!;
    if (this.tracked[m]! > 0) {
      const from = m * this.stride;
      const to = from + this.load[m]! - this.rest[m]!;
      for (let p = from; p < to; p++) this.endStretch(this.ids[p]!, m, now, true);
      if (this.rest[m]! > 0) for (const id of this.heaps[m]!.list()) this.endStretch(id, m, now, true);
    }
    this.clock[m] = 0;
    this.clockIntegral[m] = 0;
    this.shift(m, now, -reading, true, false);
  }

  private shift(m: number, now: number, by: number, crowded: boolean, settle = true): void {
    const { keys } = this;
    const from = m * this.stride;
    const to = from + this.load[m]! - this.rest[m]!;
    for (let p = from; p < to; p++) keys[p]! += by;
    if (this.rest[m]! > 0) this.heaps[m]!.shift(by);
    if (this.tracked[m] === 0) return;
    for (let p = from; p < to; p++) this.nextStretch(this.ids[p]!, m, now, crowded, settle);
    if (this.rest[m]! > 0) for (const id of this.heaps[m]!.list()) this.nextStretch(id, m, now, crowded, settle);
  }

  /** For one more in the sorted part of a machine, which is full. */
  private makeRoom(m: number): void {
    if (this.stride < Math.max(MOST_SORTED, this.cores + 1)) this.widen();
    else this.spill(m);
  }

  /** Moves the half that ends last from the sorted part to the heap. */
  private spill(m: number): void {
    const { keys, ids, stride } = this;
    this.heaps[m] ??= new RunHeap();
    const heap = this.heaps[m]!;
    const from = m * stride;
    const half = stride >> 1;
    for (let p = from; p < from + half; p++) heap.push(ids[p]!, keys[p]!, this.data[ids[p]! * FIELDS + SEQUENCE]!);
    keys.copyWithin(from, from + half, from + stride);
    ids.copyWithin(from, from + half, from + stride);
    this.rest[m]! += half;
  }

  /** Moves what ends first from the heap to the sorted part, which is empty. Returns how many. */
  protected refill(m: number): number {
    const { keys, ids, stride } = this;
    const heap = this.heaps[m]!;
    const count = Math.min(heap.size, stride >> 1);
    for (let p = m * stride + count - 1; p >= m * stride; p--) {
      keys[p] = heap.topOrder();
      ids[p] = heap.topId();
      heap.pop();
    }
    this.rest[m]! -= count;
    return count;
  }

  private widen(): void {
    const { keys, ids, stride } = this;
    this.stride = 2 * stride;
    this.keys = new Float64Array(this.machines * this.stride);
    this.ids = new Int32Array(this.machines * this.stride);
    for (let m = 0; m < this.machines; m++) {
      this.keys.set(keys.subarray(m * stride, (m + 1) * stride), m * this.stride);
      this.ids.set(ids.subarray(m * stride, (m + 1) * stride), m * this.stride);
    }
  }

  private addIds(): void {
    const had = this.data.length / FIELDS;
    const size = Math.max(1024, 2 * had);
    this.free = new Int32Array(size);
    for (let id = size - 1; id >= had; id--) this.free[this.freeCount++] = id;
    this.data = longer(this.data, size * FIELDS);
  }
}
