import * as Fact from "../cluster/observer.js";
import { BATCH_ROWS, type Batch } from "../table/index.js";
import { FINISHED, type RowBlock } from "./row-block.js";
import { RowRecorder, type RowRecorderOptions } from "./row-recorder.js";

/** Writes rows as they end: memory holds little but what has not. */
export class FinishRecorder extends RowRecorder {
  /** The block being filled. */
  private block: RowBlock | null = null;

  constructor(options: RowRecorderOptions) {
    super(options, false);
  }

  override async open(first: number, batch: Batch, rows: number): Promise<void> {
    await super.open(first, batch, rows);
    if (!this.told) this.rows.expect(batch, rows);
  }

  protected override async writeRest(end: number): Promise<void> {
    if (this.block !== null) this.write(this.block, end);
  }

  protected override pass(machine: number): void {
    this.record = this.meet();
    this.end(FINISHED, machine, 0);
  }

  protected override end(outcome: number, machine: number, preempted: number): void {
    const { facts } = this;
    this.block ??= this.newBlock();
    const { block } = this;
    const row = block.add(facts[Fact.INVOCATION]!, this.known, this.record);
    block.tell(row, facts, outcome, machine, preempted);
    if (this.told) block.detour(row, facts);
    this.known.remove(facts[this.name]!, this.record);
    if (block.rows < BATCH_ROWS) return;
    this.write(block, outcome === FINISHED ? this.stopped : facts[Fact.TIME]!);
    this.block = null;
  }
}
