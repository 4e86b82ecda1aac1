import { LiveInvocations, ORDER, PREEMPTIONS, REMAINING, RUNTIME, SEQUENCE, SINCE, START } from "./live.js";
import type { Arrivals, Observer } from "./observer.js";
import { PoolTree } from "./pool-tree.js";
import { RunHeap } from "./run-heap.js";

/**
 * One central pool of cores, preemptive: the invocations first in run order run, each on a core. Run order is by
 * (order, sequence), both ascending; the order of an arrival comes with it. Memory is not managed.
 */
export class CentralPool {
  private readonly cores: number;
  private readonly observer: Observer;
  private readonly live: LiveInvocations;
  private readonly tree: PoolTree;
  /** By core, what it runs; -1: nothing. */
  private readonly ids: Int32Array;
  private readonly idle: Int32Array;
  private idleCount: number;
  /** What waits, first in run order on top. */
  private readonly waiting: RunHeap;
  /**
   * What runs, last in run order on top (keys negated), filled when first asked for. What has ended or been preempted
   * stays in it until it surfaces; when stale entries outnumber the cores it is thrown away until asked for again.
   */
  private readonly latest: RunHeap;
  private latestKnown: boolean;
  private arrivals!: Arrivals;

  constructor(cores: number, observer: Observer) {
    this.cores = cores;
    this.observer = observer;
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

  /** Arrival `i` joins the pool. */
  place(i: number, order: number): void {
    const { arrivals, live, waiting } = this;
    const now = arrivals.arrival_s[i]!;
    const runtime = arrivals.runtime_s[i]!;
    const sequence = arrivals.first + i;
    const id = live.add(sequence, order, runtime);
    this.observer.placed(sequence, -1, now);
    let core: number;
    if (this.idleCount > 0) core = this.idle[--this.idleCount]!;
    // Whatever runs precedes whatever waits: behind the first that waits there is nothing to preempt.
    else if (waiting.size > 0 && order >= waiting.topOrder()) core = -1;
    else core = this.preempt(order, now);
    if (core < 0) {
      live.wait(id, now);
      waiting.push(id, order, sequence);
      return;
    }
    live.data[id + START] = now;
    this.run(core, id, now + runtime, now);
  }

  /** Performs the earliest completion. */
  complete(): void {
    const { live, tree, waiting } = this;
    const { data } = live;
    const core = tree.winner();
    const now = tree.time[core]!;
    const id = this.ids[core]!;
    this.ids[core] = -1;
    live.remove(id);
    const progress = live.progress(id, data[id + RUNTIME]!);
    this.observer.finished(data[id + SEQUENCE]!, -1, data[id + START]!, now, data[id + PREEMPTIONS]!, progress);
    if (waiting.size > 0) {
      const first = waiting.topId();
      waiting.pop();
      this.run(core, first, live.resume(first, now), now);
    } else {
      this.idle[this.idleCount++] = core;
      tree.set(core, Number.POSITIVE_INFINITY, 0);
    }
  }

  /** Tells the observer of everything that has not ended at `now`, in no particular order. */
  stop(now: number): void {
    const { data } = this.live;
    for (let core = 0; core < this.cores; core++) {
      const id = this.ids[core]!;
      if (id < 0) continue;
      data[id + REMAINING] = this.tree.time[core]! - now;
      data[id + SINCE] = now;
      this.report(id, now);
    }
    this.waiting.forEach((id) => this.report(id, now));
  }

  private report(id: number, now: number): void {
    const { live } = this;
    const { data } = live;
    const cpu = Math.max(0, data[id + RUNTIME]! - data[id + REMAINING]!);
    const progress = live.progress(id, cpu) + cpu * (now - data[id + SINCE]!);
    this.observer.unfinished(data[id + SEQUENCE]!, -1, data[id + START]!, now, data[id + PREEMPTIONS]!, progress, cpu);
  }

  private run(core: number, id: number, end: number, now: number): void {
    const { data } = this.live;
    const sequence = data[id + SEQUENCE]!;
    this.ids[core] = id;
    this.live.link[id >> 3] = core;
    this.tree.set(core, end, sequence);
    if (this.latestKnown) {
      if (this.latest.size > 2 * this.cores) this.latestKnown = false;
      else this.latest.push(id, -data[id + ORDER]!, -sequence);
    }
    this.observer.started(sequence, -1, now);
  }

  /** Takes the last in run order off its core, where it comes after `order`. Returns the core, or -1. All are busy. */
  private preempt(order: number, now: number): number {
    const { live } = this;
    const victim = this.lastRunning();
    const last = live.data[victim + ORDER]!;
    if (order >= last) return -1;
    const core = live.link[victim >> 3]!;
    const sequence = live.data[victim + SEQUENCE]!;
    this.latest.pop();
    live.suspend(victim, this.tree.time[core]!, now);
    this.waiting.push(victim, last, sequence);
    this.observer.preempted(sequence, -1, now);
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
