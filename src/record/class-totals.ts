import { type Batch, CLASSES, OUTCOMES, QUANTITIES, SKETCHES } from "../table/index.js";
import type { ClassValues } from "./class-values.js";
import type { Late } from "./row-sink.js";
import type { Tables } from "./tables.js";

/**
 * Writes classes.arrow and sketches.arrow: counts, and sketches of latency and slowdown, by price class, which is what a
 * summary needs where not every row is kept.
 */
export async function writeClasses(classes: readonly ClassValues[], tables: Tables, late: Late): Promise<void> {
  const totals = await tables.table("classes", CLASSES);
  await totals.write(totalsOf(classes), classes.length);
  totals.annotate(late);
  await totals.close();
  const sketches = await tables.table("sketches", SKETCHES, { quantity: QUANTITIES });
  const bins = binsOf(classes);
  await sketches.write(bins.columns, bins.rows);
  sketches.annotate(late);
  await sketches.close();
}

function totalsOf(classes: readonly ClassValues[]): Batch {
  const column = (of: (totals: ClassValues) => number) => Float64Array.from(classes, of);
  const quantity = (name: string, unit: string, of: (totals: ClassValues) => ClassValues["latency"]) => ({
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

function binsOf(classes: readonly ClassValues[]): { readonly rows: number; readonly columns: Batch } {
  const rows = classes.flatMap(({ latency, slowdown }, priceClass) =>
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
