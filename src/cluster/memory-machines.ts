import {
  GROWTH,
  MEMORY,
  MemoryRecords,
  ORDER,
  PREEMPTIONS,
  REMAINING,
  SEQUENCE,
  SINCE,
  START,
} from "./memory-records.js";
import { type MemoryLimits, type Places, Settlement } from "./memory-settlement.js";
import { type Arrivals, INVOCATION, type Observer, TIME } from "./observer.js";
import { PoolTree } from "./pool-tree.js";
import { RunningSets } from "./running-sets.js";
import { SwappedSets } from "./swapped-sets.js";
import { WaitingQueues } from "./waiting-queues.js";

/** What is resident is known without a look at everything to less than this many MiB. */
const MARGIN = 1;

/** Doubles of a machine's state. */
export const STATE = 4;
/** Time of its last event. */
export const LOOKED = 0;
/** MiB resident then, all being settled. */
export const RESIDENT = 1;
/** MiB that they grow by in a second. */
export const GROWING = 2;
/** The most that was since everything was looked at. */
const MOST = 3;

/** When growth has faded below this share of the most, what is left is not precise enough: all is looked at again. */
const FADED = 1e-3;

/**
 * Machines with preemptive priority and finite memory. Of what is resident the c first in run order (class descending,
 * then sequence ascending) run, each on a core, and what each holds grows as it runs. When residents reach the RAM the
 * last in run order is moved to swap, or killed where swap has no room; what is in swap comes back when there is a core
 * and space for it. A machine's next event is a completion or the instant at which its residents will fill the RAM.
 *
 * Most events come while memory is no matter: residents stay clear of the RAM, and nothing in swap can come back. Those
 * are dealt with here, as PriorityMachines would; the others by a Settlement.
 */
export class MemoryMachines {
  /** Placed and unfinished, by machine. */
  readonly load: Int32Array;
  /** Next event, by machine. Of events at one instant completions come first, then by machine. */
  readonly tree: PoolTree;
  private readonly machines: number;
  private readonly cores: number;
  private readonly observer: Observer;
  private readonly observes: boolean;
  private readonly facts: Float64Array;
  private readonly live: MemoryRecords;
  private readonly running: RunningSets;
  private readonly waiting: WaitingQueues;
  private readonly swapped: SwappedSets;
  private readonly settlement: Settlement;
  private readonly ram: number;
  /** Watermark in MiB. */
  private readonly mark: number;
  /** By machine, at m * STATE + field: brought forward from event to event, and added up anew every 256 at least. */
  readonly state: Float64Array;
  private readonly events: Uint8Array;
  /** What `stays` is asked about: ORDER of the last that runs, and MiB free below the watermark. */
  private readonly probe = new Float64Array(2);
  private arrivals!: Arrivals;

  constructor(machines: number, cores: number, classes: number, limits: MemoryLimits, observer: Observer) {
    this.load = new Int32Array(machines);
    this.tree = new PoolTree(machines);
    this.machines = machines;
    this.cores = cores;
    this.observer = observer;
    this.observes = observer.observes;
    this.facts = observer.facts;
    this.live = new MemoryRecords();
    this.running = new RunningSets(machines, cores, this.live);
    this.waiting = new WaitingQueues(machines, classes, this.live);
    this.swapped = new SwappedSets(machines, this.live);
    this.settlement = new Settlement(this.places(), limits, observer);
    this.ram = limits.ram;
    this.mark = limits.ram * limits.swapInWatermark;
    this.state = new Float64Array(machines * STATE);
    this.events = new Uint8Array(machines);
    for (let m = 0; m < machines; m++) this.tree.sequence[m] = m;
  }

  /** Where everything is, for those who check. */
  places(): Places {
    const { live, running, waiting, swapped, load } = this;
    return { live, running, waiting, swapped, load };
  }

  /** The arrivals that `place` names by index from now on. */
  open(arrivals: Arrivals): void {
    this.arrivals = arrivals;
  }

