import { GROWING, LOOKED, RESIDENT, STATE } from "./memory-machines.js";
import { GROWTH, IN_SWAP, MEMORY, PLACE, PREEMPTIONS, SEQUENCE, SINCE } from "./memory-records.js";
import type { MemoryLimits, Places } from "./memory-settlement.js";
import { type Arrivals, INVOCATION, type Observer, TIME } from "./observer.js";
import { PoolTree } from "./pool-tree.js";
import { RunningSets } from "./running-sets.js";
import { StartingSets } from "./starting-sets.js";
import { SwappedSets } from "./swapped-sets.js";
import { FUNCTION, SWITCHED, TimedRecords } from "./timed-records.js";
import { lastOf, TimedSettlement } from "./timed-settlement.js";
import { WaitingQueues } from "./waiting-queues.js";
import { WarmSandboxes } from "./warm-sandboxes.js";

/** What takes time on a machine, in seconds. Each is off at 0. */
export interface MachineTimes {
  /**
   * A core that an invocation gets because another is preempted, or after it was preempted itself, is busy for so long
   * before the invocation goes on; other cores that it gets are its own at once.
   */
  readonly contextSwitch: number;
  /** A new sandbox takes so long to start, from the placement of its invocation; it needs no core for that. */
  readonly startup: number;
  /** Its invocation having finished, it is kept for so long for the next of its function on the machine. */
  readonly keepAlive: number;
}

/** Where the invocations of the machines are. */
export interface TimedPlaces extends Places {
  readonly live: TimedRecords;
  readonly starting: StartingSets;
}

/** How often machines spent those times. */
export interface MachineTimesReport {
  readonly context_switches: number;
  readonly cold_starts: number;
  readonly warm_starts: number;
}

/** Kinds of a machine's next event: its rank in the tree is kind * machines + machine. */
const COMPLETION = 0;
const PRESSURE = 1;
/** A transfer between RAM and swap is done. */
export const TRANSFER = 2;
/** A core has been switched, or a sandbox has started. */
const OPTION = 3;
/** RAM is full with what is being written, so that nothing may grow. */
export const STALL = 4;

/**
 * Machines as MemoryMachines, with unlimited or finite memory, on which switching a core and starting a sandbox may
 * take time. With both off they do what MemoryMachines do, more slowly: they settle after every event.
 *
 * A core that is being switched is taken, and its invocation may be preempted again; the observer is told of a start when
 * progress begins, so busy cores, starts and memory in the tables are those of invocations that make progress. An
 * invocation whose sandbox starts holds its initial memory, and may be moved to swap or killed; it runs no sooner than
 * its sandbox has started. One that is killed leaves no sandbox. Idle sandboxes hold no memory.
 */
export class TimedMachines {
  /** Placed and unfinished, by machine. */
  readonly load: Int32Array;
  /** Next event, by machine. Of events at one instant completions come first, then pressure, then the others. */
  readonly tree: PoolTree;
  /** By machine, see MemoryMachines. */
  readonly state: Float64Array;
  protected readonly machines: number;
  protected readonly cores: number;
  protected readonly observer: Observer;
  protected readonly observes: boolean;
  protected readonly facts: Float64Array;
  protected readonly live: TimedRecords;
  protected readonly running: RunningSets;
  protected readonly waiting: WaitingQueues;
  protected readonly swapped: SwappedSets;
  protected readonly starting: StartingSets;
  private readonly warm: WarmSandboxes;
  protected readonly settlement: TimedSettlement;
  protected readonly ram: number;
  private readonly startup: number;
  private arrivals!: Arrivals;
  private cold = 0;
  private reused = 0;

  /** `settles`: what does, where that is more than a TimedSettlement. */
  constructor(
    machines: number,
    cores: number,
    classes: number,
    limits: MemoryLimits,
    times: MachineTimes,
    observer: Observer,
    settles?: (places: TimedPlaces) => TimedSettlement,
  ) {
    this.load = new Int32Array(machines);
    this.tree = new PoolTree(machines);
    this.state = new Float64Array(machines * STATE);
    this.machines = machines;
    this.cores = cores;
    this.observer = observer;
    this.observes = observer.observes;
    this.facts = observer.facts;
    this.live = new TimedRecords();
    this.running = new RunningSets(machines, cores, this.live);
    this.waiting = new WaitingQueues(machines, classes, this.live);
    this.swapped = new SwappedSets(machines, this.live);
    this.starting = new StartingSets(machines, classes, this.live);
    this.warm = new WarmSandboxes(times.keepAlive);
    const places = this.places();
    this.settlement = settles?.(places) ?? new TimedSettlement(places, limits, times.contextSwitch, observer);
    this.ram = limits.ram;
    this.startup = times.startup;
    for (let m = 0; m < machines; m++) this.tree.sequence[m] = m;
  }

