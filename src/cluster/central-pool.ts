import { END, LiveInvocations, ORDER, PREEMPTIONS, RUNTIME, SEQUENCE, slotOf } from "./live.js";
import { type Arrivals, INVOCATION, type Observer, SLOT, TIME } from "./observer.js";
import { PoolTree } from "./pool-tree.js";
import { RunHeap } from "./run-heap.js";

/**
 * One central pool of cores, preemptive: the invocations first in run order run, each on a core. Run order is by
 * (order, sequence), both ascending; the order of an arrival comes with it. Memory is not managed.
 */
export class CentralPool {
  private readonly cores: number;
  protected readonly observer: Observer;
  protected readonly observes: boolean;
  protected readonly facts: Float64Array;
  protected readonly live: LiveInvocations;
  protected readonly tree: PoolTree;
  /** By core, what it runs; -1: nothing. */
  protected readonly ids: Int32Array;
  protected readonly idle: Int32Array;
  protected idleCount: number;
  /** What waits, first in run order on top. */
  protected readonly waiting: RunHeap;
  /**
   * What runs, last in run order on top (keys negated), filled when first asked for. What has ended or been preempted
   * stays in it until it surfaces; when stale entries outnumber the cores it is thrown away until asked for again.
   */
  private readonly latest: RunHeap;
  private latestKnown: boolean;
  protected arrivals!: Arrivals;

  constructor(cores: number, observer: Observer) {
    this.cores = cores;
    this.observer = observer;
    this.observes = observer.observes;
    this.facts = observer.facts;
    this.live = new LiveInvocations();
    this.tree = new PoolTree(cores);
    this.ids = new Int32Array(cores).fill(-1);
    this.idle = new Int32Array(cores);
    for (let i = 0; i < cores; i++) this.idle[i] = cores - 1 - i;
    this.idleCount = cores;
    this.waiting = new RunHeap();
    this.latest = new RunHeap();
    this.latestKnown = false;
  }

  /** The arrivals that `place` names by index from now on. */
  open(arrivals: Arrivals): void {
    this.arrivals = arrivals;
  }

  /** Time of the earliest completion; Infinity: none. */
  next(): number {
    return this.tree.next();
  }

  /**
   * Whether a core is idle for arrival `i`, which takes no time: it has then come and ended, and no other felt it. Else
   * nothing has happened.
   */
  passes(i: number): boolean {
    if (this.idleCount === 0) return false;
    this.observer.tellPassing(this.arrivals, i, -1);
    return true;
  }

  /** Arrival `i` joins the pool. Returns the id it has while it is here. */
  place(i: number, order: number): number {
    const { arrivals, live, waiting } = this;
    const id = live.add();
    const { data, now } = live;
    const sequence = arrivals.first + i;
    now[0] = arrivals.arrival_s[i]!;
    data[id + SEQUENCE] = sequence;
    data[id + ORDER] = order;
    data[id + RUNTIME] = arrivals.runtime_s[i]!;
    if (this.idleCount > 0) {
      live.start(id);
      this.run(this.idle[--this.idleCount]!, id);
      if (this.observes) {
        this.tell(id);
        this.observer.onPlacedAndStarted(-1);
      }
      return id;
    }
    if (this.observes) {
      this.tell(id);
      this.observer.onPlaced(-1);
    }
    // Whatever runs precedes whatever waits: behind the first that waits there is nothing to preempt.
    const core = waiting.size > 0 && order >= waiting.topOrder() ? -1 : this.preempt(id);
    if (core < 0) {
      live.wait(id);
      waiting.push(id, order, sequence);
      return id;
    }
    live.start(id);
    this.run(core, id);
    this.started(id);
    return id;
  }

  /** Performs the earliest completion. */
  complete(): void {
    const { live, tree, waiting } = this;
    const core = tree.winner();
    const id = this.ids[core]!;
    live.now[0] = tree.time[core]!;
    this.ids[core] = -1;
    live.remove(id);
    if (this.observes) {
      live.tellFinished(id, this.facts);
      this.observer.onFinished(-1, live.data[id + PREEMPTIONS]!);
    }
    if (waiting.size > 0) {
      const first = waiting.topId();
      waiting.pop();
      live.resume(first);
      this.run(core, first);
      this.started(first);
    } else {
      this.idle[this.idleCount++] = core;
      tree.time[core] = Number.POSITIVE_INFINITY;
      tree.update(core);
    }
  }

  /** Tells the observer of everything that has not ended at `now`, in no particular order. */
  stop(now: number): void {
    const { live } = this;
    live.now[0] = now;
    for (const id of this.ids) {
      if (id < 0) continue;
      const preemptions = live.data[id + PREEMPTIONS]!;
      live.suspend(id);
      this.stopOne(id, preemptions);
    }
    for (const id of this.waiting.list()) this.stopOne(id, live.data[id + PREEMPTIONS]!);
  }

  protected stopOne(id: number, preemptions: number): void {
    this.live.tellUnfinished(id, this.facts);
    this.observer.onUnfinished(-1, preemptions);
  }

  protected started(id: number): void {
    if (!this.observes) return;
    this.tell(id);
    this.observer.onStarted(-1);
  }

  private tell(id: number): void {
    this.facts[INVOCATION] = this.live.data[id + SEQUENCE]!;
    this.facts[SLOT] = slotOf(id);
    this.facts[TIME] = this.live.now[0]!;
  }

  /** Puts an invocation, whose END is set, on a core. */
  protected run(core: number, id: number): void {
    const { tree } = this;
    const { data } = this.live;
    this.ids[core] = id;
    this.live.link[id >> 3] = core;
    tree.time[core] = data[id + END]!;
    tree.sequence[core] = data[id + SEQUENCE]!;
    tree.update(core);
    if (this.latestKnown) {
      if (this.latest.size > 2 * this.cores) this.latestKnown = false;
      else this.latest.push(id, -data[id + ORDER]!, -data[id + SEQUENCE]!);
    }
  }

  /** Takes the last in run order off its core, where it comes after `id`. Returns the core, or -1. All are busy. */
  protected preempt(id: number): number {
    const { live } = this;
    const { data } = live;
    const victim = this.lastRunning();
    const last = data[victim + ORDER]!;
    if (data[id + ORDER]! >= last) return -1;
    const core = live.link[victim >> 3]!;
    this.latest.pop();
    live.suspend(victim);
    this.waiting.push(victim, last, data[victim + SEQUENCE]!);
    if (this.observes) {
      this.tell(victim);
      this.observer.onPreempted(-1);
    }
    return core;
  }

  /** The id that is last in run order among those that run; all cores are busy. */
  private lastRunning(): number {
    const { ids, latest, live } = this;
    if (!this.latestKnown) {
      latest.clear();
      for (let core = 0; core < this.cores; core++) {
        const id = ids[core]!;
        latest.push(id, -live.data[id + ORDER]!, -live.data[id + SEQUENCE]!);
      }
      this.latestKnown = true;
    }
    for (;;) {
      const id = latest.topId();
      if (live.data[id + SEQUENCE] === -latest.topSequence() && ids[live.link[id >> 3]!] === id) return id;
      latest.pop();
    }
  }
}
