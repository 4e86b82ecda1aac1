import { BATCH_ROWS, type Batch, INVOCATIONS, OUTCOMES } from "../table/index.js";
import { PartWriter } from "./part-writer.js";
import { RowBlock, type RowData } from "./row-block.js";
import { RowOutput } from "./row-output.js";
import type { Late } from "./row-sink.js";

/** Whether an invocation's row is kept, by its sequence number. */
export type Keeps = (invocation: number) => boolean;

/** Writes invocations.arrow, or its parts, with the rows that are kept. */
export class SampledRows {
  private readonly keeps: Keeps;
  private readonly sharing: boolean;
  private readonly output: RowOutput;
  private readonly writer: PartWriter;
  private block = new RowBlock(false);
  private writing: Promise<void> = Promise.resolve();

  constructor(
    keeps: Keeps,
    of: { folder: string; sharing: boolean; managed: boolean; metadata: Readonly<Record<string, string>> },
  ) {
    const described = { ...of.metadata, table: "invocations", order: "finish" };
    this.keeps = keeps;
    this.sharing = of.sharing;
    this.output = new RowOutput(of.managed);
    const place = { folder: of.folder, name: "invocations", inParts: false };
    this.writer = new PartWriter(place, INVOCATIONS, described, { outcome: OUTCOMES });
  }

  /** Takes the kept ones of a block's rows. */
  add(block: RowData, end: number): void {
    const { rows, first, sequence } = block;
    for (let row = 0; row < rows; row++) {
      if (!this.keeps(sequence === null ? first + row : sequence[row]!)) continue;
      this.block.copyEnded(block, row);
      if (this.block.rows === BATCH_ROWS) this.flush(end);
    }
  }

  async close(end: number, late: Late): Promise<void> {
    if (this.block.rows > 0) this.flush(end);
    await this.settle();
    await this.writer.close(late);
  }

  /** Resolves when all that was taken is written, but for what is too little for a batch. */
  async settle(): Promise<void> {
    await this.writing;
  }

  private flush(end: number): void {
    const { block } = this;
    this.block = new RowBlock(false);
    const before = this.writing;
    this.writing = before.then(async () => {
      const columns: Batch = this.output.columns(block, this.sharing, end);
      await this.writer.write(columns, block.rows);
    });
    this.writing.catch(() => {});
  }
}