  /** Where everything is, for those who check. */
  places(): TimedPlaces {
    const { live, running, waiting, swapped, starting, load } = this;
    return { live, running, waiting, swapped, starting, load };
  }

  /** The arrivals that `place` names by index from now on. */
  open(arrivals: Arrivals): void {
    this.arrivals = arrivals;
  }

  /** Arrival `i` joins machine m. */
  place(i: number, m: number): void {
    const { live } = this;
    const id = live.add(this.arrivals, i);
    this.load[m]!++;
    if (this.startup > 0) {
      if (this.warm.take(m, live.extra[(id >> 2) + FUNCTION]!, live.now[0]!)) this.reused++;
      else {
        this.cold++;
        live.startUp(id, this.startup);
        this.starting.add(m, id);
      }
    }
    this.admit(m, id);
    this.look(m);
  }

  /** Performs the earliest event; returns its machine. */
  complete(): number {
    const { live, machines, tree } = this;
    const m = tree.winner();
    live.now[0] = tree.time[m]!;
    this.perform(m, Math.floor(tree.sequence[m]! / machines));
    this.look(m);
    return m;
  }

  /** Tells the observer of everything that has not ended at `now`, in no particular order. */
  stop(now: number): void {
    const { cores, live, running, starting, swapped, waiting } = this;
    live.now[0] = now;
    for (let m = 0; m < this.machines; m++) {
      for (let p = m * cores; p < m * cores + running.count[m]!; p++) {
        live.suspend(running.ids[p]!);
        this.tellUnfinished(m, running.ids[p]!);
      }
      for (let id = lastOf(waiting, m); id >= 0; id = waiting.before(m, id)) {
        live.waited(id);
        this.tellUnfinished(m, id);
      }
      for (let id = starting.first(m); id >= 0; id = starting.after(id)) {
        if (live.links[(id >> 2) + PLACE] === IN_SWAP) live.waitedInSwap(id);
        else live.waited(id);
        this.tellUnfinished(m, id);
      }
      for (const id of swapped.list(m)) {
        live.waitedInSwap(id);
        this.tellUnfinished(m, id);
      }
    }
  }

  /** How often the times were spent so far. */
  report(): MachineTimesReport {
    return { context_switches: this.settlement.switches, cold_starts: this.cold, warm_starts: this.reused };
  }

  /** An invocation is placed on machine m. */
  protected admit(m: number, id: number): void {
    if (this.observes) {
      this.tell(id);
      this.observer.onPlaced(m);
    }
    this.settlement.settle(m, id, false);
  }

  /** Performs machine m's next event, which is of this kind. */
  protected perform(m: number, kind: number): void {
    if (kind === COMPLETION) this.finish(m);
    else if (kind === PRESSURE) this.settlement.settle(m, -1, true);
    else this.option(m);
  }

  /** The run is over and it has not ended; its progress and waits are up to now. */
  protected tellUnfinished(m: number, id: number): void {
    this.live.tellUnfinished(id, this.facts);
    this.observer.onUnfinished(m, this.live.data[id + PREEMPTIONS]!);
  }

  /** Performs machine m's next completion. */
  private finish(m: number): void {
    const { live } = this;
    const id = this.running.popNext(m);
    if (live.switching(id)) this.begin(m, id);
    this.load[m]!--;
    live.remove(id);
    if (this.startup > 0) this.warm.keep(m, live.extra[(id >> 2) + FUNCTION]!, live.now[0]!);
    if (this.observes) {
      live.tellFinished(id, this.facts);
      this.observer.onFinished(m, live.data[id + PREEMPTIONS]!);
    }
    this.settlement.settle(m, -1, false);
  }

  /** A core of machine m has been switched, or a sandbox has started: of both at one instant the lower sequence. */
  private option(m: number): void {
    const { live, starting } = this;
    const { data, extra } = live;
    const switched = this.nextSwitched(m);
    const ready = starting.nextReady(m) === live.now[0]! ? starting.first(m) : -1;
    const first = ready < 0 || (switched >= 0 && data[switched + SEQUENCE]! < data[ready + SEQUENCE]!);
    if (switched >= 0 && extra[(switched >> 2) + SWITCHED] === live.now[0]! && first) {
      this.begin(m, switched);
    } else this.startedUp(m, ready);
  }

