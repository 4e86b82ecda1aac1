import {
  IN_SWAP,
  JOINING,
  LEAVING,
  MEMORY,
  ON_CORE,
  ORDER,
  PLACE,
  PREEMPTIONS,
  SWAP_INS,
  SWAP_OUTS,
} from "./memory-records.js";
import { type MemoryLimits, type Places, Settlement, TOLERANCE } from "./memory-settlement.js";
import type { Observer } from "./observer.js";
import type { StartingSets } from "./starting-sets.js";
import type { TimedRecords } from "./timed-records.js";
import type { WaitingQueues } from "./waiting-queues.js";

/**
 * A Settlement where a core may take time to be switched, and a sandbox to start. What is starting is resident, or in
 * swap, and a victim like any other; it is nothing that could be chosen to run.
 */
export class TimedSettlement extends Settlement {
  /** Times that a core was switched, at a cost. */
  switches = 0;
  protected readonly timed: TimedRecords;
  protected readonly starting: StartingSets;
  private readonly contextSwitch: number;
  private readonly joiners: Int32Array;

  /** `contextSwitch` >= 0, seconds. */
  constructor(
    places: Places & { readonly live: TimedRecords; readonly starting: StartingSets },
    limits: MemoryLimits,
    contextSwitch: number,
    observer: Observer,
  ) {
    super(places, limits, observer);
    this.timed = places.live;
    this.starting = places.starting;
    this.contextSwitch = contextSwitch;
    this.joiners = new Int32Array(places.running.cores + 1);
  }

  protected override begin(m: number): boolean {
    const growing = super.begin(m);
    const { error, total } = this.starting.resident.memory;
    this.resident[0]! += total[m]! + error[m]!;
    return growing;
  }

  protected override residents(m: number): number {
    return super.residents(m) + this.starting.resident.count[m]!;
  }

  protected override admit(m: number, id: number): void {
    if (this.timed.starting(id)) this.starting.resident.pushBack(m, id);
    else super.admit(m, id);
  }

  protected override takeLast(m: number): number {
    const { resident } = this.starting;
    const id = lastOf(resident, m);
    if (id < 0 || this.timed.data[id + ORDER]! < this.lastReady(m)) return super.takeLast(m);
    resident.remove(m, id);
    this.timed.waited(id);
    this.resident[0] = this.residents(m) === 0 ? 0 : this.resident[0]! - this.timed.data[id + MEMORY]!;
    return id;
  }

  protected override swapOut(m: number, id: number): void {
    const { timed } = this;
    if (!timed.starting(id)) {
      super.swapOut(m, id);
      return;
    }
    timed.data[id + SWAP_OUTS]!++;
    timed.links[(id >> 2) + PLACE]! |= IN_SWAP;
    this.swapped.memory.add(m, id);
    this.tell(id);
    this.observer.onSwappedOut(m);
  }

  protected override kill(m: number, id: number): void {
    const { timed } = this;
    if (timed.starting(id)) this.starting.remove(m, id);
    if (timed.switching(id)) {
      timed.switched(id);
      timed.links[(id >> 2) + PLACE] = ON_CORE;
      this.running.remove(m, id);
    }
    super.kill(m, id);
  }

  protected override mayReturn(m: number): boolean {
    const n = this.lined ? this.line.count : this.running.count[m]!;
    return (n < this.cores && this.starting.resident.count[m]! > 0) || super.mayReturn(m);
  }

  protected override bringBack(m: number): void {
    if (this.apart(m) === 0) super.bringBack(m);
    else this.bringBackAmong(m);
  }

  /** As Settlement has it, where some of the residents that precede what is in swap, or may make room for it, are apart. */
  protected bringBackAmong(m: number): void {
    const { mark, resident, swapped, timed } = this;
    const { wanted } = swapped;
    const line = this.lineOf(m);
    let before = 0;
    let heldBefore = 0;
    wanted[0] = Number.NEGATIVE_INFINITY;
    for (;;) {
      wanted[1] = (before === 0 ? this.ram : mark - heldBefore) + TOLERANCE;
      const id = swapped.find(m);
      if (id < 0) return;
      const order = timed.data[id + ORDER]!;
      while (before < line.count && line.orders[before]! < order) heldBefore += line.held(before++);
      if (before === this.cores) return;
      wanted[0] = order;
      const mib = timed.data[id + MEMORY]!;
      const early = this.apartBefore(m, order);
      if (before + early.chosen >= this.cores) return;
      const stay = before + early.count;
      const alone = stay === 0 && mib > mark + TOLERANCE;
      if (!alone && heldBefore + early.mib + mib > mark + TOLERANCE) continue;
      if (!this.swapHolds(m, before, alone, id)) continue;
      while (this.residents(m) > stay && (alone || resident[0]! + mib > mark + TOLERANCE)) {
        this.swapOut(m, this.takeLast(m));
      }
      if (!this.swapIn(m, id)) continue;
      heldBefore += mib;
      before++;
    }
  }

