import * as Fact from "../cluster/observer.js";
import type { Makers } from "../engine/restore.js";
import type { Batch } from "../table/index.js";
import { type ArrivedColumns, type InvocationRecords, OpenInvocations, PlacedInvocations } from "./open-invocations.js";
import { FINISHED } from "./row-block.js";
import type { Late } from "./row-sink.js";
import { type MachineTables, NEEDS, RunRecorder } from "./run-recorder.js";
import type { SketchSink } from "./sketch-sink.js";
import type { Saved } from "./tables.js";

/**
 * Fills a scheduler's tables where not every row is kept. All that it remembers of an invocation is what arrived with it,
 * until it ends: memory grows with those that are open, not with the run.
 */
export class StreamRecorder extends RunRecorder {
  /** Only rows have memory over time. */
  override readonly wantsProgress: boolean;
  private readonly sink: SketchSink;
  private readonly known: InvocationRecords;
  /** Which fact names an invocation. */
  private readonly name: typeof Fact.SLOT | typeof Fact.INVOCATION;
  private batch: ArrivedColumns | null = null;
  /** Sequence number of the batch's first row, and of the first that has not been seen. */
  private first = 0;
  private unseen = 0;
  /** Of the invocation of the facts, between `ending` and `end`. */
  private record = 0;

  constructor(tables: MachineTables, sink: SketchSink, told: boolean, slots: boolean) {
    super(tables, told);
    this.known = slots ? new PlacedInvocations() : new OpenInvocations();
    this.name = slots ? Fact.SLOT : Fact.INVOCATION;
    this.sink = sink;
    this.wantsProgress = sink.keepsRows;
  }

  override async open(first: number, batch: Batch, rows: number): Promise<void> {
    await this.settle();
    this.batch = arrivedColumns(batch);
    this.first = first;
    this.unseen = first;
    if (this.told) for (let row = 0; row < rows; row++) this.see(first + row, first + row);
    else this.sink.expect(batch, rows);
  }

  override async settle(): Promise<void> {
    await super.settle();
    await this.sink.settle();
  }

  override async save(): Promise<Saved> {
    this.batch = null;
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
    const { facts, known } = this;
    const record = known.find(facts[this.name]!);
    known.arrives(record, facts[Fact.TIME]!);
    known.changeClass(record, priceClass);
    this.sink.expectOne(facts[Fact.TIME]!, priceClass);
  }

  override absent(invocation: number, end: number): void {
    const { known } = this;
    if (invocation >= this.unseen) this.see(invocation, this.name === Fact.SLOT ? 0 : invocation);
    else if (this.told) {
      const record = known.find(invocation);
      if (known.arrival(record) <= end) known.arrives(record, Number.POSITIVE_INFINITY);
    }
    super.absent(invocation, end);
  }

  protected override placing(change: Float64Array): void {
    const { facts, known } = this;
    const invocation = facts[Fact.INVOCATION]!;
    const name = facts[this.name]!;
    const record = invocation < this.unseen ? known.find(name) : this.see(invocation, name);
    change[1] = known.held(record);
    change[2] = known.growth(record);
  }

  protected override growing(change: Float64Array): void {
    const { known } = this;
    change[2] = known.growth(known.find(this.facts[this.name]!));
  }

  protected override ending(change: Float64Array): void {
    const { known } = this;
    const record = known.find(this.facts[this.name]!);
    this.record = record;
    change[1] = known.peak(record);
    change[2] = known.growth(record);
    change[NEEDS] = known.needed(record);
  }

  protected override priceClass(): number {
    return this.known.priceClass(this.known.find(this.facts[this.name]!));
  }

  protected override pass(machine: number): void {
    const invocation = this.facts[Fact.INVOCATION]!;
    if (this.told || this.sink.keeps(invocation)) {
      const name = this.facts[this.name]!;
      this.record = invocation < this.unseen ? this.known.find(name) : this.see(invocation, name);
      this.end(FINISHED, machine, 0);
      return;
    }
    this.unseen = invocation + 1;
    const { arrival_s, price_class } = this.batch!;
    const row = invocation - this.first;
    this.sink.pass(arrival_s, price_class, row);
  }

  protected override end(outcome: number, machine: number, preempted: number): void {
    const { facts, known, record } = this;
    const end = outcome === FINISHED ? Number.POSITIVE_INFINITY : facts[Fact.TIME]!;
    this.sink.take(known, record, facts, outcome, machine, preempted, end);
    known.remove(facts[this.name]!, record);
  }

  /** Makes the record, under a name, of a row of the batch. */
  private see(invocation: number, name: number): number {
    this.unseen = invocation + 1;
    return this.known.add(name, this.batch!, invocation - this.first);
  }
}

/** The same columns in an object of one shape, whatever batch they come from. */
function arrivedColumns(batch: Batch): ArrivedColumns {
  const { arrival_s, runtime_s, price_class, memory_initial_mib, memory_peak_mib } = batch as unknown as ArrivedColumns;
  return { arrival_s, runtime_s, price_class, memory_initial_mib, memory_peak_mib };
}
