import { BATCH_ROWS } from "../table/index.js";
import type { RowSink } from "./row-sink.js";

/** Arrivals that a scheduler tells of, in order, gathered for the rows that are to expect them. */
export class ToldArrivals {
  private readonly rows: RowSink;
  private readonly batch = { arrival_s: new Float64Array(BATCH_ROWS), price_class: new Uint8Array(BATCH_ROWS) };
  private count = 0;

  constructor(rows: RowSink) {
    this.rows = rows;
  }

  add(time: number, priceClass: number): void {
    if (this.count === BATCH_ROWS) this.pass();
    this.batch.arrival_s[this.count] = time;
    this.batch.price_class[this.count++] = priceClass;
  }

  /** Hands on what has been told since. */
  pass(): void {
    if (this.count > 0) this.rows.expect(this.batch, this.count);
    this.count = 0;
  }
}
