import { join } from "node:path";
import { enough } from "../statistics/quantile.js";
import { Sketch } from "../statistics/sketch.js";
import { CLASSES, OUTCOMES, QUANTITIES, readTable } from "../table/index.js";
import type { RunFolder } from "./run-folder.js";
import type { ClassSummary, Estimate, SchedulerSummary } from "./summary.js";

/** What classes.arrow says of a class, by column. */
type Totals = Readonly<Record<string, number>>;

/** One quantity of one class or several. A value is `floor` more than what the sketch has. */
interface Quantity {
  readonly floor: number;
  readonly sketch: Sketch;
  readonly sum: number;
  readonly leastOpen: number;
}

/** The classes of a scheduler, and all together, from classes.arrow and sketches.arrow. Throws Invalid. */
export async function sketchedClasses(
  run: RunFolder,
  scheduler: string,
): Promise<Pick<SchedulerSummary, "classes" | "all">> {
  const totals = totalsOf(run, scheduler);
  const sketches = sketchesOf(run, scheduler, totals);
  const latencies = totals.map((of, i) => quantity(0, of, "latency", "_s", sketches[0]![i]!));
  const slowdowns = totals.map((of, i) => quantity(1, of, "slowdown_above_1", "", sketches[1]![i]!));
  const classes = totals.map((of, priceClass) =>
    summaryOf(priceClass, run.prices[priceClass]!, [of], latencies[priceClass]!, slowdowns[priceClass]!),
  );
  return { classes, all: summaryOf(null, null, totals, together(latencies), together(slowdowns)) };
}

function fileOf(run: RunFolder, scheduler: string, table: string): string {
  return run.tableAsKept(`${scheduler}/${table}`).files[0] ?? join(run.folder, scheduler, `${table}.arrow`);
}

function totalsOf(run: RunFolder, scheduler: string): Totals[] {
  const table = readTable(fileOf(run, scheduler, "classes"));
  return run.prices.map((_, row) =>
    Object.fromEntries(CLASSES.map(({ name }) => [name, Number(table.getChild(name)?.get(row) ?? Number.NaN)])),
  );
}

/** By quantity and class. */
function sketchesOf(run: RunFolder, scheduler: string, totals: readonly Totals[]): Sketch[][] {
  const all = QUANTITIES.map(() => totals.map(() => new Sketch()));
  for (const row of readTable(fileOf(run, scheduler, "sketches"))) {
    const { price_class, quantity, from, to, count } = row.toJSON();
    all[QUANTITIES.indexOf(quantity)]![price_class]!.addBin({ from, to, count });
  }
  for (const [i, of] of totals.entries()) {
    for (const [q, name] of ["latency_least_s", "slowdown_above_1_least"].entries()) {
      const sketch = all[q]![i]!;
      sketch.least = of[name]!;
      sketch.largest = of[name.replace("least", "largest")]!;
    }
  }
  return all;
}

function quantity(floor: number, of: Totals, name: string, unit: string, sketch: Sketch): Quantity {
  return { floor, sketch, sum: of[`${name}_sum${unit}`]!, leastOpen: floor + of[`${name}_least_open${unit}`]! };
}

function together(all: readonly Quantity[]): Quantity {
  const sketch = new Sketch();
  for (const one of all) sketch.merge(one.sketch);
  return {
    floor: all[0]!.floor,
    sketch,
    sum: all.reduce((sum, one) => sum + one.sum, 0),
    leastOpen: Math.min(...all.map((one) => one.leastOpen)),
  };
}

function summaryOf(
  price_class: number | null,
  price: number | null,
  totals: readonly Totals[],
  latency: Quantity,
  slowdown: Quantity,
): ClassSummary {
  const sum = (name: string) => totals.reduce((total, of) => total + of[name]!, 0);
  const [finished, killed, rejected, unfinished] = OUTCOMES.map(sum) as [number, number, number, number];
  const count = finished + killed + rejected + unfinished;
  const missed = sum("missed");
  const of = (q: Quantity) => ({ p50: quantile(q, 0.5), p99: quantile(q, 0.99), p999: quantile(q, 0.999) });
  return {
    ...{ price_class, price, count, finished, killed, rejected, unfinished },
    latency_s: of(latency),
    slowdown: { ...of(slowdown), mean: mean(slowdown) },
    missed,
    missed_share: count > 0 ? missed / count : null,
    preemptions: sum("preemptions"),
    swap_outs: sum("swap_outs"),
    swap_ins: sum("swap_ins"),
  };
}

function quantile({ floor, sketch, leastOpen }: Quantity, q: number): Estimate {
  if (!enough(sketch.count, q)) return { value: null, lower_bound: false };
  const value = floor + sketch.quantile(q);
  return { value, lower_bound: value < Number.POSITIVE_INFINITY && leastOpen <= value };
}

function mean({ floor, sketch, sum, leastOpen }: Quantity): Estimate {
  if (sketch.count === 0) return { value: null, lower_bound: false };
  const value = floor + sum / sketch.count;
  return { value, lower_bound: value < Number.POSITIVE_INFINITY && leastOpen < Number.POSITIVE_INFINITY };
}
