import { WinnerTree } from "../engine/winner-tree.js";
import { LiveInvocations } from "./live.js";
import type { Arrivals, Observer } from "./observer.js";

/** Run order as one number: class descending, then sequence ascending. Exact up to 2^45 invocations. */
const CLASS_STEP = 35184372088832;

/**
 * Machines with preemptive priority and unlimited memory: the c invocations first in run order run, each on a core.
 *
 * What runs on machine m lies at m * cores …, by descending end, so the next to end is the last; of equal ends the
 * later sequence first. What waits lies in one queue per class: an arrival joins at the back; a preempted one, which
 * precedes all that wait in its class, at the front.
 */
export class PriorityMachines {
  /** Placed and unfinished, by machine. */
  readonly load: Int32Array;
  /** Next completion, by machine. */
  readonly tree: WinnerTree;
  private readonly machines: number;
  private readonly cores: number;
  private readonly classes: number;
  private readonly observer: Observer;
  private readonly live: LiveInvocations;
  private readonly ends: Float64Array;
  private readonly ids: Int32Array;
  /** First and last of each machine's queue of each class, linked; -1: empty. */
  private readonly head: Int32Array;
  private readonly tail: Int32Array;
  /** No class above this one has a queue on the machine. */
  private readonly top: Int16Array;
  private arrivals!: Arrivals;

  constructor(machines: number, cores: number, classes: number, observer: Observer) {
    this.load = new Int32Array(machines);
    this.tree = new WinnerTree(machines);
    this.machines = machines;
    this.cores = cores;
    this.classes = classes;
    this.observer = observer;
    this.live = new LiveInvocations();
    this.ends = new Float64Array(machines * cores);
    this.ids = new Int32Array(machines * cores);
    this.head = new Int32Array(machines * classes).fill(-1);
    this.tail = new Int32Array(machines * classes).fill(-1);
    this.top = new Int16Array(machines).fill(-1);
  }

  /** The arrivals that `place` names by index from now on. */
  open(arrivals: Arrivals): void {
    this.arrivals = arrivals;
  }

  /** Arrival `i` joins machine m. */
  place(i: number, m: number): void {
    const { arrivals, cores, live } = this;
    const now = arrivals.arrival_s[i]!;
    const priceClass = arrivals.price_class[i]!;
    const sequence = arrivals.first + i;
    const order = (255 - priceClass) * CLASS_STEP + sequence;
    const id = live.add(sequence, order, arrivals.runtime_s[i]!, now);
    this.observer.placed(sequence, m, now);
    const n = this.load[m]!;
    this.load[m] = n + 1;
    if (n < cores) {
      this.run(m, n, id, now);
      return;
    }
    const { ids } = this;
    const base = m * cores;
    let victim = base;
    let last = live.order[ids[base]!]!;
    for (let p = base + 1; p < base + cores; p++) {
      const other = live.order[ids[p]!]!;
      if (other > last) {
        last = other;
        victim = p;
      }
    }
    if (order < last) {
      this.preempt(m, victim, now);
      this.run(m, cores - 1, id, now);
    } else this.pushBack(m, priceClass, id);
  }

  /** Performs the earliest completion; returns its machine. */
  complete(): number {
    const { cores, live, tree } = this;
    const m = tree.winner();
    const now = tree.time[m]!;
    const left = this.load[m]! - 1;
    this.load[m] = left;
    const n = left < cores ? left : cores - 1;
    const last = m * cores + n;
    const id = this.ids[last]!;
    live.remove(id);
    const progress = live.progress(id, live.runtime[id]!);
    this.observer.finished(live.sequence[id]!, m, live.start[id]!, now, live.preemptions[id]!, progress);
    if (left >= cores) this.run(m, n, this.popFirst(m), now);
    else tree.set(m, n > 0 ? this.ends[last - 1]! : Number.POSITIVE_INFINITY);
    return m;
  }

  /** Tells the observer of everything that has not ended at `now`, in no particular order. */
  stop(now: number): void {
    const { cores, live } = this;
    for (let m = 0; m < this.machines; m++) {
      const n = Math.min(cores, this.load[m]!);
      for (let p = m * cores; p < m * cores + n; p++) {
        live.remaining[this.ids[p]!] = this.ends[p]! - now;
        live.since[this.ids[p]!] = now;
        this.report(this.ids[p]!, m, now);
      }
      for (let queue = m * this.classes; queue < (m + 1) * this.classes; queue++) {
        for (let id = this.head[queue]!; id >= 0; id = live.link[id]!) this.report(id, m, now);
      }
    }
  }

  private report(id: number, m: number, now: number): void {
    const { live } = this;
    const cpu = Math.max(0, live.runtime[id]! - live.remaining[id]!);
    const progress = live.progress(id, cpu) + cpu * (now - live.since[id]!);
    this.observer.unfinished(live.sequence[id]!, m, live.start[id]!, now, live.preemptions[id]!, progress, cpu);
  }

  /** Puts an invocation on a core of a machine where n others run. */
  private run(m: number, n: number, id: number, now: number): void {
    const { ends, ids, live } = this;
    const end = live.resume(id, now);
    const sequence = live.sequence[id]!;
    const base = m * this.cores;
    let p = base + n;
    while (p > base) {
      const other = ends[p - 1]!;
      if (other > end || (other === end && live.sequence[ids[p - 1]!]! > sequence)) break;
      ends[p] = other;
      ids[p] = ids[p - 1]!;
      p--;
    }
    ends[p] = end;
    ids[p] = id;
    this.tree.set(m, ends[base + n]!);
    this.observer.started(sequence, m, now);
  }

  /** Takes what runs at p off its core, leaving the last place of the machine's cores empty. */
  private preempt(m: number, p: number, now: number): void {
    const { ends, ids, live } = this;
    const id = ids[p]!;
    live.suspend(id, ends[p]!, now);
    for (let q = p + 1; q < (m + 1) * this.cores; q++) {
      ends[q - 1] = ends[q]!;
      ids[q - 1] = ids[q]!;
    }
    const priceClass = 255 - Math.floor(live.order[id]! / CLASS_STEP);
    const queue = m * this.classes + priceClass;
    const front = this.head[queue]!;
    live.link[id] = front;
    this.head[queue] = id;
    if (front < 0) this.tail[queue] = id;
    if (priceClass > this.top[m]!) this.top[m] = priceClass;
    this.observer.preempted(live.sequence[id]!, m, now);
  }

  private pushBack(m: number, priceClass: number, id: number): void {
    const { live } = this;
    const queue = m * this.classes + priceClass;
    const back = this.tail[queue]!;
    live.link[id] = -1;
    if (back < 0) this.head[queue] = id;
    else live.link[back] = id;
    this.tail[queue] = id;
    if (priceClass > this.top[m]!) this.top[m] = priceClass;
  }

  /** Takes the waiting invocation that is first in run order; there is one. */
  private popFirst(m: number): number {
    const base = m * this.classes;
    let priceClass = this.top[m]!;
    while (this.head[base + priceClass]! < 0) priceClass--;
    this.top[m] = priceClass;
    const id = this.head[base + priceClass]!;
    const next = this.live.link[id]!;
    this.head[base + priceClass] = next;
    if (next < 0) this.tail[base + priceClass] = -1;
    return id;
  }
}
