import { WinnerTree } from "../engine/winner-tree.js";
import { END, LiveInvocations, ORDER, PREEMPTIONS, RUNTIME, SEQUENCE, slotOf } from "./live.js";
import { type Arrivals, INVOCATION, type Observer, SLOT, TIME } from "./observer.js";

/** Run order as one number, class descending, then sequence ascending; exact up to 2^45 invocations. */
const CLASS_STEP = 35184372088832;

/**
 * Machines with preemptive priority and unlimited memory: the c invocations first in run order (class descending, then
 * sequence ascending) run, each on a core.
 *
 * What runs on machine m lies at m * cores …, by descending end, so the next to end is the last; of equal ends the
 * later sequence first. What waits lies in one queue per class: an arrival joins at the back; a
 * preempted one, which precedes all that wait in its class, at the front.
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
  private readonly observes: boolean;
  private readonly facts: Float64Array;
  private readonly live: LiveInvocations;
  private readonly ends: Float64Array;
  private readonly ids: Int32Array;
  /** First and last of each machine's queue of each class, linked; -1: empty. */
  private readonly head: Int32Array;
  private readonly tail: Int32Array;
  /** No class above this one has a queue on the machine. */
  private readonly top: Int16Array;
  /** Nothing of a class below this one runs on the machine. */
  private readonly floor: Int16Array;
  private arrivals!: Arrivals;

  constructor(machines: number, cores: number, classes: number, observer: Observer) {
    this.load = new Int32Array(machines);
    this.tree = new WinnerTree(machines);
    this.machines = machines;
    this.cores = cores;
    this.classes = classes;
    this.observer = observer;
    this.observes = observer.observes;
    this.facts = observer.facts;
    this.live = new LiveInvocations();
    this.ends = new Float64Array(machines * cores);
    this.ids = new Int32Array(machines * cores);
    this.head = new Int32Array(machines * classes).fill(-1);
    this.tail = new Int32Array(machines * classes).fill(-1);
    this.top = new Int16Array(machines).fill(-1);
    this.floor = new Int16Array(machines);
  }

  /** The arrivals that `place` names by index from now on. */
  open(arrivals: Arrivals): void {
    this.arrivals = arrivals;
  }

  /**
   * Whether machine m has an idle core for arrival `i`, which takes no time: it has then come and ended, and no other felt it.
   * Else nothing has happened.
   */
  passes(i: number, m: number): boolean {
    if (this.load[m]! >= this.cores) return false;
    this.observer.tellPassing(this.arrivals, i, m);
    return true;
  }

  /** Arrival `i` joins machine m. */
  place(i: number, m: number): void {
    const { arrivals, cores, live } = this;
    const id = live.add();
    const { data, now } = live;
    const priceClass = arrivals.price_class[i]!;
    const sequence = arrivals.first + i;
    now[0] = arrivals.arrival_s[i]!;
    data[id + SEQUENCE] = sequence;
    data[id + ORDER] = (255 - priceClass) * CLASS_STEP + sequence;
    data[id + RUNTIME] = arrivals.runtime_s[i]!;
    const n = this.load[m]!;
    this.load[m] = n + 1;
    if (n < cores) {
      live.start(id);
      this.run(m, n, id, priceClass);
      if (this.observes) {
        this.tell(id);
        this.observer.onPlacedAndStarted(m);
      }
      return;
    }
    if (this.observes) {
      this.tell(id);
      this.observer.onPlaced(m);
    }
    if (priceClass > this.floor[m]! && this.preempt(m, priceClass)) {
      live.start(id);
      this.run(m, cores - 1, id, priceClass);
      this.started(m, id);
    } else {
      live.wait(id);
      this.pushBack(m, priceClass, id);
    }
  }

  /** Performs the earliest completion; returns its machine. */
  complete(): number {
    const { cores, live, tree } = this;
    const m = tree.winner();
    live.now[0] = tree.time[m]!;
    const left = this.load[m]! - 1;
    this.load[m] = left;
    const n = left < cores ? left : cores - 1;
    const last = m * cores + n;
    const id = this.ids[last]!;
    live.remove(id);
    if (this.observes) {
      live.tellFinished(id, this.facts);
      this.observer.onFinished(m, live.data[id + PREEMPTIONS]!);
    }
    if (left >= cores) {
      const next = this.popFirst(m);
      live.resume(next);
      this.run(m, n, next, this.top[m]!);
      this.started(m, next);
    } else {
      tree.time[m] = n > 0 ? this.ends[last - 1]! : Number.POSITIVE_INFINITY;
      tree.update(m);
    }
    return m;
  }

  /** Tells the observer of everything that has not ended at `now`, in no particular order. */
  stop(now: number): void {
    const { cores, live } = this;
    live.now[0] = now;
    for (let m = 0; m < this.machines; m++) {
      const n = Math.min(cores, this.load[m]!);
      for (let p = m * cores; p < m * cores + n; p++) {
        const id = this.ids[p]!;
        const preemptions = live.data[id + PREEMPTIONS]!;
        live.suspend(id);
        live.tellUnfinished(id, this.facts);
        this.observer.onUnfinished(m, preemptions);
      }
      for (let queue = m * this.classes; queue < (m + 1) * this.classes; queue++) {
        for (let id = this.head[queue]!; id >= 0; id = live.link[id >> 3]!) {
          live.tellUnfinished(id, this.facts);
          this.observer.onUnfinished(m, live.data[id + PREEMPTIONS]!);
        }
      }
    }
  }

  private started(m: number, id: number): void {
    if (!this.observes) return;
    this.tell(id);
    this.observer.onStarted(m);
  }

  private tell(id: number): void {
    this.facts[INVOCATION] = this.live.data[id + SEQUENCE]!;
    this.facts[SLOT] = slotOf(id);
    this.facts[TIME] = this.live.now[0]!;
  }

  /** Puts an invocation, whose END is set, on a core of a machine where n others run. */
  private run(m: number, n: number, id: number, priceClass: number): void {
    const { ends, ids, tree } = this;
    const { data } = this.live;
    const sequence = data[id + SEQUENCE]!;
    const end = data[id + END]!;
    const base = m * this.cores;
    let p = base + n;
    while (p > base) {
      const other = ends[p - 1]!;
      if (other >= end && (other > end || data[ids[p - 1]! + SEQUENCE]! > sequence)) break;
      ends[p] = other;
      ids[p] = ids[p - 1]!;
      p--;
    }
    ends[p] = end;
    ids[p] = id;
    if (priceClass < this.floor[m]!) this.floor[m] = priceClass;
    const next = ends[base + n]!;
    if (next !== tree.time[m]!) {
      tree.time[m] = next;
      tree.update(m);
    }
  }

  /**
   * Takes what is last in run order off its core, where its class is below `priceClass`, and leaves the last place of
   * the machine's cores empty. All cores are busy. Returns whether it did.
   */
  private preempt(m: number, priceClass: number): boolean {
    const { ends, ids, live } = this;
    const { data } = live;
    const base = m * this.cores;
    const end = base + this.cores;
    let victim = base;
    let order = data[ids[base]! + ORDER]!;
    for (let p = base + 1; p < end; p++) {
      const other = data[ids[p]! + ORDER]!;
      if (other > order) {
        order = other;
        victim = p;
      }
    }
    const lowest = 255 - Math.floor(order / CLASS_STEP);
    this.floor[m] = lowest;
    if (lowest >= priceClass) return false;
    const id = ids[victim]!;
    live.suspend(id);
    for (let p = victim + 1; p < end; p++) {
      ends[p - 1] = ends[p]!;
      ids[p - 1] = ids[p]!;
    }
    const queue = m * this.classes + lowest;
    const front = this.head[queue]!;
    live.link[id >> 3] = front;
    this.head[queue] = id;
    if (front < 0) this.tail[queue] = id;
    if (lowest > this.top[m]!) this.top[m] = lowest;
    if (this.observes) {
      this.tell(id);
      this.observer.onPreempted(m);
    }
    return true;
  }

  private pushBack(m: number, priceClass: number, id: number): void {
    const { live } = this;
    const queue = m * this.classes + priceClass;
    const back = this.tail[queue]!;
    live.link[id >> 3] = -1;
    if (back < 0) this.head[queue] = id;
    else live.link[back >> 3] = id;
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
    const next = this.live.link[id >> 3]!;
    this.head[base + priceClass] = next;
    if (next < 0) this.tail[base + priceClass] = -1;
    return id;
  }
}