  /** Arrival `i` joins machine m. */
  place(i: number, m: number): void {
    const { cores, live, running, state, swapped, waiting } = this;
    const id = live.add(this.arrivals, i);
    const { data } = live;
    const now = live.now[0]!;
    const n = running.count[m]!;
    const at = m * STATE;
    let growing = state[at + GROWING]!;
    const resident = state[at + RESIDENT]! + growing * (now - state[at + LOOKED]!) + data[id + MEMORY]!;
    this.load[m]!++;
    let calm = resident < this.ram - MARGIN;
    if (calm && swapped.count[m]! > 0) {
      const order = data[id + ORDER]!;
      const last = running.lastOrder(m);
      this.probe[0] = n < cores && order > last ? order : last;
      this.probe[1] = n + 1 < cores ? this.mark - resident : Number.NEGATIVE_INFINITY;
      calm = this.stays(m);
    }
    if (!calm) {
      if (this.observes) {
        this.tell(id);
        this.observer.onPlaced(m);
      }
      this.settlement.settle(m, id, false);
      this.look(m);
      return;
    }
    if (n < cores) {
      data[id + START] = now;
      running.insert(m, id);
      growing += data[id + GROWTH]!;
      if (this.observes) {
        this.tell(id);
        this.observer.onPlacedAndStarted(m);
      }
    } else {
      if (this.observes) {
        this.tell(id);
        this.observer.onPlaced(m);
      }
      if (data[id + ORDER]! < running.lastOrder(m)) {
        growing += data[id + GROWTH]! - data[this.preempt(m) + GROWTH]!;
        data[id + START] = now;
        running.insert(m, id);
        this.started(m, id);
      } else waiting.pushBack(m, id);
    }
    state[at + LOOKED] = now;
    state[at + RESIDENT] = resident;
    state[at + GROWING] = growing;
    this.expect(m);
  }

  /** Performs the earliest event, a completion or pressure; returns its machine. */
  complete(): number {
    const { live, tree } = this;
    const m = tree.winner();
    live.now[0] = tree.time[m]!;
    if (tree.sequence[m] === m) this.finish(m);
    else {
      this.settlement.settle(m, -1, true);
      this.look(m);
    }
    return m;
  }

  /** Tells the observer of everything that has not ended at `now`, in no particular order. */
  stop(now: number): void {
    const { live, running, waiting, swapped } = this;
    live.now[0] = now;
    const report = (m: number, id: number) => {
      live.tellUnfinished(id, this.facts);
      this.observer.onUnfinished(m, live.data[id + PREEMPTIONS]!);
    };
    for (let m = 0; m < this.machines; m++) {
      for (let p = 0; p < running.count[m]!; p++) {
        const id = running.ids[m * this.cores + p]!;
        live.suspend(id);
        report(m, id);
      }
      let id = waiting.count[m]! > 0 ? waiting.last(m) : -1;
      for (; id >= 0; id = waiting.before(m, id)) {
        live.waited(id);
        report(m, id);
      }
      for (const id of swapped.list(m)) {
        live.waitedInSwap(id);
        report(m, id);
      }
    }
  }

  /** Performs machine m's next completion. */
  private finish(m: number): void {
    const { cores, live, probe, running, state, swapped, waiting } = this;
    const { data } = live;
    const now = live.now[0]!;
    const at = m * STATE;
    const id = running.popNext(m);
    const growth = data[id + GROWTH]!;
    let growing = state[at + GROWING]!;
    let resident = state[at + RESIDENT]! + growing * (now - state[at + LOOKED]!);
    resident -= data[id + MEMORY]! + growth * data[id + REMAINING]!;
    growing -= growth;
    this.load[m]!--;
    live.remove(id);
    if (this.observes) {
      live.tellFinished(id, this.facts);
      this.observer.onFinished(m, data[id + PREEMPTIONS]!);
    }
    const next = waiting.count[m]! > 0 ? waiting.first(m) : -1;
    let calm = resident < this.ram - MARGIN;
    if (calm && swapped.count[m]! > 0) {
      const full = next >= 0 && running.count[m] === cores - 1;
      probe[0] = next >= 0 ? data[next + ORDER]! : running.lastOrder(m);
      probe[1] = full ? Number.NEGATIVE_INFINITY : this.mark - resident;
      calm = running.count[m]! > 0 && this.stays(m);
    }
    if (!calm) {
      this.settlement.settle(m, -1, false);
      this.look(m);
      return;
    }
    if (next >= 0) {
      waiting.remove(m, next);
      live.waited(next);
      live.started(next);
      running.insert(m, next);
      growing += data[next + GROWTH]!;
      this.started(m, next);
    }
    state[at + LOOKED] = now;
    state[at + RESIDENT] = resident;
    state[at + GROWING] = growing;
    this.expect(m);
  }

