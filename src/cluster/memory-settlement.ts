import {
  GROWTH,
  JOINING,
  LEAVING,
  MEMORY,
  type MemoryRecords,
  ON_CORE,
  ORDER,
  PLACE,
  PREEMPTIONS,
  SEQUENCE,
  SINCE,
  SWAP_INS,
  SWAP_OUTS,
} from "./memory-records.js";
import { INVOCATION, MIB, type Observer, TIME } from "./observer.js";
import { RunLine } from "./run-line.js";
import type { RunningSets } from "./running-sets.js";
import type { SwappedSets } from "./swapped-sets.js";
import type { WaitingQueues } from "./waiting-queues.js";

/** Memory comparisons tolerate this many MiB. */
export const TOLERANCE = 1e-6;

/** Memory of a machine, MiB; Infinity: unlimited. */
export interface MemoryLimits {
  /** > 0. */
  readonly ram: number;
  /** >= 0. */
  readonly swap: number;
  /** Share of RAM up to which what is in swap may come back, between 0 and 1, both excluded. */
  readonly swapInWatermark: number;
}

/** Where the invocations of the machines are. */
export interface Places {
  readonly live: MemoryRecords;
  readonly running: RunningSets;
  readonly waiting: WaitingQueues;
  readonly swapped: SwappedSets;
  /** Placed and unfinished, by machine. */
  readonly load: Int32Array;
}

/**
 * What a machine does after an event where memory matters: relieves memory, then chooses what runs. At every step what
 * runs is the first residents in run order, as many as there are cores; who lost a core and who got one is told, and
 * booked, when all is done.
 */
export class Settlement {
  protected readonly live: MemoryRecords;
  protected readonly running: RunningSets;
  protected readonly waiting: WaitingQueues;
  protected readonly swapped: SwappedSets;
  protected readonly load: Int32Array;
  protected readonly observer: Observer;
  protected readonly cores: number;
  protected readonly ram: number;
  protected readonly swap: number;
  /** Watermark in MiB. */
  protected readonly mark: number;
  /** What is to run: at every step the first residents in run order. Only where it differs from what runs, or may. */
  protected readonly line: RunLine;
  protected lined = false;
  /** What was put into the line and what was taken out, as often as it was. */
  protected readonly joined: Int32Array;
  protected joinedCount = 0;
  protected readonly left: Int32Array;
  protected leftCount = 0;
  /** MiB resident on the machine, in a cell. */
  protected readonly resident = new Float64Array(1);

  constructor(places: Places, limits: MemoryLimits, observer: Observer) {
    this.live = places.live;
    this.running = places.running;
    this.waiting = places.waiting;
    this.swapped = places.swapped;
    this.load = places.load;
    this.observer = observer;
    this.cores = places.running.cores;
    this.ram = limits.ram;
    this.swap = limits.swap;
    this.mark = limits.swapInWatermark * limits.ram;
    // Each that comes back from swap takes another place in the line: there are as many as cores.
    this.joined = new Int32Array(this.cores + 1);
    this.left = new Int32Array(2 * this.cores + 1);
    this.line = new RunLine(this.cores, places.live);
  }

  /** Settles machine m; `arrival` is placed there just now (-1: none), `struck` where this event is pressure. */
  settle(m: number, arrival: number, struck: boolean): void {
    const { live, running, waiting } = this;
    const growing = this.begin(m);
    if (arrival >= 0) {
      this.resident[0]! += live.data[arrival + MEMORY]!;
      this.admit(m, arrival);
    } else if (waiting.count[m]! > 0 && running.count[m]! < this.cores) {
      const first = waiting.first(m);
      waiting.remove(m, first);
      this.run(m, first);
    }
    const resident = this.resident[0]!;
    if (struck || resident > this.ram + TOLERANCE || (growing && resident >= this.ram - TOLERANCE)) this.relieve(m);
    if (this.swapped.count[m]! > 0 && this.mayReturn(m)) this.bringBack(m);
    if (this.lined) this.conclude(m);
  }

