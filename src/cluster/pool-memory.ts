import { CentralPool } from "./central-pool.js";
import { PREEMPTIONS, RUNTIME, SEQUENCE } from "./live.js";
import { CPU, INVOCATION, MIB, type Observer } from "./observer.js";
import { ResidentMemory } from "./resident-memory.js";
import type { KillPolicy } from "./victims.js";

/** What a record's SEQUENCE is once its invocation was killed. */
const KILLED = -1;

/**
 * A central pool that kills what it has no memory for: all its RAM is one, as its cores are. What runs grows, what waits
 * holds what it has; when residents reach the RAM victims are killed, running or waiting, until the rest fits, and then
 * the first in run order run. An arrival for which there is no room may be the victim, before it runs.
 */
export class PoolMemory extends CentralPool {
  private readonly memory: ResidentMemory;
  /** Entries of `waiting` whose invocation was killed; never the top. */
  private dead = 0;

  /** `cores` and `ram`, MiB, > 0, of the whole pool. */
  constructor(cores: number, ram: number, policy: KillPolicy, observer: Observer) {
    super(cores, observer);
    this.memory = new ResidentMemory(1, Number.POSITIVE_INFINITY, ram, policy);
  }

  /** Time of the earliest event, a completion or pressure; Infinity: none. */
  override next(): number {
    return Math.min(this.tree.next(), this.memory.pressure.next());
  }

  /** None: what takes no time may still have no room. */
  override passes(): boolean {
    return false;
  }

  /** Arrival `i` joins the pool. Returns the id it has while it is here; -1: it was killed at once. */
  override place(i: number, order: number): number {
    const { arrivals, memory } = this;
    this.setTime(arrivals.arrival_s[i]!);
    memory.records.meet(arrivals, i);
    const pressed = memory.pressed(0, true);
    if (pressed && !this.relieve(true)) {
      this.facts[INVOCATION] = arrivals.first + i;
      if (this.observes) memory.tellTurnedAway(-1, this.observer);
      this.fill(Number.POSITIVE_INFINITY);
      this.look();
      return -1;
    }
    if (pressed) this.fill(order);
    const id = super.place(i, order);
    memory.add(0, id >> 3, this.runs(id));
    if (pressed) this.fill(Number.POSITIVE_INFINITY);
    this.look();
    return id;
  }

  /** Performs the earliest event, a completion or pressure. */
  override complete(): void {
    const { memory, tree } = this;
    if (memory.pressure.next() < tree.next()) {
      this.setTime(memory.pressure.next());
      this.relieve(false);
      this.fill(Number.POSITIVE_INFINITY);
    } else {
      const core = tree.winner();
      const id = this.ids[core]!;
      this.setTime(tree.next());
      memory.remove(0, id >> 3);
      if (memory.pressed(0, false)) {
        this.leave(core);
        this.live.remove(id);
        if (this.observes) {
          this.live.tellFinished(id, this.facts);
          this.observer.onFinished(-1, this.live.data[id + PREEMPTIONS]!);
        }
        this.relieve(false);
        this.fill(Number.POSITIVE_INFINITY);
      } else {
        super.complete();
        const next = this.ids[core]!;
        if (next >= 0) memory.start(0, next >> 3);
        this.prune();
      }
    }
    this.look();
  }

  override stop(now: number): void {
    this.waiting.filter((id, sequence) => this.live.data[id + SEQUENCE] === sequence);
    super.stop(now);
  }

  protected override stopOne(id: number, preemptions: number): void {
    this.live.tellUnfinished(id, this.facts);
    this.facts[MIB] = this.memory.records.mibAt(id >> 3, this.facts[CPU]!, this.live.data[id + RUNTIME]!);
    this.observer.onUnfinished(-1, preemptions);
  }

  protected override preempt(id: number): number {
    const core = super.preempt(id);
    if (core >= 0) this.memory.pause(0, this.ids[core]! >> 3);
    return core;
  }

  private setTime(now: number): void {
    this.live.now[0] = now;
    this.memory.now[0] = now;
    this.memory.advance(0);
  }

  private look(): void {
    this.memory.end[0] = this.tree.next();
    this.memory.look(0);
  }

  private runs(id: number): boolean {
    return this.ids[this.live.link[id >> 3]!] === id;
  }

  /** Kills once, and until the rest fits. Returns whether the arrival, which counts where `arriving`, is left. */
  private relieve(arriving: boolean): boolean {
    const { memory } = this;
    do {
      const victim = memory.victims.choose(0, arriving);
      if (victim < 0) return false;
      this.kill(victim << 3);
    } while (memory.exceeds(0, arriving));
    return true;
  }

  private kill(id: number): void {
    const { facts, live, memory } = this;
    const { data } = live;
    const ran = this.runs(id);
    const preemptions = data[id + PREEMPTIONS]!;
    if (ran) {
      this.leave(live.link[id >> 3]!);
      live.suspend(id);
    }
    if (this.observes) {
      live.tellUnfinished(id, facts);
      facts[MIB] = memory.records.mibAt(id >> 3, facts[CPU]!, data[id + RUNTIME]!);
      this.observer.onKilled(-1, preemptions, ran);
    }
    memory.remove(0, id >> 3);
    data[id + SEQUENCE] = KILLED;
    live.remove(id);
    if (ran) return;
    this.dead++;
    this.prune();
  }

  /** Nothing runs on a core any more. */
  private leave(core: number): void {
    this.ids[core] = -1;
    this.idle[this.idleCount++] = core;
    this.tree.time[core] = Number.POSITIVE_INFINITY;
    this.tree.update(core);
  }

  /** Gives idle cores to what waits and comes before or at `order`, the first in run order first. */
  private fill(order: number): void {
    const { live, memory, waiting } = this;
    while (this.idleCount > 0 && waiting.size > 0 && waiting.topOrder() <= order) {
      const id = waiting.topId();
      waiting.pop();
      this.prune();
      live.resume(id);
      memory.start(0, id >> 3);
      this.run(this.idle[--this.idleCount]!, id);
      this.started(id);
    }
  }

  /** Keeps the top of `waiting` alive, and the dead fewer than the others. */
  private prune(): void {
    const { live, waiting } = this;
    while (this.dead > 0 && live.data[waiting.topId() + SEQUENCE] !== waiting.topSequence()) {
      waiting.pop();
      this.dead--;
    }
    if (2 * this.dead <= waiting.size) return;
    waiting.filter((id, sequence) => live.data[id + SEQUENCE] === sequence);
    this.dead = 0;
  }
}
