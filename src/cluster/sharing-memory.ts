import { CPU, INVOCATION, MIB, type Observer, PROGRESS, START, TIME } from "./observer.js";
import { ResidentMemory } from "./resident-memory.js";
import { ARRIVED, FIELDS, INTEGRAL, RUNTIME, SEQUENCE } from "./shared-progress.js";
import { SharingMachines } from "./sharing-machines.js";
import type { KillPolicy } from "./victims.js";

/**
 * Machines with processor sharing that kill what they have no memory for. All on a machine grow, each at its rate, as
 * long as they run; when residents reach the RAM a victim is killed, until the rest fits. An arrival for which there is
 * no room may be the victim, before it runs. A kill takes time in proportion to what is on its machine.
 */
export class SharingMemory extends SharingMachines {
  private readonly memory: ResidentMemory;

  /** `ram` of a machine in MiB, > 0. */
  constructor(machines: number, cores: number, ram: number, policy: KillPolicy, observer: Observer) {
    super(machines, cores, observer);
    this.memory = new ResidentMemory(machines, cores, ram, policy);
  }

  override next(): number {
    return Math.min(this.tree.next(), this.memory.pressure.next());
  }

  /** None: what takes no time may still have no room. */
  override passes(): boolean {
    return false;
  }

  /** Arrival `i` joins machine m. Returns the id it has while it is here; -1: it was killed at once. */
  override place(i: number, m: number): number {
    const { arrivals, memory } = this;
    memory.now[0] = arrivals.arrival_s[i]!;
    memory.records.meet(arrivals, i);
    memory.advance(m);
    let id = -1;
    if (!memory.pressed(m, true) || this.relieve(m, true)) {
      id = super.place(i, m);
      memory.add(m, id, true);
    } else if (this.observes) {
      this.facts[INVOCATION] = arrivals.first + i;
      memory.tellTurnedAway(m, this.observer);
    }
    this.look(m);
    return id;
  }

  /** Performs the earliest event, a completion or pressure; returns its machine. */
  override complete(): number {
    const { memory, tree } = this;
    const struck = memory.pressure.next() < tree.next();
    const m = struck ? memory.pressure.winner() : tree.winner();
    memory.now[0] = struck ? memory.pressure.time[m]! : tree.time[m]!;
    memory.advance(m);
    if (!struck) {
      memory.remove(m, this.ids[m * this.stride + this.load[m]! - this.rest[m]! - 1]!);
      super.complete();
    }
    if (struck || memory.pressed(m, false)) this.relieve(m, false);
    this.look(m);
    return m;
  }

  override stop(now: number): void {
    this.memory.now[0] = now;
    super.stop(now);
  }

  protected override stopOne(m: number, id: number, key: number, now: number): void {
    const cpu = this.cpu(m, id, key, this.load[m]! > this.cores);
    this.facts[MIB] = this.memory.records.mibAt(id, cpu, this.data[id * FIELDS + RUNTIME]!);
    super.stopOne(m, id, key, now);
  }

  private look(m: number): void {
    this.memory.end[0] = this.tree.time[m]!;
    this.memory.look(m);
  }

  /** Kills once, and until the rest fits. Returns whether the arrival, which counts where `arriving`, is left. */
  private relieve(m: number, arriving: boolean): boolean {
    const { memory } = this;
    do {
      const victim = memory.victims.choose(m, arriving);
      if (victim < 0) return false;
      this.kill(m, victim);
    } while (memory.exceeds(m, arriving));
    return true;
  }

  private kill(m: number, id: number): void {
    const { cores, facts, load, memory, tree } = this;
    const now = memory.now[0]!;
    const crowded = load[m]! > cores;
    if (crowded) this.advance(m, now);
    const key = this.takeOut(m, id);
    const cpu = this.cpu(m, id, key, crowded);
    if (this.tracked[m]! > 0) this.endTracking(id, m, now, crowded);
    memory.remove(m, id);
    const n = load[m]!;
    if (crowded && n === cores) this.uncrowd(m, now);
    if (n > 0 && n === this.rest[m]!) this.refill(m);
    let next = Number.POSITIVE_INFINITY;
    if (n > 0) {
      const soonest = this.keys[m * this.stride + n - this.rest[m]! - 1]!;
      next = Math.max(now, n > cores ? now + ((soonest - this.clock[m]!) * n) / cores : soonest);
    }
    tree.time[m] = next;
    tree.update(m);
    this.free[this.freeCount++] = id;
    if (!this.observes) return;
    const { data } = this;
    const record = id * FIELDS;
    facts[INVOCATION] = data[record + SEQUENCE]!;
    facts[TIME] = now;
    facts[START] = data[record + ARRIVED]!;
    facts[PROGRESS] = data[record + INTEGRAL]!;
    facts[CPU] = cpu;
    facts[MIB] = memory.records.mibAt(id, cpu, data[record + RUNTIME]!);
    this.observer.onKilled(m, 0, true);
  }

  /** CPU seconds received up to now by one that ends at `key`; see SharingMachines. */
  private cpu(m: number, id: number, key: number, crowded: boolean): number {
    const left = key - (crowded ? this.clock[m]! : this.memory.now[0]!);
    const runtime = this.data[id * FIELDS + RUNTIME]!;
    return Math.min(runtime, Math.max(0, runtime - left));
  }

  /** Takes one out of what machine m keeps of those there; returns its key. */
  private takeOut(m: number, id: number): number {
    const { ids, keys, load, rest } = this;
    const from = m * this.stride;
    const to = from + load[m]! - rest[m]!;
    load[m]!--;
    for (let p = from; p < to; p++) {
      if (ids[p] !== id) continue;
      const key = keys[p]!;
      keys.copyWithin(p, p + 1, to);
      ids.copyWithin(p, p + 1, to);
      return key;
    }
    rest[m]!--;
    return this.heaps[m]!.take(id);
  }
}
