import * as Fact from "../cluster/observer.js";
import { capture } from "../engine/capture.js";
import { type Makers, restore } from "../engine/restore.js";
import type { Batch, TableWriter } from "../table/index.js";
import type { MachineSampler } from "./machine-sampler.js";
import { FINISHED, KILLED, REJECTED, UNFINISHED } from "./row-block.js";
import type { Late } from "./row-sink.js";
import { IN, KILL, OUT, type SwapTable } from "./swap-table.js";
import type { Saved, Tables } from "./tables.js";

/** What every recorder fills but the rows. */
export interface MachineTables {
  /** All tables that this thread writes. */
  readonly tables: Tables;
  readonly machines: MachineSampler;
  readonly swaps: SwapTable;
  readonly occupancy: TableWriter;
}

/** Index of the CPU seconds it needs in what `ending` tells, beside MachineSampler.change's. */
export const NEEDS = 3;

/**
 * Counts what happens in a run and fills the tables about machines. Where what arrived with an invocation is kept, and where
 * it goes when it ends, is a subclass's.
 */
export abstract class RunRecorder extends Fact.Observer {
  finishedCount = 0;
  killedCount = 0;
  rejectedCount = 0;
  /** Unfinished ones, and of them those that have not arrived. */
  unfinishedCount = 0;
  absentCount = 0;
  preemptionCount = 0;
  /** CPU seconds delivered; time of the last completion, NaN before the first. */
  private readonly totals = Float64Array.of(0, Number.NaN);
  protected readonly told: boolean;
  private readonly sampler: MachineSampler;
  private readonly swaps: SwapTable;
  private readonly occupancy: TableWriter;
  private readonly tables: Tables;

  constructor({ tables, machines, swaps, occupancy }: MachineTables, told: boolean) {
    super();
    this.tables = tables;
    this.sampler = machines;
    this.swaps = swaps;
    this.occupancy = occupancy;
    this.told = told;
  }

  /** CPU seconds delivered so far. */
  get cpu(): number {
    return this.totals[0]!;
  }

  /** Time of the last completion; NaN before the first. */
  get lastFinish(): number {
    return this.totals[1]!;
  }

  /** Moves to swap and back so far, and MiB moved. */
  get swapping(): { swap_outs: number; swap_ins: number; swap_out_mib: number; swap_in_mib: number } {
    const { counts } = this.swaps;
    const { outMib = 0, inMib = 0 } = this.sampler.swap ?? {};
    return { swap_outs: counts[OUT]!, swap_ins: counts[IN]!, swap_out_mib: outMib, swap_in_mib: inMib };
  }

  /** Takes the batch of the workload that the next arrivals come from; waits while too much is on its way to disk. */
  abstract open(first: number, batch: Batch, rows: number): Promise<void>;

  /** Lets writes get on, and waits while too much is on its way to disk. */
  async settle(): Promise<void> {
    await this.swaps.settle();
  }

  /** Its state between two batches, when all is written that was to be, for another to go on from. */
  async save(): Promise<Saved> {
    await this.swaps.settle(0);
    const tables = await this.tables.save();
    return { tables, state: capture(this, this.apart()) };
  }

  /** Goes on from a state that was saved; the tables do already. */
  restore({ state }: Saved): void {
    restore(this, state, this.apart(), this.makers());
  }

  /** What is no part of its own state. */
  protected apart(): readonly object[] {
    return this.tables.apart;
  }

  /** What it makes as it goes, for `restore`. */
  protected abstract makers(): Makers;

  /** Writes what is left, the run having ended at `end`, and closes the tables; `late` is metadata for all of them. */
  async close(end: number, late: Late = {}): Promise<void> {
    this.occupancy.annotate(late);
    await this.sampler.close(end, this.occupancy, late);
    await this.swaps.close(late);
  }

  /** Of the invocation of the facts: MiB that it holds, when it is placed for the first time or again, and its growth. */
  protected abstract placing(change: Float64Array): void;
  /** Its growth, later. */
  protected abstract growing(change: Float64Array): void;
  /** Its MiB at its end, its growth and NEEDS; `end` follows. */
  protected abstract ending(change: Float64Array): void;
  /** The invocation of the facts has ended. `outcome` as in OUTCOMES. */
  protected abstract end(outcome: number, machine: number, preempted: number): void;
  /** The invocation of the facts has passed: machines do not count what lasted no time. */
  protected abstract pass(machine: number): void;
  /** Its price class. */
  protected abstract priceClass(): number;