  /** Counts how much is resident. Returns whether that grows. */
  protected begin(m: number): boolean {
    const { live, running, waiting } = this;
    const { data } = live;
    const now = live.now[0]!;
    const first = m * this.cores;
    let resident = waiting.memory.total[m]! + waiting.memory.error[m]!;
    let growing = 0;
    for (let p = first; p < first + running.count[m]!; p++) {
      const id = running.ids[p]!;
      const growth = data[id + GROWTH]!;
      resident += data[id + MEMORY]! + growth * (now - data[id + SINCE]!);
      growing += growth;
    }
    this.resident[0] = resident;
    this.lined = false;
    this.joinedCount = 0;
    this.leftCount = 0;
    return growing > 0;
  }

  /** The line, which begins as what runs. */
  protected lineOf(m: number): RunLine {
    if (!this.lined) this.line.fill(this.running, m);
    this.lined = true;
    return this.line;
  }

  /** How many are resident. */
  protected residents(m: number): number {
    return (this.lined ? this.line.count : this.running.count[m]!) + this.waiting.count[m]!;
  }

  /** Moves what is last in run order to swap, or kills it, once and until the rest fits. */
  protected relieve(m: number): void {
    const { live, resident, swapped } = this;
    do {
      const alone = this.residents(m) === 1;
      const id = this.takeLast(m);
      const mib = live.data[id + MEMORY]!;
      const used = swapped.memory.total[m]! + swapped.memory.error[m]!;
      if (alone || mib > this.ram + TOLERANCE || used + mib > this.swap + TOLERANCE) this.kill(m, id);
      else this.swapOut(m, id);
    } while (resident[0]! > this.ram + TOLERANCE && this.residents(m) > 0);
  }

  /** Whether anything may come back from swap: not where all of it comes after what runs and is too large, or all run. */
  protected mayReturn(m: number): boolean {
    const { line, running, swapped } = this;
    const n = this.lined ? line.count : running.count[m]!;
    if (n === 0) return true;
    const last = this.lined ? line.orders[n - 1]! : running.lastOrder(m);
    if (swapped.firstOrder[m]! < last) return true;
    return n < this.cores && swapped.least(m) <= this.mark - this.resident[0]! + 2 * TOLERANCE;
  }

  /** Walks the run order: what is in swap comes back where it fits, residents later in run order making room for it. */
  protected bringBack(m: number): void {
    const { live, mark, resident, swapped } = this;
    const { wanted } = swapped;
    const line = this.lineOf(m);
    let before = 0;
    let heldBefore = 0;
    wanted[0] = Number.NEGATIVE_INFINITY;
    for (;;) {
      wanted[1] = (before === 0 ? this.ram : mark - heldBefore) + TOLERANCE;
      const id = swapped.find(m);
      if (id < 0) return;
      const order = live.data[id + ORDER]!;
      while (before < line.count && line.orders[before]! < order) heldBefore += line.held(before++);
      if (before === this.cores) return;
      wanted[0] = order;
      const mib = live.data[id + MEMORY]!;
      const alone = before === 0 && mib > mark + TOLERANCE;
      if (!alone && heldBefore + mib > mark + TOLERANCE) continue;
      if (!this.swapHolds(m, before, alone, id)) continue;
      while (this.residents(m) > before && (alone || resident[0]! + mib > mark + TOLERANCE)) {
        this.swapOut(m, this.takeLast(m));
      }
      swapped.remove(m, id);
      live.waitedInSwap(id);
      live.data[id + SWAP_INS]!++;
      resident[0]! += mib;
      this.tell(id);
      this.observer.onSwappedIn(m);
      this.admit(m, id);
      heldBefore += mib;
      before++;
    }
  }

