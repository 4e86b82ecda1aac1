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

/**
 * A Settlement where a core may take time to be switched, and a sandbox to start. What is starting is resident, or in
 * swap, and a victim like any other; it is nothing that could be chosen to run.
 */
export class TimedSettlement extends Settlement {
  /** Times that a core was switched, at a cost. */
  switches = 0;
  private readonly timed: TimedRecords;
  private readonly starting: StartingSets;
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
    const id = resident.count[m]! > 0 ? resident.last(m) : -1;
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

  /** As Settlement has it, where some of the residents that precede what is in swap, or may make room for it, start. */
  protected override bringBack(m: number): void {
    const { mark, resident, starting, swapped, timed } = this;
    if (starting.resident.count[m] === 0) {
      super.bringBack(m);
      return;
    }
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
      const early = this.startingBefore(m, order);
      const stay = before + early.count;
      const alone = stay === 0 && mib > mark + TOLERANCE;
      if (!alone && heldBefore + early.mib + mib > mark + TOLERANCE) continue;
      if (!this.swapHolds(m, before, alone, id)) continue;
      while (this.residents(m) > stay && (alone || resident[0]! + mib > mark + TOLERANCE)) {
        this.swapOut(m, this.takeLast(m));
      }
      swapped.remove(m, id);
      timed.waitedInSwap(id);
      timed.data[id + SWAP_INS]!++;
      resident[0]! += mib;
      this.tell(id);
      this.observer.onSwappedIn(m);
      this.admit(m, id);
      heldBefore += mib;
      before++;
    }
  }

  protected override swapHolds(m: number, before: number, all: boolean, id: number): boolean {
    const { line, starting, swapped, timed, waiting } = this;
    const { data } = timed;
    let late = starting.resident.count[m]! > 0 ? starting.resident.last(m) : -1;
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
  private lastReady(m: number): number {
    const { line, running, timed, waiting } = this;
    if (waiting.count[m]! > 0) return timed.data[waiting.last(m) + ORDER]!;
    if (!this.lined) return running.lastOrder(m);
    return line.count > 0 ? line.orders[line.count - 1]! : Number.NEGATIVE_INFINITY;
  }

  /** How many residents that precede an ORDER are starting, and the MiB that they hold. */
  private startingBefore(m: number, order: number): { count: number; mib: number } {
    const { resident } = this.starting;
    const { data } = this.timed;
    const early = { count: 0, mib: 0 };
    for (let id = resident.count[m]! > 0 ? resident.last(m) : -1; id >= 0; id = resident.before(m, id)) {
      if (data[id + ORDER]! > order) continue;
      early.count++;
      early.mib += data[id + MEMORY]!;
    }
    return early;
  }
}
