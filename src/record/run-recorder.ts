import * as Fact from "../cluster/observer.js";
import { capture } from "../engine/capture.js";
import { type Makers, restore } from "../engine/restore.js";
import type { Batch, TableWriter } from "../table/index.js";
import type { MachineSampler } from "./machine-sampler.js";
import {
  type ArrivedColumns,
  type InvocationRecords,
  NEEDS,
  OpenInvocations,
  PlacedInvocations,
} from "./open-invocations.js";
import { FINISHED, KILLED, REJECTED, UNFINISHED } from "./row-block.js";
import type { Late } from "./row-sink.js";
import { IN, KILL, OUT, type SwapTable } from "./swap-table.js";
import type { Saved, Tables } from "./tables.js";

/** What every recorder fills but the rows, and how it is told. */
export interface RunRecorderOptions {
  /** All tables that this thread writes. */
  readonly tables: Tables;
  readonly machines: MachineSampler;
  readonly swaps: SwapTable;
  readonly occupancy: TableWriter;
  /** Every arrival is told; see Observer. */
  readonly told: boolean;
  /** Slots are told; see Observer. */
  readonly slots: boolean;
}

/**
 * Counts what happens in a run and fills the tables about machines. It remembers what arrived with the invocations that
 * are open; where they go when they end is a subclass's.
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
  /** Records of what has been seen and is open: of the batch, what has been placed, or all where arrivals are told. */
  protected readonly known: InvocationRecords;
  /** Of the invocation of the facts, between `ending` and `end`. */
  protected record = 0;
  /** Which fact names an invocation. */
  protected readonly name: typeof Fact.SLOT | typeof Fact.INVOCATION;
  /** The batch that arrivals come from, the sequence number of its first row, and of the first that has not been seen. */
  protected batch: ArrivedColumns | null = null;
  protected first = 0;
  protected unseen = 0;
  /** End of the run, where an arrival has been told that comes after it; else infinite. */
  protected stopped = Number.POSITIVE_INFINITY;
  private readonly sampler: MachineSampler;
  private readonly swaps: SwapTable;
  private readonly occupancy: TableWriter;
  private readonly tables: Tables;

  constructor({ tables, machines, swaps, occupancy, told, slots }: RunRecorderOptions) {
    super();
    this.known = slots ? new PlacedInvocations() : new OpenInvocations();
    this.name = slots ? Fact.SLOT : Fact.INVOCATION;
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

  /**
   * Takes the batch of the workload that the next arrivals come from; waits while too much is on its way to disk. `kept` has,
   * by row, 1 where the row is kept; null: of all rows, or none.
   */
  async open(first: number, batch: Batch, rows: number, kept: Uint8Array | null = null): Promise<void> {
    await this.settle();
    this.batch = arrivedColumns(batch, kept);
    this.first = first;
    this.unseen = first;
    if (this.told) for (let row = 0; row < rows; row++) this.see(first + row, first + row);
  }

  /** Lets writes get on, and waits while too much is on its way to disk. */
  async settle(): Promise<void> {
    await this.swaps.settle();
  }

  /** Its state between two batches, when all is written that was to be, for another to go on from. */
  async save(): Promise<Saved> {
    this.batch = null;
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

  /** The invocation of the facts, whose record is `record`, has ended. `outcome` as in OUTCOMES. */
  protected abstract end(outcome: number, machine: number, preempted: number): void;
  /** The invocation of the facts has passed: machines do not count what lasted no time. It may have no record. */
  protected abstract pass(machine: number): void;

  override onArrived(priceClass: number): void {
    const { facts, known } = this;
    const record = known.find(facts[this.name]!);
    known.arrives(record, facts[Fact.TIME]!);
    known.changeClass(record, priceClass);
  }

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
    const { known } = this;
    this.stopped = end;
    if (invocation >= this.unseen) this.see(invocation, this.name === Fact.SLOT ? 0 : invocation);
    else if (this.told) {
      const record = known.find(invocation);
      if (known.arrival(record) <= end) known.arrives(record, Number.POSITIVE_INFINITY);
    }
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
    const priceClass = this.known.priceClass(this.known.find(facts[this.name]!));
    this.swaps.add(kind, facts[Fact.INVOCATION]!, priceClass, machine, facts[Fact.TIME]!, facts[Fact.MIB]!);
  }

  /** Makes its record, if it has none. Returns that of the invocation of the facts. */
  protected meet(): number {
    const { facts } = this;
    const invocation = facts[Fact.INVOCATION]!;
    const name = facts[this.name]!;
    return invocation < this.unseen ? this.known.find(name) : this.see(invocation, name);
  }

  /** Makes the record, under a name, of a row of the batch. */
  private see(invocation: number, name: number): number {
    this.unseen = invocation + 1;
    return this.known.add(name, this.batch!, invocation - this.first);
  }

  /** MiB that it holds, when it is placed for the first time or again, and its growth. Inlined, `meet` would be too much. */
  private placing(change: Float64Array): void {
    const { facts, known } = this;
    const invocation = facts[Fact.INVOCATION]!;
    const name = facts[this.name]!;
    const record = invocation < this.unseen ? known.find(name) : this.see(invocation, name);
    known.tellHeld(record, change);
  }

  /** Its growth, later. */
  private growing(change: Float64Array): void {
    const { known } = this;
    known.tellGrowth(known.find(this.facts[this.name]!), change);
  }

  /** Its MiB at its end, its growth and the CPU seconds it needs; `end` follows. */
  private ending(change: Float64Array): void {
    const { known } = this;
    this.record = known.find(this.facts[this.name]!);
    known.tellPeak(this.record, change);
  }
}

/** The same columns in an object of one shape, whatever batch they come from. */
function arrivedColumns(batch: Batch, kept: Uint8Array | null): ArrivedColumns {
  const { arrival_s, runtime_s, price_class, memory_initial_mib, memory_peak_mib } = batch as unknown as ArrivedColumns;
  return { arrival_s, runtime_s, price_class, memory_initial_mib, memory_peak_mib, kept };
}
