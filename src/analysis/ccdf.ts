import { classValues } from "./class-values.js";
import { type Question, quantityOf, schedulersOf } from "./question.js";
import type { RunFolder } from "./run-folder.js";
import { warmUp } from "./warm-up.js";

/** A point of a complementary distribution function. */
export interface CcdfRow {
  readonly scheduler: string;
  readonly price_class: number;
  /** A latency in seconds, or a slowdown; always finite. */
  readonly value: number;
  /** Share of the class's observations that are larger: exact, 0 … 1. At the largest value it is the share of the killed and rejected. */
  readonly share_above: number;
  /** Whether the true share may be larger: something unfinished is at or below the value. */
  readonly lower_bound: boolean;
}

/** Points per factor 10 of the share. */
const PER_DECADE = 40;

/**
 * Shares of latencies or slowdowns above a value, per scheduler and class, at values that are about evenly spread in the
 * logarithm of the share and of what remains: at most a few hundred points a class, each exact. Latency by default. Killed and rejected ones are above
 * every value, so a curve ends at their share. Throws Invalid.
 */
export async function ccdf(run: RunFolder, question: Question = {}): Promise<CcdfRow[]> {
  const of = quantityOf({ of: "latency", ...question });
  const schedulers = schedulersOf(run, question);
  const { cut_s } = await warmUp(run, schedulers, question);
  const look = { of, since: run.manifest.from_s + cut_s, endedOnly: question.endedOnly ?? false };
  const rows: CcdfRow[] = [];
  for (const scheduler of schedulers) {
    const classes = await classValues(run, scheduler, look);
    for (const [price_class, { values, leastOpen }] of classes.entries()) {
      for (const point of points(values.sort())) {
        rows.push({ scheduler, price_class, ...point, lower_bound: leastOpen <= point.value });
      }
    }
  }
  return rows;
}

/** Points of ascending values: the least, the largest finite one, and between them those at the ranks that `ranks` gives. */
function points(sorted: Float64Array): { value: number; share_above: number }[] {
  const n = sorted.length;
  let finite = n;
  while (finite > 0 && sorted[finite - 1] === Number.POSITIVE_INFINITY) finite--;
  const found: { value: number; share_above: number }[] = [];
  let seen = 0;
  for (const rank of ranks(n)) {
    if (rank < seen) continue;
    const at = Math.min(rank, finite - 1);
    if (at < seen) break;
    const value = sorted[at]!;
    seen = above(sorted, value, at);
    found.push({ value, share_above: (n - seen) / n });
  }
  return found;
}

/** Indices into n ascending values, themselves ascending: the lower and the upper tail alike, down to a single one. */
function ranks(n: number): number[] {
  const steps = Math.ceil(PER_DECADE * Math.log10(Math.max(1, n)));
  const tail = Array.from({ length: steps + 1 }, (_, k) => Math.round(Math.exp((k / PER_DECADE) * Math.LN10)));
  const kept = tail.filter((rank) => rank <= (n + 1) / 2);
  return [0, ...kept.map((rank) => rank - 1), ...kept.map((rank) => n - rank).reverse()].filter(
    (rank, i, all) => rank < n && (i === 0 || rank !== all[i - 1]),
  );
}

/** How many of ascending values are at most `value`, which is at index `at`. */
function above(sorted: Float64Array, value: number, at: number): number {
  let low = at + 1;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