  /**
   * Whether swap has room for what must make room for `id`: residents behind the first `before`, last first and no more
   * than needed, or all of them.
   */
  protected swapHolds(m: number, before: number, all: boolean, id: number): boolean {
    if (this.swap === Number.POSITIVE_INFINITY) return true;
    const { line, live, swapped, waiting } = this;
    const mib = live.data[id + MEMORY]!;
    const room = this.swap + TOLERANCE - (swapped.memory.total[m]! + swapped.memory.error[m]!) + mib;
    const resident = this.resident[0]!;
    const enough = all ? resident : resident + mib - this.mark - TOLERANCE;
    if (enough <= 0) return true;
    if (all || enough > room) return enough <= room;
    let moved = 0;
    let last = waiting.count[m]! > 0 ? waiting.last(m) : -1;
    while (last >= 0 && moved < enough) {
      moved += live.data[last + MEMORY]!;
      last = waiting.before(m, last);
    }
    for (let p = line.count - 1; p >= before && moved < enough; p--) moved += line.held(p);
    return moved <= room;
  }

  /** Takes what is last in run order out of the residents; there is one. */
  protected takeLast(m: number): number {
    const { live, resident, waiting } = this;
    let id: number;
    if (waiting.count[m]! > 0) {
      id = waiting.last(m);
      waiting.remove(m, id);
      live.waited(id);
    } else id = this.popLine(m);
    resident[0] = this.residents(m) === 0 ? 0 : resident[0]! - live.data[id + MEMORY]!;
    return id;
  }

  /** A resident takes its place: on a core, from which it may displace the last, or in a queue. */
  protected admit(m: number, id: number): void {
    const { live, running, waiting } = this;
    const n = this.lined ? this.line.count : running.count[m]!;
    if (n === this.cores) {
      const last = this.lined ? this.line.orders[n - 1]! : running.lastOrder(m);
      if (last < live.data[id + ORDER]!) {
        waiting.pushBack(m, id);
        return;
      }
      waiting.pushFront(m, this.popLine(m));
    }
    this.run(m, id);
  }

  protected run(m: number, id: number): void {
    this.live.waited(id);
    this.lineOf(m).insert(id);
    this.joined[this.joinedCount++] = id;
  }

  /** Takes the last out of the line, which is not empty. */
  protected popLine(m: number): number {
    const id = this.lineOf(m).pop();
    this.live.suspend(id);
    this.left[this.leftCount++] = id;
    return id;
  }

  protected swapOut(m: number, id: number): void {
    this.live.data[id + SWAP_OUTS]!++;
    this.swapped.insert(m, id);
    this.tell(id);
    this.observer.onSwappedOut(m);
  }

  protected kill(m: number, id: number): void {
    const { live, observer, running } = this;
    const ran = live.links[(id >> 2) + PLACE] === LEAVING;
    live.links[(id >> 2) + PLACE] = ON_CORE;
    if (ran) running.remove(m, id);
    live.tellUnfinished(id, observer.facts);
    observer.onKilled(m, live.data[id + PREEMPTIONS]!, ran);
    live.remove(id);
    this.load[m]!--;
  }

  /** Books and tells who has lost a core and who has got one. */
  protected conclude(m: number): void {
    const { joined, left, live, observer, running } = this;
    const { data, links } = live;
    for (let i = 0; i < this.leftCount; i++) {
      const id = left[i]!;
      if ((links[(id >> 2) + PLACE]! & LEAVING) === 0) continue;
      links[(id >> 2) + PLACE]! -= LEAVING;
      running.remove(m, id);
      data[id + PREEMPTIONS]!++;
      this.tell(id);
      observer.onPreempted(m);
    }
    for (let i = 0; i < this.joinedCount; i++) {
      const id = joined[i]!;
      if (links[(id >> 2) + PLACE] !== JOINING) continue;
      links[(id >> 2) + PLACE] = ON_CORE;
      running.insert(m, id);
      live.started(id);
      this.tell(id);
      observer.onStarted(m);
    }
  }

  protected tell(id: number): void {
    const { data, now } = this.live;
    const { facts } = this.observer;
    facts[INVOCATION] = data[id + SEQUENCE]!;
    facts[TIME] = now[0]!;
    facts[MIB] = data[id + MEMORY]!;
  }
}
