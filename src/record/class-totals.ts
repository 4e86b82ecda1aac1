import { missed } from "../statistics/deadline.js";
import { Sketch } from "../statistics/sketch.js";
import { type Batch, CLASSES, OUTCOMES, QUANTITIES, SKETCHES, TableWriter } from "../table/index.js";
import { FIELDS, FINISH, INTS, PREEMPTIONS, type RowData, SWAP_INS, SWAP_OUTS } from "./row-block.js";
import { FINISHED, UNFINISHED } from "./row-output.js";
import { PreciseSum } from "./window-values.js";

/** One quantity of a class. */
class Quantity {
  readonly sketch = new Sketch();
  readonly sum = new PreciseSum();
  /** Least of those of invocations that have not ended, which may still grow. */
  leastOpen = Number.POSITIVE_INFINITY;

  add(value: number, open: boolean): void {
    this.sketch.add(value);
    this.sum.add(value);
    if (open && value < this.leastOpen) this.leastOpen = value;
  }
}

/** What there is to say of one class. Slowdowns are kept as what they have above 1. */
class Totals {
  readonly outcomes = new Float64Array(OUTCOMES.length);
  readonly latency = new Quantity();
  readonly slowdown = new Quantity();
  missed = 0;
  preemptions = 0;
  swapOuts = 0;
  swapIns = 0;
}

/** Whose totals: see ReplayTask. */
export interface TotalsOptions {
  /** Arrivals before it are left out: the warm-up's end. */
  readonly since: number;
  /** Price of each class. */
  readonly prices: readonly number[];
  /** RAM is finite. */
  readonly managed: boolean;
}

/** Counts, and sketches of latency and slowdown, by price class: what a summary needs where not every row is kept. */
export class ClassTotals {
  private readonly since: number;
  private readonly managed: boolean;
  private readonly stretch: Float64Array;
  private readonly classes: readonly Totals[];

  constructor({ since, prices, managed }: TotalsOptions) {
    const highest = Math.max(...prices);
    this.since = since;
    this.managed = managed;
    this.stretch = Float64Array.from(prices, (price) => highest / price);
    this.classes = prices.map(() => new Totals());
  }

  /** Adds a block's rows. `end` is the end of the run: who arrives later is left out. */
  add(block: RowData, end: number): void {
    const { since, managed, stretch } = this;
    const { rows, arrival, runtime, priceClass, outcome, record, ints } = block;
    for (let i = 0; i < rows; i++) {
      const arrived = arrival[i]!;
      if (arrived < since || arrived > end) continue;
      const of = this.classes[priceClass[i]!]!;
      const needed = runtime[i]!;
      const what = outcome[i]!;
      of.outcomes[what]!++;
      of.preemptions += ints[i * INTS + PREEMPTIONS]!;
      if (managed) {
        of.swapOuts += ints[i * INTS + SWAP_OUTS]!;
        of.swapIns += ints[i * INTS + SWAP_INS]!;
      }
      const open = what === UNFINISHED;
      const last = what === FINISHED ? record[i * FIELDS + FINISH]! : open ? end : Number.POSITIVE_INFINITY;
      if (missed(last, arrived + needed * stretch[priceClass[i]!]!)) of.missed++;
      of.latency.add(open ? Math.max(last - arrived, needed) : last - arrived, open);
      if (needed === 0) continue;
      const excess = Math.max(0, last - (arrived + needed)) / needed;
      of.slowdown.add(1 + excess === 1 ? 0 : excess, open);
    }
  }

  /** Writes classes.arrow and sketches.arrow into a folder. */
  async write(folder: string, metadata: Readonly<Record<string, string>>): Promise<void> {
    const described = (table: string) => ({ ...metadata, table });
    const totals = await TableWriter.create(`${folder}/classes.arrow`, CLASSES, described("classes"));
    await totals.write(this.totals(), this.classes.length);
    await totals.close();
    const labels = { quantity: QUANTITIES };
    const sketches = await TableWriter.create(`${folder}/sketches.arrow`, SKETCHES, described("sketches"), labels);
    const bins = this.bins();
    await sketches.write(bins.columns, bins.rows);
    await sketches.close();
  }

  private totals(): Batch {
    const { classes } = this;
    const column = (of: (totals: Totals) => number) => Float64Array.from(classes, of);
    const quantity = (name: string, unit: string, of: (totals: Totals) => Quantity) => ({
      [`${name}_sum${unit}`]: column((totals) => of(totals).sum.value()),
      [`${name}_least${unit}`]: column((totals) => of(totals).sketch.least),
      [`${name}_largest${unit}`]: column((totals) => of(totals).sketch.largest),
      [`${name}_least_open${unit}`]: column((totals) => of(totals).leastOpen),
    });
    return {
      price_class: Uint8Array.from(classes.keys()),
      ...Object.fromEntries(OUTCOMES.map((name, i) => [name, column((totals) => totals.outcomes[i]!)])),
      missed: column((totals) => totals.missed),
      preemptions: column((totals) => totals.preemptions),
      swap_outs: column((totals) => totals.swapOuts),
      swap_ins: column((totals) => totals.swapIns),
      ...quantity("latency", "_s", ({ latency }) => latency),
      ...quantity("slowdown_above_1", "", ({ slowdown }) => slowdown),
    };
  }

  private bins(): { readonly rows: number; readonly columns: Batch } {
    const rows = this.classes.flatMap(({ latency, slowdown }, priceClass) =>
      [latency, slowdown].flatMap(({ sketch }, quantity) =>
        sketch.all().map((bin) => ({ priceClass, quantity, ...bin })),
      ),
    );
    return {
      rows: rows.length,
      columns: {
        price_class: Uint8Array.from(rows, (row) => row.priceClass),
        quantity: Int32Array.from(rows, (row) => row.quantity),
        from: Float64Array.from(rows, (row) => row.from),
        to: Float64Array.from(rows, (row) => row.to),
        count: Float64Array.from(rows, (row) => row.count),
      },
    };
  }
}
