import { setImmediate } from "node:timers/promises";
import * as Fact from "../cluster/observer.js";
import { BATCH_ROWS, type Batch, type TableWriter } from "../table/index.js";
import type { MachineSampler } from "./machine-sampler.js";
import type { RecorderOptions } from "./recorder-options.js";
import {
  FIELDS,
  FINISH,
  GROWTH,
  HELD,
  INTS,
  MACHINE,
  NEEDED,
  PEAK,
  PREEMPTIONS,
  PROGRESS,
  RowBlock,
  STARTED,
  SWAP_INS,
  SWAP_OUTS,
  SWAPPED,
} from "./row-block.js";
import { KILLED, REJECTED, UNFINISHED } from "./row-output.js";
import type { Late, RowSink } from "./row-sink.js";
import { Stragglers } from "./stragglers.js";
import { IN, KILL, OUT, type SwapTable } from "./swap-table.js";
import { ToldArrivals } from "./told-arrivals.js";

/** Batches that may be on their way to disk before the next arrivals wait for them. */
const WRITES_AHEAD = 6;
/** Arrival blocks kept whole in order of finish; what is still open in older ones is kept row by row. */
const BLOCKS_KEPT = 64;

/** Rows that a sink takes at a time which needs no more: 90 bytes each. */
const TAKEN_ROWS = 1024;

/** MACHINE of a row of arrivals whose results are in another block. */
const ENDED = -1;

/** Fills a scheduler's tables from what happens. */
export class Recorder extends Fact.Observer {
  override readonly wantsProgress = true;
  finishedCount = 0;
  killedCount = 0;
  rejectedCount = 0;
  /** Unfinished ones, and of them those that have not arrived. */
  unfinishedCount = 0;
  absentCount = 0;
  preemptionCount = 0;
  /** CPU seconds delivered; time of the last completion, NaN before the first. */
  private readonly totals = Float64Array.of(0, Number.NaN);
  private readonly ordered: boolean;
  private readonly allFinish: boolean;
  private readonly rows: RowSink;
  private readonly sampler: MachineSampler;
  private readonly swaps: SwapTable;
  private readonly occupancy: TableWriter;
  private readonly managed: boolean;
  private readonly blocksKept: number;
  private readonly blocks: (RowBlock | null)[] = [];
  /** Sequence number of the first row of the first block. */
  private firstOpen = 0;
  private readonly stragglers = new Stragglers();
  /** The block being filled, in order of finish. */
  private target: RowBlock | null = null;
  private readonly spareBlocks: RowBlock[] = [];
  private readonly spareTargets: RowBlock[] = [];
  /** Rows of a target: as many as a table's batch has, or so few that they stay in the cache until the sink takes them. */
  private readonly targetRows: number;
  private readonly writes: Promise<void>[] = [];
  /** Null where arrivals are not told. */
  private readonly told: ToldArrivals | null;