  override onRejected(): void {
    this.ending(this.sampler.change);
    this.rejectedCount++;
    this.totals[1] = this.facts[Fact.TIME]!;
    this.endUnfinished(REJECTED, -1, 0);
  }

  override onPlaced(machine: number): void {
    const { facts, sampler } = this;
    this.placing(sampler.change);
    sampler.change[0] = facts[Fact.TIME]!;
    sampler.placed(machine);
  }

  override onPlacedAndStarted(machine: number): void {
    const { facts, sampler } = this;
    this.placing(sampler.change);
    sampler.change[0] = facts[Fact.TIME]!;
    sampler.placedAndStarted(machine);
  }

  override onStarted(machine: number): void {
    const { facts, sampler } = this;
    this.growing(sampler.change);
    sampler.change[0] = facts[Fact.TIME]!;
    sampler.started(machine);
  }

  override onPreempted(machine: number): void {
    const { facts, sampler } = this;
    this.growing(sampler.change);
    sampler.change[0] = facts[Fact.TIME]!;
    sampler.preempted(machine);
  }

  override onFinished(machine: number, preempted: number): void {
    const { facts, sampler, totals } = this;
    this.ending(sampler.change);
    const time = facts[Fact.TIME]!;
    sampler.change[0] = time;
    sampler.finished(machine);
    this.finishedCount++;
    this.preemptionCount += preempted;
    totals[0]! += sampler.change[NEEDS]!;
    if (this.told) totals[0]! += facts[Fact.LOST]!;
    totals[1] = time;
    this.end(FINISHED, machine, preempted);
  }

  override onPassed(machine: number): void {
    this.finishedCount++;
    this.totals[1] = this.facts[Fact.TIME]!;
    this.pass(machine);
  }

  override onSwappedOut(machine: number): void {
    const { facts, sampler } = this;
    sampler.change[0] = facts[Fact.TIME]!;
    sampler.change[1] = facts[Fact.MIB]!;
    sampler.swappedOut(machine);
    this.addSwap(OUT, machine);
  }

  override onSwappedIn(machine: number): void {
    const { facts, sampler } = this;
    sampler.change[0] = facts[Fact.TIME]!;
    sampler.change[1] = facts[Fact.MIB]!;
    sampler.swappedIn(machine);
    this.addSwap(IN, machine);
  }

  override onKilled(machine: number, preempted: number, ran: boolean): void {
    this.onRetried(machine, ran);
    this.ending(this.sampler.change);
    this.killedCount++;
    this.totals[1] = this.facts[Fact.TIME]!;
    this.endUnfinished(KILLED, machine, preempted);
  }

  override onRetried(machine: number, ran: boolean): void {
    const { facts, sampler } = this;
    this.addSwap(KILL, machine);
    this.growing(sampler.change);
    sampler.change[0] = facts[Fact.TIME]!;
    sampler.change[1] = facts[Fact.MIB]!;
    sampler.killed(machine, ran);
  }

  override onUnfinished(machine: number, preempted: number): void {
    this.ending(this.sampler.change);
    this.unfinishedCount++;
    this.endUnfinished(UNFINISHED, machine, preempted);
  }

  /** An invocation that arrives after the run's end, or never: one recorded before it arrives at infinity. */
  override absent(invocation: number, end: number): void {
    this.facts.fill(0).set([invocation, end, Number.NaN]);
    this.absentCount++;
    this.onUnfinished(-1, 0);
  }

  private endUnfinished(outcome: number, machine: number, preempted: number): void {
    this.preemptionCount += preempted;
    this.totals[0]! += this.facts[Fact.CPU]!;
    this.end(outcome, machine, preempted);
  }

  /** A row of swaps.arrow about the invocation of the facts. */
  private addSwap(kind: number, machine: number): void {
    const { facts } = this;
    const priceClass = this.priceClass();
    this.swaps.add(kind, facts[Fact.INVOCATION]!, priceClass, machine, facts[Fact.TIME]!, facts[Fact.MIB]!);
  }
}
