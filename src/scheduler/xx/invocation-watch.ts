import * as Fact from "../../cluster/observer.js";
import {
  ATTEMPT,
  AWAY,
  type InvocationTable,
  LOST,
  LOST_SQUARED,
  PLACED,
  PREEMPTIONS,
  PROGRESS,
  READY,
  START,
  STATE,
  SWAP_INS,
  SWAP_OUTS,
  SWAPPED,
} from "./invocation-table.js";

/** What the control plane does when it hears of an invocation. Machines must not be told anything meanwhile. */
export interface Listener {
  /** It got a core; `first`: it never had one. */
  started(slot: number, first: boolean): void;
  /** It is on its core no more. Told of those without one, too. */
  stopped(slot: number): void;
  /** It was on this machine and has left it: ended, or with `again` to be placed anew. */
  left(slot: number, machine: number, again: boolean): void;
}

/**
 * Stands between the machines and an observer: tells the control plane what happens to its invocations, and makes of an
 * invocation's attempts one life.
 */
export class InvocationWatch extends Fact.Observer {
  override readonly facts: Float64Array;
  override readonly wantsProgress: boolean;
  private readonly observer: Fact.Observer;
  private readonly table: InvocationTable;
  private readonly retries: number;
  private readonly listener: Listener;

  /** `retries`: times that an invocation is placed anew after it was killed. */
  constructor(observer: Fact.Observer, table: InvocationTable, retries: number, listener: Listener) {
    super();
    this.facts = observer.facts;
    this.wantsProgress = observer.wantsProgress;
    this.observer = observer;
    this.table = table;
    this.retries = retries;
    this.listener = listener;
  }

  override onPlaced(machine: number): void {
    this.place();
    this.observer.onPlaced(machine);
  }

  override onStarted(machine: number): void {
    this.start();
    this.observer.onStarted(machine);
  }

  override onPlacedAndStarted(machine: number): void {
    this.place();
    this.start();
    this.observer.onPlacedAndStarted(machine);
  }

  override onPreempted(machine: number): void {
    this.listener.stopped(this.slot());
    this.observer.onPreempted(machine);
  }

  override onSwappedOut(machine: number): void {
    this.observer.onSwappedOut(machine);
  }

  override onSwappedIn(machine: number): void {
    this.observer.onSwappedIn(machine);
  }

  override onFinished(machine: number, preemptions: number): void {
    const slot = this.slot();
    this.listener.stopped(slot);
    this.observer.onFinished(machine, preemptions + this.addEarlier(slot));
    this.listener.left(slot, machine, false);
  }

  override onKilled(machine: number, preemptions: number, ran: boolean): void {
    const slot = this.slot();
    this.listener.stopped(slot);
    const { ints } = this.table;
    const again = ints[this.table.intsAt(slot) + ATTEMPT]! < this.retries;
    if (again) {
      this.keep(slot, preemptions);
      ints[this.table.intsAt(slot) + ATTEMPT]!++;
      this.observer.onRetried(machine, ran);
    } else {
      this.addEarlierCpu(slot);
      this.observer.onKilled(machine, preemptions + this.addEarlier(slot), ran);
    }
    this.listener.left(slot, machine, again);
  }

  override onUnfinished(machine: number, preemptions: number): void {
    const slot = this.slot();
    this.addEarlierCpu(slot);
    this.observer.onUnfinished(machine, preemptions + this.addEarlier(slot));
  }

  /** Tells of one that is on no machine when the run ends, having arrived. */
  unplaced(slot: number): void {
    this.facts.fill(0, Fact.PROGRESS);
    this.facts[Fact.START] = Number.NaN;
    this.addEarlierCpu(slot);
    this.observer.onUnfinished(-1, this.addEarlier(slot));
  }

  private slot(): number {
    return this.table.slotOf(this.facts[Fact.INVOCATION]!);
  }

  /** It is on a machine, and was on none since it was last ready to be. */
  private place(): void {
    const slot = this.slot();
    const { data, ints } = this.table;
    const at = this.table.at(slot);
    data[at + AWAY]! += this.facts[Fact.TIME]! - data[at + READY]!;
    ints[this.table.intsAt(slot) + STATE] = PLACED;
  }

  private start(): void {
    const slot = this.slot();
    const { data } = this.table;
    const at = this.table.at(slot) + START;
    const first = Number.isNaN(data[at]!);
    if (first) data[at] = this.facts[Fact.TIME]!;
    this.listener.started(slot, first);
  }

  /** Keeps what came of an attempt that was killed. */
  private keep(slot: number, preemptions: number): void {
    const { facts } = this;
    const { data } = this.table;
    const at = this.table.at(slot);
    const cpu = facts[Fact.CPU]!;
    data[at + LOST]! += cpu;
    data[at + LOST_SQUARED]! += cpu * cpu;
    data[at + PROGRESS]! += facts[Fact.PROGRESS]!;
    data[at + SWAPPED]! += facts[Fact.SWAPPED]!;
    data[at + SWAP_OUTS]! += facts[Fact.SWAP_OUTS]!;
    data[at + SWAP_INS]! += facts[Fact.SWAP_INS]!;
    data[at + PREEMPTIONS]! += preemptions;
  }

  private addEarlierCpu(slot: number): void {
    this.facts[Fact.CPU]! += this.table.data[this.table.at(slot) + LOST]!;
  }

  /** Adds what earlier attempts came to; returns their preemptions. */
  private addEarlier(slot: number): number {
    const { facts } = this;
    const { data } = this.table;
    const at = this.table.at(slot);
    facts[Fact.START] = data[at + START]!;
    facts[Fact.PROGRESS]! += data[at + PROGRESS]!;
    facts[Fact.SWAPPED]! += data[at + SWAPPED]!;
    facts[Fact.SWAP_OUTS]! += data[at + SWAP_OUTS]!;
    facts[Fact.SWAP_INS]! += data[at + SWAP_INS]!;
    facts[Fact.AWAY] = data[at + AWAY]!;
    facts[Fact.LOST] = data[at + LOST]!;
    facts[Fact.LOST_SQUARED] = data[at + LOST_SQUARED]!;
    return data[at + PREEMPTIONS]!;
  }
}