  constructor(options: RecorderOptions) {
    super();
    this.ordered = options.ordered;
    this.allFinish = options.allFinish;
    this.rows = options.rows;
    this.targetRows = options.rows.take === undefined ? BATCH_ROWS : TAKEN_ROWS;
    this.sampler = options.machines;
    this.swaps = options.swaps;
    this.occupancy = options.occupancy;
    this.managed = options.managed;
    this.told = options.told ? new ToldArrivals(options.rows) : null;
    this.blocksKept = options.blocksKept ?? BLOCKS_KEPT;
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
  async open(first: number, batch: Batch, rows: number): Promise<void> {
    if (this.ordered) await this.writeComplete(Number.POSITIVE_INFINITY);
    else this.thin();
    await this.settle();
    const block = this.spareBlocks.pop() ?? new RowBlock(true);
    block.fill(first, batch, rows);
    this.blocks.push(block);
    if (this.told === null) this.rows.expect(batch, rows);
  }

  /** Lets writes get on, and waits until fewer than WRITES_AHEAD batches are on their way to disk. */
  async settle(): Promise<void> {
    await setImmediate();
    await this.swaps.settle();
    await this.rows.settle?.();
    while (this.writes.length >= WRITES_AHEAD) await this.writes.shift();
  }

  /** Writes what is left, the run having ended at `end`, and closes the tables; `late` is metadata for all of them. */
  async close(end: number, late: Late = {}): Promise<void> {
    if (this.ordered) await this.writeComplete(end);
    else if (this.target !== null) this.write(this.target, end);
    await Promise.all(this.writes);
    await this.rows.close(late);
    this.occupancy.annotate(late);
    await this.sampler.close(end, this.occupancy, late);
    await this.swaps.close(late);
  }

  override onArrived(priceClass: number): void {
    const { facts } = this;
    const invocation = facts[Fact.INVOCATION]!;
    const time = facts[Fact.TIME]!;
    if (invocation < this.firstOpen) this.stragglers.arrive(invocation, time, priceClass);
    else {
      const block = this.blocks[this.blockIndex()]!;
      block.arrival[this.rowIndex()] = time;
      block.priceClass[this.rowIndex()] = priceClass;
    }
    this.told!.add(time, priceClass);
  }

  override onRejected(): void {
    const block = this.rowOf();
    this.rejectedCount++;
    block.record[this.row * FIELDS + FINISH] = this.facts[Fact.TIME]!;
    this.totals[1] = this.facts[Fact.TIME]!;
    this.endUnfinished(block, this.row, REJECTED, -1, 0);
  }

  override onPlaced(machine: number): void {
    const { facts, sampler } = this;
    sampler.change[0] = facts[Fact.TIME]!;
    sampler.change[1] = this.blocks[this.blockIndex()]!.record[this.rowIndex() * FIELDS + HELD]!;
    sampler.placed(machine);
  }

  override onPlacedAndStarted(machine: number): void {
    const { facts, sampler } = this;
    const { record } = this.blocks[this.blockIndex()]!;
    const at = this.rowIndex() * FIELDS;
    sampler.change[0] = facts[Fact.TIME]!;
    sampler.change[1] = record[at + HELD]!;
    sampler.change[2] = record[at + GROWTH]!;
    sampler.placedAndStarted(machine);
  }

  override onStarted(machine: number): void {
    const { facts, sampler } = this;
    sampler.change[0] = facts[Fact.TIME]!;
    sampler.change[2] = this.growth();
    sampler.started(machine);
  }

  override onPreempted(machine: number): void {
    const { facts, sampler } = this;
    sampler.change[0] = facts[Fact.TIME]!;
    sampler.change[2] = this.growth();
    sampler.preempted(machine);
  }

  override onFinished(machine: number, preempted: number): void {
    const { facts, sampler } = this;
    const block = this.rowOf();
    const { record } = block;
    const { row } = this;
    const at = row * FIELDS;
    const time = facts[Fact.TIME]!;
    sampler.change[0] = time;
    sampler.change[1] = record[at + PEAK]!;
    sampler.change[2] = record[at + GROWTH]!;
    sampler.finished(machine);
    this.finishedCount++;
    this.preemptionCount += preempted;
    this.totals[0]! += record[at + NEEDED]!;
    if (this.told !== null) this.totals[0]! += facts[Fact.LOST]!;
    this.totals[1] = time;
    record[at + FINISH] = time;
    this.end(block, row, machine, preempted);
    if (!this.ordered && block.rows === this.targetRows) this.turn(Number.POSITIVE_INFINITY);
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
    const block = this.rowOf();
    this.killedCount++;
    block.record[this.row * FIELDS + FINISH] = this.facts[Fact.TIME]!;
    this.totals[1] = this.facts[Fact.TIME]!;
    this.endUnfinished(block, this.row, KILLED, machine, preempted);
  }

  override onRetried(machine: number, ran: boolean): void {
    const { facts, sampler } = this;
    this.addSwap(KILL, machine);
    sampler.change[0] = facts[Fact.TIME]!;
    sampler.change[1] = facts[Fact.MIB]!;
    sampler.change[2] = this.growth();
    sampler.killed(machine, ran);
  }

  override onUnfinished(machine: number, preempted: number): void {
    const block = this.rowOf();
    this.unfinishedCount++;
    block.record[this.row * FIELDS + FINISH] = Number.NaN;
    this.endUnfinished(block, this.row, UNFINISHED, machine, preempted);
  }

  private endUnfinished(block: RowBlock, row: number, outcome: number, machine: number, preempted: number): void {
    const cpu = this.facts[Fact.CPU]!;
    this.preemptionCount += preempted;
    this.totals[0]! += cpu;
    block.outcome[row] = outcome;
    block.makeCpu()[row] = cpu;
    this.end(block, row, machine, preempted);
    if (!this.ordered && block.rows === this.targetRows) this.turn(this.facts[Fact.TIME]!);
  }

  /** A row of swaps.arrow about the invocation of the facts. */
  private addSwap(kind: number, machine: number): void {
    const { facts } = this;
    const invocation = facts[Fact.INVOCATION]!;
    const late = invocation < this.firstOpen;
    const priceClass = late
      ? this.stragglers.priceClass(invocation)
      : this.blocks[this.blockIndex()]!.priceClass[this.rowIndex()]!;
    this.swaps.add(kind, invocation, priceClass, machine, facts[Fact.TIME]!, facts[Fact.MIB]!);
  }

  private end(block: RowBlock, row: number, machine: number, preempted: number): void {
    const { facts } = this;
    const { record, ints } = block;
    record[row * FIELDS + STARTED] = facts[Fact.START]!;
    record[row * FIELDS + PROGRESS] = facts[Fact.PROGRESS]!;
    ints[row * INTS + MACHINE] = machine;
    ints[row * INTS + PREEMPTIONS] = preempted;
    if (this.told !== null) block.detour(row, facts[Fact.AWAY]!, facts[Fact.LOST]!, facts[Fact.LOST_SQUARED]!);
    if (!this.managed) return;
    record[row * FIELDS + SWAPPED] = facts[Fact.SWAPPED]!;
    ints[row * INTS + SWAP_OUTS] = facts[Fact.SWAP_OUTS]!;
    ints[row * INTS + SWAP_INS] = facts[Fact.SWAP_INS]!;
  }

  /** An invocation that arrives after the run's end, or never: one recorded before it arrives at infinity. */
  override absent(invocation: number, end: number): void {
    const { facts } = this;
    facts.fill(0).set([invocation, end, Number.NaN]);
    if (this.told !== null) this.neverArrives(end);
    this.absentCount++;
    this.onUnfinished(-1, 0);
  }

  private neverArrives(end: number): void {
    const invocation = this.facts[Fact.INVOCATION]!;
    if (invocation < this.firstOpen) this.stragglers.arrive(invocation, Number.POSITIVE_INFINITY, -1);
    else {
      const { arrival } = this.blocks[this.blockIndex()]!;
      if (arrival[this.rowIndex()]! <= end) arrival[this.rowIndex()] = Number.POSITIVE_INFINITY;
    }
  }

  /** Where the invocation of the facts is: among the blocks, and in its block. */
  private blockIndex(): number {
    return ((this.facts[Fact.INVOCATION]! - this.firstOpen) / BATCH_ROWS) | 0;
  }

  private rowIndex(): number {
    return (this.facts[Fact.INVOCATION]! | 0) & (BATCH_ROWS - 1);
  }

  /** Growth of the invocation of the facts. */
  private growth(): number {
    const invocation = this.facts[Fact.INVOCATION]!;
    if (invocation < this.firstOpen) return this.stragglers.growth(invocation);
    return this.blocks[this.blockIndex()]!.record[this.rowIndex() * FIELDS + GROWTH]!;
  }

  private row = 0;

  /** The block that the results of the invocation of the facts go into; the row in it is then `this.row`. */
  private rowOf(): RowBlock {
    const invocation = this.facts[Fact.INVOCATION]!;
    const block = invocation < this.firstOpen ? undefined : this.blocks[this.blockIndex()];
    const row = this.rowIndex();
    if (block) {
      block.openCount--;
      if (this.ordered) {
        this.row = row;
        return block;
      }
      block.ints[row * INTS + MACHINE] = ENDED;
    }
    this.target ??= this.spareTargets.pop() ?? new RowBlock(false);
    const { target } = this;
    this.row = target.rows++;
    target.sequence![this.row] = invocation;
    if (block) target.copy(this.row, block, row);
    else this.stragglers.take(invocation, target, this.row);
    return target;
  }

  /** Writes the blocks that are complete: all of them where places are known, else those at the front. */
  private async writeComplete(end: number): Promise<void> {
    const { blocks } = this;
    for (let i = 0; i < blocks.length; i++) {
      const block = blocks[i]!;
      if (block !== null && block.openCount === 0) {
        this.write(block, end);
        blocks[i] = null;
        await this.settle();
      } else if (!this.allFinish) break;
    }
    while (blocks.length > 0 && blocks[0] === null) {
      blocks.shift();
      this.firstOpen += BATCH_ROWS;
    }
  }

  /** In order of finish: the full target is written and a new one begun. */
  private turn(end: number): void {
    this.write(this.target!, end);
    this.target = null;
  }

  /** In order of finish: arrivals that have all ended are forgotten; of old blocks only what is open is kept. */
  private thin(): void {
    while (this.blocks.length > 0) {
      const block = this.blocks[0]!;
      if (block.openCount > 0 && this.blocks.length < this.blocksKept) return;
      if (block.openCount > 0) this.stragglers.keep(block);
      this.blocks.shift();
      this.firstOpen += BATCH_ROWS;
      if (this.spareBlocks.length < 2) this.spareBlocks.push(block);
    }
  }

  private write(block: RowBlock, end: number): void {
    this.told?.pass();
    if (this.rows.take !== undefined) {
      this.rows.take(block, end);
      block.reset();
      this.spareTargets.push(block);
      return;
    }
    const written = this.rows.write(block, end).then(() => {
      const spare = this.ordered ? this.spareBlocks : this.spareTargets;
      if (!this.ordered) block.reset();
      if (spare.length < WRITES_AHEAD) spare.push(block);
    });
    written.catch(() => {});
    this.writes.push(written);
  }
}