  /** Whether what is in swap surely stays there: it all comes after what runs, and is too large for what is free. */
  private stays(m: number): boolean {
    const { probe, swapped } = this;
    return swapped.firstOrder[m]! > probe[0]! && swapped.least(m) > probe[1]! + MARGIN;
  }

  /** Takes the last in run order off its core; returns its id. */
  private preempt(m: number): number {
    const { live } = this;
    const id = this.running.popLast(m);
    live.suspend(id);
    live.data[id + PREEMPTIONS]!++;
    this.waiting.pushFront(m, id);
    if (this.observes) {
      this.tell(id);
      this.observer.onPreempted(m);
    }
    return id;
  }

  private started(m: number, id: number): void {
    if (!this.observes) return;
    this.tell(id);
    this.observer.onStarted(m);
  }

  private tell(id: number): void {
    this.facts[INVOCATION] = this.live.data[id + SEQUENCE]!;
    this.facts[TIME] = this.live.now[0]!;
  }

  /** Makes machine m's next completion its next event, or looks closer where pressure may come first. */
  private expect(m: number): void {
    const { state, tree } = this;
    const at = m * STATE;
    const end = this.running.nextEnd(m);
    const growing = state[at + GROWING]!;
    const clear = state[at + RESIDENT]! + growing * (end - state[at + LOOKED]!) < this.ram - MARGIN;
    const precise = growing >= FADED * state[at + MOST]! && ++this.events[m]! !== 0;
    if (clear && precise && tree.sequence[m] === m) {
      if (growing > state[at + MOST]!) state[at + MOST] = growing;
      if (end === tree.time[m]) return;
      tree.time[m] = end;
      tree.update(m);
    } else this.look(m);
  }

  /** Looks at everything that runs on machine m, and finds its next event. */
  private look(m: number): void {
    const { cores, live, running, state, tree, waiting } = this;
    const { data } = live;
    const now = live.now[0]!;
    const first = m * cores;
    const at = m * STATE;
    const n = running.count[m]!;
    let resident = waiting.memory.total[m]! + waiting.memory.error[m]!;
    let growing = 0;
    for (let p = first; p < first + n; p++) {
      const id = running.ids[p]!;
      const growth = data[id + GROWTH]!;
      resident += data[id + MEMORY]! + growth * (now - data[id + SINCE]!);
      growing += growth;
    }
    state[at + LOOKED] = now;
    state[at + RESIDENT] = resident;
    state[at + GROWING] = growing;
    state[at + MOST] = growing;
    let end = running.nextEnd(m);
    let rank = m;
    if (growing > 0 && growing * (end - now) > this.ram - resident) {
      const pressure = Math.max(now, now + (this.ram - resident) / growing);
      // At one instant the completion goes first. No tolerance: with one, what ends as it fills the RAM would always
      // finish; the independent simulator's answers have it killed where pressure is a unit in the last place earlier.
      if (pressure < end) {
        end = pressure;
        rank = this.machines + m;
      }
    }
    if (end === tree.time[m] && rank === tree.sequence[m]) return;
    tree.time[m] = end;
    tree.sequence[m] = rank;
    tree.update(m);
  }
}
