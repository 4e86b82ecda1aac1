import { setImmediate } from "node:timers/promises";
import * as Fact from "../cluster/observer.js";
import type { Makers } from "../engine/restore.js";
import { BATCH_ROWS, type Batch } from "../table/index.js";
import type { RecorderOptions } from "./recorder-options.js";
import { FIELDS, FINISHED, GROWTH, HELD, INTS, MACHINE, NEEDED, PEAK, RowBlock } from "./row-block.js";
import type { Late, RowSink } from "./row-sink.js";
import { NEEDS, RunRecorder } from "./run-recorder.js";
import { Stragglers } from "./stragglers.js";
import type { Saved } from "./tables.js";
import { ToldArrivals } from "./told-arrivals.js";

/** Batches that may be on their way to disk before the next arrivals wait for them. */
const WRITES_AHEAD = 6;
/** Arrival blocks kept whole in order of finish; what is still open in older ones is kept row by row. */
const BLOCKS_KEPT = 64;

/** MACHINE of a row of arrivals whose results are in another block. */
const ENDED = -1;

/** Fills a scheduler's tables, with a row for every invocation, from what happens. */
export class Recorder extends RunRecorder {
  override readonly wantsProgress = true;
  private readonly ordered: boolean;
  private readonly allFinish: boolean;
  private readonly rows: RowSink;
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
  private readonly writes: Promise<void>[] = [];
  /** Null where arrivals are not told. */
  private readonly toldArrivals: ToldArrivals | null;
  /** Row of what became of the invocation of the facts, between `ending` and `end`. */
  private row = 0;

  constructor(options: RecorderOptions) {
    super(options, options.told);
    this.ordered = options.ordered;
    this.allFinish = options.allFinish;
    this.rows = options.rows;
    this.managed = options.managed;
    this.toldArrivals = options.told ? new ToldArrivals(options.rows) : null;
    this.blocksKept = options.blocksKept ?? BLOCKS_KEPT;
  }

  override async open(first: number, batch: Batch, rows: number): Promise<void> {
    if (this.ordered) await this.writeComplete(Number.POSITIVE_INFINITY);
    else this.thin();
    await this.settle();
    const block = this.spareBlocks.pop() ?? new RowBlock(true);
    block.fill(first, batch, rows);
    this.blocks.push(block);
    if (this.toldArrivals === null) this.rows.expect(batch, rows);
  }

  override async settle(): Promise<void> {
    await setImmediate();
    await super.settle();
    while (this.writes.length >= WRITES_AHEAD) await this.writes.shift();
  }

  override async save(): Promise<Saved> {
    await Promise.all(this.writes.splice(0));
    this.spareBlocks.length = 0;
    this.spareTargets.length = 0;
    const rows = await this.rows.save();
    return { ...(await super.save()), rows };
  }

  protected override apart(): readonly object[] {
    return [...super.apart(), this.rows];
  }

  protected override makers(): Makers {
    return { RowBlock: () => new RowBlock(false) };
  }

  override async close(end: number, late: Late = {}): Promise<void> {
    if (this.ordered) await this.writeComplete(end);
    else if (this.target !== null) this.write(this.target, end);
    await Promise.all(this.writes);
    await this.rows.close(late);
    await super.close(end, late);
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
    this.toldArrivals!.add(time, priceClass);
  }

  override absent(invocation: number, end: number): void {
    this.facts[Fact.INVOCATION] = invocation;
    if (this.told) this.neverArrives(end);
    super.absent(invocation, end);
  }

  protected override placing(change: Float64Array): void {
    const invocation = this.facts[Fact.INVOCATION]!;
    if (invocation < this.firstOpen) {
      this.stragglers.placing(invocation, change);
      return;
    }
    const { record } = this.blocks[this.blockIndex()]!;
    const at = this.rowIndex() * FIELDS;
    change[1] = record[at + HELD]!;
    change[2] = record[at + GROWTH]!;
  }

  protected override growing(change: Float64Array): void {
    const invocation = this.facts[Fact.INVOCATION]!;
    change[2] =
      invocation < this.firstOpen
        ? this.stragglers.growth(invocation)
        : this.blocks[this.blockIndex()]!.record[this.rowIndex() * FIELDS + GROWTH]!;
  }

  protected override ending(change: Float64Array): void {
    const block = this.rowOf();
    const { record } = block;
    const at = this.row * FIELDS;
    change[1] = record[at + PEAK]!;
    change[2] = record[at + GROWTH]!;
    change[NEEDS] = record[at + NEEDED]!;
  }

  protected override priceClass(): number {
    const invocation = this.facts[Fact.INVOCATION]!;
    return invocation < this.firstOpen
      ? this.stragglers.priceClass(invocation)
      : this.blocks[this.blockIndex()]!.priceClass[this.rowIndex()]!;
  }

  protected override pass(machine: number): void {
    this.rowOf();
    this.end(FINISHED, machine, 0);
  }

  protected override end(outcome: number, machine: number, preempted: number): void {
    const { facts } = this;
    const block = (this.ordered ? this.blocks[this.blockIndex()] : this.target)!;
    block.tell(this.row, facts, outcome, machine, preempted, this.managed);
    if (this.told) block.detour(this.row, facts[Fact.AWAY]!, facts[Fact.LOST]!, facts[Fact.LOST_SQUARED]!);
    if (this.ordered || block.rows < BATCH_ROWS) return;
    this.write(block, outcome === FINISHED ? Number.POSITIVE_INFINITY : facts[Fact.TIME]!);
    this.target = null;
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
    this.toldArrivals?.pass();
    const written = this.rows.write(block, end).then(() => {
      const spare = this.ordered ? this.spareBlocks : this.spareTargets;
      if (!this.ordered) block.reset();
      if (spare.length < WRITES_AHEAD) spare.push(block);
    });
    written.catch(() => {});
    this.writes.push(written);
  }
}
