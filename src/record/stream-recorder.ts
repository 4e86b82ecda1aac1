import * as Fact from "../cluster/observer.js";
import type { Makers } from "../engine/restore.js";
import type { Batch } from "../table/index.js";
import { FINISHED } from "./row-block.js";
import type { Late } from "./row-sink.js";
import { RunRecorder, type RunRecorderOptions } from "./run-recorder.js";
import type { SketchSink } from "./sketch-sink.js";
import type { Saved } from "./tables.js";

/** Fills a scheduler's tables where not every row is kept: memory grows with what is open, not with the run. */
export class StreamRecorder extends RunRecorder {
  /** Only rows have memory over time. */
  override readonly wantsProgress: boolean;
  private readonly sink: SketchSink;

  constructor(options: RunRecorderOptions, sink: SketchSink) {
    super(options);
    this.sink = sink;
    this.wantsProgress = sink.keepsRows;
  }

  override async open(first: number, batch: Batch, rows: number, kept: Uint8Array | null): Promise<void> {
    await super.open(first, batch, rows, kept);
    if (!this.told) this.sink.expect(batch, rows);
  }

  override async settle(): Promise<void> {
    await super.settle();
    await this.sink.settle();
  }

  override async save(): Promise<Saved> {
    await this.sink.settle(0);
    return super.save();
  }

  protected override makers(): Makers {
    return this.sink.makers();
  }

  override async close(end: number, late: Late = {}): Promise<void> {
    await this.sink.close(end, late);
    await super.close(end, late);
  }

  override onArrived(priceClass: number): void {
    super.onArrived(priceClass);
    this.sink.expectOne(this.facts[Fact.TIME]!, priceClass);
  }

  protected override pass(machine: number): void {
    const invocation = this.facts[Fact.INVOCATION]!;
    const row = invocation - this.first;
    const { arrival_s, price_class, kept } = this.batch!;
    if (kept !== null && kept[row] === 1) {
      this.record = this.meet();
      this.end(FINISHED, machine, 0);
      return;
    }
    this.unseen = invocation + 1;
    this.sink.pass(arrival_s, price_class, row);
  }

  protected override end(outcome: number, machine: number, preempted: number): void {
    const { facts, known, record } = this;
    const end = outcome === FINISHED ? this.stopped : facts[Fact.TIME]!;
    this.sink.take(known, record, facts, outcome, machine, preempted, end);
    known.remove(facts[this.name]!, record);
  }
}