  /** What is chosen is moved back from swap; returns whether it is in the line now. */
  protected swapIn(m: number, id: number): boolean {
    const { swapped, timed } = this;
    swapped.remove(m, id);
    timed.waitedInSwap(id);
    timed.data[id + SWAP_INS]!++;
    this.resident[0]! += timed.data[id + MEMORY]!;
    this.tell(id);
    this.observer.onSwappedIn(m);
    this.admit(m, id);
    return true;
  }

  protected override swapHolds(m: number, before: number, all: boolean, id: number): boolean {
    const { line, starting, swapped, timed, waiting } = this;
    const { data } = timed;
    let late = lastOf(starting.resident, m);
    if (late < 0 || this.swap === Number.POSITIVE_INFINITY) return super.swapHolds(m, before, all, id);
    const mib = data[id + MEMORY]!;
    const room = this.swap + TOLERANCE - (swapped.memory.total[m]! + swapped.memory.error[m]!) + mib;
    const enough = all ? this.resident[0]! : this.resident[0]! + mib - this.mark - TOLERANCE;
    if (enough <= 0) return true;
    if (all || enough > room) return enough <= room;
    let moved = 0;
    let last = waiting.count[m]! > 0 ? waiting.last(m) : -1;
    let p = line.count - 1;
    while (moved < enough) {
      const ready = last >= 0 ? last : p >= before ? line.ids[p]! : -1;
      if (late >= 0 && (ready < 0 || data[late + ORDER]! > data[ready + ORDER]!)) {
        moved += data[late + MEMORY]!;
        late = starting.resident.before(m, late);
      } else if (last >= 0) {
        moved += data[last + MEMORY]!;
        last = waiting.before(m, last);
      } else if (p >= before) moved += line.held(p--);
      else break;
    }
    return moved <= room;
  }

  protected override conclude(m: number): void {
    const { joined, joiners, left, observer, running, timed } = this;
    const { data, links } = timed;
    let preempted = 0;
    for (let i = 0; i < this.leftCount; i++) {
      const id = left[i]!;
      if ((links[(id >> 2) + PLACE]! & LEAVING) === 0) continue;
      links[(id >> 2) + PLACE]! -= LEAVING;
      running.remove(m, id);
      data[id + PREEMPTIONS]!++;
      preempted++;
      if (timed.switching(id)) {
        timed.switched(id);
        continue;
      }
      this.tell(id);
      observer.onPreempted(m);
    }
    let n = 0;
    for (let i = 0; i < this.joinedCount; i++) {
      const id = joined[i]!;
      if (links[(id >> 2) + PLACE] !== JOINING) continue;
      links[(id >> 2) + PLACE] = ON_CORE;
      joiners[n++] = id;
    }
    for (let i = 0; i < n; i++) {
      const id = joiners[i]!;
      if (this.contextSwitch > 0 && (data[id + PREEMPTIONS]! > 0 || this.displaces(id, n, n - preempted))) {
        timed.switchTo(id, this.contextSwitch);
        this.switches++;
        running.insert(m, id);
        continue;
      }
      running.insert(m, id);
      timed.started(id);
      this.tell(id);
      observer.onStarted(m);
    }
  }

  /** Whether one of the n that get a core gets that of a preempted one: `free` cores go to the first in run order. */
  private displaces(id: number, n: number, free: number): boolean {
    const { data } = this.timed;
    let earlier = 0;
    for (let i = 0; i < n; i++) if (data[this.joiners[i]! + ORDER]! < data[id + ORDER]!) earlier++;
    return earlier >= free;
  }

  /** ORDER of the last resident that is ready; -Infinity: there is none. */
  protected lastReady(m: number): number {
    const { line, running, timed, waiting } = this;
    if (waiting.count[m]! > 0) return timed.data[waiting.last(m) + ORDER]!;
    if (!this.lined) return running.lastOrder(m);
    return line.count > 0 ? line.orders[line.count - 1]! : Number.NEGATIVE_INFINITY;
  }

  /** How many residents neither run nor wait for a core. */
  protected apart(m: number): number {
    return this.starting.resident.count[m]!;
  }

  /** How many of those precede an ORDER, the MiB that they hold, and how many of them have been chosen to run. */
  protected apartBefore(m: number, order: number): Apart {
    const early = { count: 0, mib: 0, chosen: 0 };
    this.addBefore(this.starting.resident, m, order, early);
    return early;
  }

  /** Counts what is in some queues of machine m and precedes an ORDER. */
  protected addBefore(queues: WaitingQueues, m: number, order: number, to: Apart): void {
    const { data } = this.timed;
    for (let id = lastOf(queues, m); id >= 0; id = queues.before(m, id)) {
      if (data[id + ORDER]! > order) continue;
      to.count++;
      to.mib += data[id + MEMORY]!;
    }
  }
}

/** See TimedSettlement.apartBefore. */
export interface Apart {
  count: number;
  mib: number;
  chosen: number;
}

/** The last in run order of a machine's queues; -1: there is none. */
export function lastOf(queues: WaitingQueues, m: number): number {
  return queues.count[m]! > 0 ? queues.last(m) : -1;
}