  /** The core that an invocation has got has been switched: it makes progress from now on. */
  private begin(m: number, id: number): void {
    this.live.switched(id);
    this.live.started(id);
    if (!this.observes) return;
    this.tell(id);
    this.observer.onStarted(m);
  }

  /** The sandbox of the first that starts on machine m has started: it may run. */
  protected startedUp(m: number, id: number): void {
    const { live, starting, swapped } = this;
    starting.remove(m, id);
    live.startedUp(id);
    if (live.links[(id >> 2) + PLACE] === IN_SWAP) {
      swapped.memory.subtract(m, id);
      swapped.insert(m, id);
      this.settlement.settle(m, -1, false);
    } else {
      starting.resident.remove(m, id);
      live.waited(id);
      this.settlement.settle(m, id, false);
    }
  }

  /** Of the invocations to which cores of machine m are being switched the next, of equal ones the lower sequence; -1: none. */
  private nextSwitched(m: number): number {
    const { cores, live, running } = this;
    const { data, extra } = live;
    let next = -1;
    for (let p = m * cores; p < m * cores + running.count[m]!; p++) {
      const id = running.ids[p]!;
      const time = extra[(id >> 2) + SWITCHED]!;
      if (Number.isNaN(time)) continue;
      const best = next < 0 ? Number.POSITIVE_INFINITY : extra[(next >> 2) + SWITCHED]!;
      if (time < best || (time === best && data[id + SEQUENCE]! < data[next + SEQUENCE]!)) next = id;
    }
    return next;
  }

  protected tell(id: number): void {
    this.facts[INVOCATION] = this.live.data[id + SEQUENCE]!;
    this.facts[TIME] = this.live.now[0]!;
  }

  /** Looks at everything on machine m, and finds its next event. */
  protected look(m: number): void {
    this.measure(m);
    this.foresee(m, this.ram - this.state[m * STATE + RESIDENT]!);
  }

  /** Puts the machine's state together anew from what runs, waits and starts there. */
  protected measure(m: number): void {
    const { cores, live, running, starting, state, waiting } = this;
    const { data } = live;
    const now = live.now[0]!;
    const first = m * cores;
    const at = m * STATE;
    let resident = waiting.memory.total[m]! + waiting.memory.error[m]!;
    resident += starting.resident.memory.total[m]! + starting.resident.memory.error[m]!;
    let growing = 0;
    for (let p = first; p < first + running.count[m]!; p++) {
      const id = running.ids[p]!;
      const growth = data[id + GROWTH]!;
      resident += data[id + MEMORY]! + growth * (now - data[id + SINCE]!);
      growing += growth;
    }
    state[at + LOOKED] = now;
    state[at + RESIDENT] = resident;
    state[at + GROWING] = growing;
  }

  /**
   * Finds the next event of machine m, which has been measured: pressure strikes when `room` MiB more are resident.
   * `transfer`: when one between RAM and swap is done. What grows stalls when it has grown by `spare` MiB.
   */
  protected foresee(
    m: number,
    room: number,
    transfer = Number.POSITIVE_INFINITY,
    spare = Number.POSITIVE_INFINITY,
  ): void {
    const { live, machines, running, starting, state, tree } = this;
    const now = live.now[0]!;
    const growing = state[m * STATE + GROWING]!;
    let next = running.nextEnd(m);
    let kind = COMPLETION;
    if (growing > 0 && growing * (next - now) > room) {
      // At one instant the completion goes first, without a tolerance: see MemoryMachines.
      const pressure = Math.max(now, now + room / growing);
      if (pressure < next) {
        next = pressure;
        kind = PRESSURE;
      }
    }
    if (transfer < next) {
      next = transfer;
      kind = TRANSFER;
    }
    const switched = this.nextSwitched(m);
    const option = Math.min(
      switched < 0 ? Number.POSITIVE_INFINITY : live.extra[(switched >> 2) + SWITCHED]!,
      starting.nextReady(m),
    );
    if (option < next) {
      next = option;
      kind = OPTION;
    }
    if (growing > 0 && growing * (next - now) > spare) {
      const stall = Math.max(now, now + spare / growing);
      if (stall < next) {
        next = stall;
        kind = STALL;
      }
    }
    const rank = kind * machines + m;
    if (next === tree.time[m] && rank === tree.sequence[m]) return;
    tree.time[m] = next;
    tree.sequence[m] = rank;
    tree.update(m);
  }
}
