import * as Fact from "../cluster/observer.js";
import { BATCH_ROWS, type Batch } from "../table/index.js";
import { FINISHED, type RowBlock } from "./row-block.js";
import { RowRecorder, type RowRecorderOptions } from "./row-recorder.js";

/** Writes rows in workload order: a batch of arrivals when all of it has ended. */
export class WorkloadRecorder extends RowRecorder {
  private readonly allFinish: boolean;
  /** By batch that has arrived, the first of them that is open and what follows; null: it is written. */
  private readonly blocks: (RowBlock | null)[] = [];
  /** Sequence number of the first row of the first block. */
  private firstOpen = 0;

  /** `allFinish`: every invocation starts and finishes, so that complete batches need not wait for those before them. */
  constructor(options: RowRecorderOptions & { readonly allFinish: boolean }) {
    super(options, true);
    this.allFinish = options.allFinish;
  }

  override async open(first: number, batch: Batch, rows: number): Promise<void> {
    await this.writeComplete(this.stopped);
    await super.open(first, batch, rows);
    const block = this.newBlock();
    block.fill(first, batch, rows);
    this.blocks.push(block);
    if (!this.told) this.rows.expect(batch, rows);
  }

  protected override writeRest(end: number): Promise<void> {
    return this.writeComplete(end);
  }

  protected override pass(machine: number): void {
    const { facts } = this;
    const invocation = facts[Fact.INVOCATION]!;
    this.unseen = invocation + 1;
    this.ended(invocation).tell(rowOf(invocation), facts, FINISHED, machine, 0);
  }

  protected override end(outcome: number, machine: number, preempted: number): void {
    const { facts } = this;
    const invocation = facts[Fact.INVOCATION]!;
    const row = rowOf(invocation);
    const block = this.ended(invocation);
    block.tell(row, facts, outcome, machine, preempted);
    if (this.told) {
      this.known.tellArrival(this.record, block, row);
      block.detour(row, facts);
    }
    this.known.remove(facts[this.name]!, this.record);
  }

  /** The block of an invocation, which is not open there any more. */
  private ended(invocation: number): RowBlock {
    const block = this.blocks[((invocation - this.firstOpen) / BATCH_ROWS) | 0]!;
    block.openCount--;
    return block;
  }

  /** Writes the blocks that are complete: all of them where every invocation finishes, else those at the front. */
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
}

/** Row of an invocation in its block. */
function rowOf(invocation: number): number {
  return (invocation | 0) & (BATCH_ROWS - 1);
}
