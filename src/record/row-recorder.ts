import { setImmediate } from "node:timers/promises";
import * as Fact from "../cluster/observer.js";
import type { Makers } from "../engine/restore.js";
import { RowBlock } from "./row-block.js";
import type { Late, RowSink } from "./row-sink.js";
import { RunRecorder, type RunRecorderOptions } from "./run-recorder.js";
import type { Saved } from "./tables.js";
import { ToldArrivals } from "./told-arrivals.js";

/** Where a recorder's rows go, and what it must know of the run. */
export interface RowRecorderOptions extends RunRecorderOptions {
  readonly rows: RowSink;
  /** RAM is finite. */
  readonly managed: boolean;
}

/** Batches, of 4 MB, that may be on their way to disk before the next arrivals wait for them. */
const WRITES_AHEAD = 12;

/** Fills a scheduler's tables, with a row for every invocation. In what order the rows come is a subclass's. */
export abstract class RowRecorder extends RunRecorder {
  override readonly wantsProgress = true;
  protected readonly rows: RowSink;
  private readonly ordered: boolean;
  private readonly managed: boolean;
  private readonly spare: RowBlock[] = [];
  private readonly writes: Promise<void>[] = [];
  /** Null where arrivals are not told. */
  private readonly toldArrivals: ToldArrivals | null;

  /** `ordered`: rows come in workload order. */
  constructor(options: RowRecorderOptions, ordered: boolean) {
    super(options);
    this.ordered = ordered;
    this.rows = options.rows;
    this.managed = options.managed;
    this.toldArrivals = options.told ? new ToldArrivals(options.rows) : null;
  }

  override async settle(): Promise<void> {
    await setImmediate();
    await super.settle();
    while (this.writes.length >= WRITES_AHEAD) await this.writes.shift();
  }

  override async save(): Promise<Saved> {
    await Promise.all(this.writes.splice(0));
    this.spare.length = 0;
    const rows = await this.rows.save();
    return { ...(await super.save()), rows };
  }

  protected override apart(): readonly object[] {
    return [...super.apart(), this.rows];
  }

  protected override makers(): Makers {
    return { RowBlock: () => this.newBlock() };
  }

  /** Writes what is left, the run having ended at `end`. */
  protected abstract writeRest(end: number): Promise<void>;

  override async close(end: number, late: Late = {}): Promise<void> {
    await this.writeRest(end);
    await Promise.all(this.writes);
    await this.rows.close(late);
    await super.close(end, late);
  }

  override onArrived(priceClass: number): void {
    super.onArrived(priceClass);
    this.toldArrivals!.add(this.facts[Fact.TIME]!, priceClass);
  }

  /** An empty block. */
  protected newBlock(): RowBlock {
    return this.spare.pop() ?? new RowBlock(this.ordered, this.managed);
  }

  /** Writes a block. `end` is the end of the run where one of its rows has not ended; else no row of it arrives later. */
  protected write(block: RowBlock, end: number): void {
    this.toldArrivals?.pass();
    const written = this.rows.write(block, end).then(() => {
      block.reset();
      if (this.spare.length < WRITES_AHEAD) this.spare.push(block);
    });
    written.catch(() => {});
    this.writes.push(written);
  }
}
