import { MEMORY, ORDER } from "./memory-records.js";
import { type MemoryLimits, type Places, TOLERANCE } from "./memory-settlement.js";
import type { Observer } from "./observer.js";
import type { StartingSets } from "./starting-sets.js";
import { AT_DOOR, READ, type SwapTransfers } from "./swap-transfers.js";
import type { TimedRecords } from "./timed-records.js";
import { type Apart, lastOf, TimedSettlement } from "./timed-settlement.js";

/**
 * A TimedSettlement where moving takes time. It decides as if transfers were done: what is to be read is resident, and
 * chosen to run, but not yet to be run; what is to be written is so no more. An arrival at the door is resident, too.
 *
 * Swap must have room for what is to be written from then on, and keeps what is to be read until it is read. So what
 * comes back gives no room to what makes way for it. A read that is to make way is given up, and needs no room; an arrival
 * at the door goes to swap as it is, without a write, as it never was in RAM.
 */
export class TransferSettlement extends TimedSettlement {
  readonly transfers: SwapTransfers;

  constructor(
    places: Places & {
      readonly live: TimedRecords;
      readonly starting: StartingSets;
      readonly transfers: SwapTransfers;
    },
    limits: MemoryLimits,
    contextSwitch: number,
    observer: Observer,
  ) {
    super(places, limits, contextSwitch, observer);
    this.transfers = places.transfers;
  }

  /** An arrival at the door has room, or is to have none: its memory is held from now on. */
  enter(m: number, id: number): void {
    this.transfers.release(id);
    this.tell(id);
    this.observer.onPlaced(m);
  }

  protected override begin(m: number): boolean {
    const growing = super.begin(m);
    const { door, reading } = this.transfers;
    this.resident[0]! += door.memory.total[m]! + door.memory.error[m]!;
    this.resident[0]! += reading.memory.total[m]! + reading.memory.error[m]!;
    return growing;
  }

  protected override residents(m: number): number {
    const { door, reading } = this.transfers;
    return super.residents(m) + door.count[m]! + reading.count[m]!;
  }

  protected override relieve(m: number): void {
    const { resident, swapped, timed } = this;
    do {
      const alone = this.residents(m) === 1;
      const id = this.takeLast(m);
      const mib = timed.data[id + MEMORY]!;
      const used = swapped.memory.total[m]! + swapped.memory.error[m]!;
      const inSwap = this.transfers.kind(id) === READ;
      if (inSwap || (!alone && mib <= this.ram + TOLERANCE && used + mib <= this.swap + TOLERANCE)) this.swapOut(m, id);
      else this.kill(m, id);
    } while (resident[0]! > this.ram + TOLERANCE && this.residents(m) > 0);
  }

  protected override takeLast(m: number): number {
    const { timed, transfers } = this;
    const { data } = timed;
    const held = lastOf(transfers.door, m);
    const read = lastOf(transfers.reading, m);
    const isRead = held < 0 || (read >= 0 && data[read + ORDER]! > data[held + ORDER]!);
    const id = isRead ? read : held;
    if (id < 0 || data[id + ORDER]! < this.lastPresent(m)) return super.takeLast(m);
    if (isRead) transfers.reading.remove(m, id);
    else {
      transfers.door.remove(m, id);
      timed.waited(id);
    }
    this.resident[0] = this.residents(m) === 0 ? 0 : this.resident[0]! - data[id + MEMORY]!;
    return id;
  }

  protected override swapOut(m: number, id: number): void {
    const { swapped, transfers } = this;
    const kind = transfers.kind(id);
    if (kind === READ) {
      transfers.giveUp(m, id);
      swapped.memory.subtract(m, id);
      swapped.insert(m, id);
    } else if (kind === AT_DOOR) {
      this.enter(m, id);
      super.swapOut(m, id);
    } else {
      transfers.write(m, id);
      swapped.memory.add(m, id);
    }
  }

  protected override kill(m: number, id: number): void {
    if (this.transfers.kind(id) === AT_DOOR) this.enter(m, id);
    super.kill(m, id);
  }

  protected override mayReturn(m: number): boolean {
    const { door, reading } = this.transfers;
    return door.count[m]! + reading.count[m]! > 0 || super.mayReturn(m);
  }

  protected override bringBack(m: number): void {
    this.bringBackAmong(m);
  }

  protected override apartBefore(m: number, order: number): Apart {
    const early = super.apartBefore(m, order);
    const starting = early.count;
    this.addBefore(this.transfers.reading, m, order, early);
    early.chosen = early.count - starting;
    const { door } = this.transfers;
    for (let id = lastOf(door, m); id >= 0; id = door.before(m, id)) {
      if (this.timed.data[id + ORDER]! < order && !this.timed.starting(id)) early.chosen++;
    }
    this.addBefore(door, m, order, early);
    return early;
  }

  protected override swapIn(m: number, id: number): boolean {
    const { swapped, transfers } = this;
    swapped.remove(m, id);
    swapped.memory.add(m, id);
    transfers.read(m, id);
    this.resident[0]! += this.timed.data[id + MEMORY]!;
    return false;
  }

  protected override swapHolds(m: number, before: number, all: boolean, id: number): boolean {
    if (this.swap === Number.POSITIVE_INFINITY) return true;
    const { line, starting, swapped, timed, transfers, waiting } = this;
    const { data } = timed;
    const enough = all ? this.resident[0]! : this.resident[0]! + data[id + MEMORY]! - this.mark - TOLERANCE;
    const room = this.swap + TOLERANCE - (swapped.memory.total[m]! + swapped.memory.error[m]!);
    const queues = [transfers.door, transfers.reading, starting.resident, waiting];
    const last = queues.map((queue) => lastOf(queue, m));
    let [freed, moved] = [0, 0];
    let p = line.count - 1;
    while (freed < enough) {
      let from = -1;
      let order = p >= before ? line.orders[p]! : Number.NEGATIVE_INFINITY;
      for (const [i, next] of last.entries()) {
        if (next < 0 || data[next + ORDER]! < order) continue;
        from = i;
        order = data[next + ORDER]!;
      }
      if (from < 0 && p < before) break;
      const mib = from < 0 ? line.held(p--) : data[last[from]! + MEMORY]!;
      freed += mib;
      if (from !== 1) moved += mib;
      if (from >= 0) last[from] = queues[from]!.before(m, last[from]!);
    }
    return moved <= room;
  }

  /** ORDER of the last resident on a core, in a queue or starting; -Infinity: there is none. */
  private lastPresent(m: number): number {
    const starting = lastOf(this.starting.resident, m);
    const ready = this.lastReady(m);
    return starting < 0 ? ready : Math.max(ready, this.timed.data[starting + ORDER]!);
  }
}
