import { LiveInvocations } from "./live.js";
import type { Arrivals, Observer } from "./observer.js";
import { PoolTree } from "./pool-tree.js";
import { RunHeap } from "./run-heap.js";

/**
 * One central pool of cores, preemptive: the invocations first in run order run, each on a core. Run order is by
 * (order, sequence), both ascending; the order of an arrival comes with it. Memory is not managed.
 */
export class CentralPool {
  /** Placed and unfinished. */
  load = 0;
  private readonly cores: number;
  private readonly observer: Observer;
  private readonly live: LiveInvocations;
  private readonly tree: PoolTree;
  /** By core, what it runs. */
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
    const sequence = arrivals.first + i;
    const id = live.add(sequence, order, arrivals.runtime_s[i]!, now);
    this.load++;
    this.observer.placed(sequence, -1, now);
    if (this.idleCount > 0) {
      this.run(this.idle[--this.idleCount]!, id, now);
      return;
    }
    // Whatever runs precedes whatever waits, so behind the first that waits there is nothing to preempt.
    const preempts = (waiting.size === 0 || order < waiting.topOrder()) && order < live.order[this.lastRunning()]!;
    if (!preempts) {
      waiting.push(id, order, sequence);
      return;
    }
    const victim = this.lastRunning();
    const core = live.link[victim]!;
    this.latest.pop();
    live.suspend(victim, this.tree.time[core]!, now);
    waiting.push(victim, live.order[victim]!, live.sequence[victim]!);
    this.observer.preempted(live.sequence[victim]!, -1, now);
    this.run(core, id, now);
  }

  /** Performs the earliest completion. */
  complete(): void {
    const { live, tree, waiting } = this;
    const core = tree.winner();
    const now = tree.time[core]!;
    const id = this.ids[core]!;
    this.load--;
    this.ids[core] = -1;
    live.remove(id);
    const progress = live.progress(id, live.runtime[id]!);
    this.observer.finished(live.sequence[id]!, -1, live.start[id]!, now, live.preemptions[id]!, progress);
    if (waiting.size > 0) {
      const first = waiting.topId();
      waiting.pop();
      this.run(core, first, now);
    } else {
      this.idle[this.idleCount++] = core;
      tree.set(core, Number.POSITIVE_INFINITY, 0);
    }
  }

  /** Tells the observer of everything that has not ended at `now`, in no particular order. */
  stop(now: number): void {
    const { live } = this;
    for (let core = 0; core < this.cores; core++) {
      const id = this.ids[core]!;
      if (id < 0) continue;
      live.remaining[id] = this.tree.time[core]! - now;
      live.since[id] = now;
      this.report(id, now);
    }
    this.waiting.forEach((id) => this.report(id, now));
  }

  private report(id: number, now: number): void {
    const { live } = this;
    const cpu = Math.max(0, live.runtime[id]! - live.remaining[id]!);
    const progress = live.progress(id, cpu) + cpu * (now - live.since[id]!);
    this.observer.unfinished(live.sequence[id]!, -1, live.start[id]!, now, live.preemptions[id]!, progress, cpu);
  }

  private run(core: number, id: number, now: number): void {
    const { live } = this;
    const sequence = live.sequence[id]!;
    this.ids[core] = id;
    live.link[id] = core;
    this.tree.set(core, live.resume(id, now), sequence);
    if (this.latestKnown) {
      if (this.latest.size > 2 * this.cores) this.latestKnown = false;
      else this.latest.push(id, -live.order[id]!, -sequence);
    }
    this.observer.started(sequence, -1, now);
  }

  /** The id that is last in run order among those that run; all cores are busy. */
  private lastRunning(): number {
    const { ids, latest, live } = this;
    if (!this.latestKnown) {
      latest.clear();
      for (let core = 0; core < this.cores; core++) {
        const id = ids[core]!;
        latest.push(id, -live.order[id]!, -live.sequence[id]!);
      }
      this.latestKnown = true;
    }
    for (;;) {
      const id = latest.topId();
      if (live.sequence[id] === -latest.topSequence() && ids[live.link[id]!] === id) return id;
      latest.pop();
    }
  }
}
