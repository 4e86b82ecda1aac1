import * as Fact from "../cluster/observer.js";
import { BATCH_ROWS, type Batch, INVOCATIONS, OUTCOMES } from "../table/index.js";
import type { InvocationRecords } from "./open-invocations.js";
import type { PartWriter } from "./part-writer.js";
import { RowBlock } from "./row-block.js";
import { RowOutput } from "./row-output.js";
import type { Late, RowSinkOptions } from "./row-sink.js";
import type { Tables } from "./tables.js";

/** Writes invocations.arrow, or its parts, with the rows that are kept. */
export class SampledRows {
  private readonly sharing: boolean;
  private readonly managed: boolean;
  private readonly writer: PartWriter;
  private block: RowBlock;
  /** Batches on their way to disk. */
  private readonly writes: Promise<void>[] = [];

  private constructor({ sharing, managed }: RowSinkOptions, writer: PartWriter) {
    this.sharing = sharing;
    this.managed = managed;
    this.block = new RowBlock(false, managed);
    this.writer = writer;
  }

  static async open(options: RowSinkOptions, tables: Tables): Promise<SampledRows> {
    const order = { order: "finish" };
    const place = { name: "invocations", inParts: false };
    return new SampledRows(options, await tables.parts(place, INVOCATIONS, { outcome: OUTCOMES }, order));
  }

  /** Takes one that is kept and has ended, as the facts have it. See SketchSink.take. */
  add(
    known: InvocationRecords,
    record: number,
    facts: Float64Array,
    outcome: number,
    machine: number,
    preempted: number,
    end: number,
  ): void {
    const invocation = facts[Fact.INVOCATION]!;
    const { block } = this;
    const row = block.add(invocation, known, record);
    block.tell(row, facts, outcome, machine, preempted);
    block.detour(row, facts);
    if (block.rows === BATCH_ROWS) this.flush(end);
  }

  async close(end: number, late: Late): Promise<void> {
    if (this.block.rows > 0) this.flush(end);
    await this.settle(0);
    await this.writer.close(late);
  }

  /** Resolves when no more than so many batches are on their way to disk. */
  async settle(atMost = 2): Promise<void> {
    while (this.writes.length > atMost) await this.writes.shift();
  }

  private flush(end: number): void {
    const { block } = this;
    this.block = new RowBlock(false, this.managed);
    const columns: Batch = new RowOutput().columns(block, this.sharing, end);
    const written = this.writer.write(columns, block.rows);
    written.catch(() => {});
    this.writes.push(written);
  }
}
