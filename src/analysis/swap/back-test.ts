import { keyed, PURPOSE } from "../../random/index.js";
import { drawBlocks } from "../../statistics/block-bootstrap.js";
import { countRange } from "../../statistics/poisson-mixture.js";
import type { MiB, Seconds } from "../../units.js";
import { replicates } from "./bootstrap.js";
import { declustered, excursions, exposureOf, type Observed } from "./excursions.js";
import { chosen, rateAbove, sizeFor, thresholdFits } from "./tail.js";

type Span = readonly [from: Seconds, to: Seconds];

/** One size: how often it was to be outgrown in the part kept back, and how often it was. */
export interface BackTestRow {
  readonly size_mib: MiB;
  /** Overflows of the fleet, with the 95 % range of their number. */
  readonly predicted: number;
  readonly low: number;
  readonly high: number;
  readonly observed: number;
  readonly held: boolean;
}

/** A fit to one part of the time, held against the other. */
export interface BackTestSplit {
  /** "first half → second half", "odd hours → even hours", and back. */
  readonly split: string;
  /** Null where the first part has too few clusters to fit. */
  readonly rows: readonly BackTestRow[] | null;
}

export interface BackTest {
  readonly splits: readonly BackTestSplit[];
  /** Share of the rows whose range held what was observed; null where there are none. */
  readonly coverage: number | null;
}

/** The sizes are those that such shares of the fitted clusters outgrow, and so many of them in as long again. */
const SHARES = [0.5, 0.2, 0.05] as const;
const COUNTS = [1, 0.25] as const;
const HOUR: Seconds = 3600;
const ALTERNATE_BLOCKS = 20;
/** Blocks of the part that is fitted. */
const BLOCKS = 25;

/**
 * Fits each half of the time, and each of two sets of alternate hours (twentieths of the time where it is shorter than 20 hours), and
 * predicts how often five sizes are outgrown in the other. The range holds the error of the fit and the chance of the
 * count, both from blocks of time drawn from the part that was fitted.
 */
export function backTest(observed: Observed, bound: MiB, seed: number): BackTest {
  const [from, to] = [observed.spans[0]![0], observed.spans.at(-1)![1]];
  const middle = (from + to) / 2;
  const length = Math.min(HOUR, (to - from) / ALTERNATE_BLOCKS);
  const parts = Array.from({ length: Math.ceil((to - from) / length - 1e-9) }, (_, i): Span => {
    return [from + i * length, Math.min(to, from + (i + 1) * length)];
  });
  const even = parts.filter((_, i) => i % 2 === 0);
  const odd = parts.filter((_, i) => i % 2 === 1);
  const name = length === HOUR ? "hours" : "twentieths";
  const pairs: (readonly [string, readonly Span[], readonly Span[]])[] = [
    ["first half → second", [[from, middle]], [[middle, to]]],
    ["second half → first", [[middle, to]], [[from, middle]]],
    [`odd ${name} → even`, even, odd],
    [`even ${name} → odd`, odd, even],
  ];
  const splits = pairs.map(([split, fitted, kept], i) => ({
    split,
    rows: held(observed, fitted, kept, bound, seed, i),
  }));
  const rows = splits.flatMap((split) => split.rows ?? []);
  const coverage = rows.length > 0 ? rows.filter((row) => row.held).length / rows.length : null;
  return { splits, coverage };
}

function held(
  { levels }: Observed,
  fitted: readonly Span[],
  kept: readonly Span[],
  bound: MiB,
  seed: number,
  split: number,
): BackTestRow[] | null {
  const tails = thresholdFits({ levels, spans: fitted }, bound);
  if (tails.length === 0) return null;
  const tail = chosen(tails);
  const { clusters, diagnostics, exposure } = tail;
  const n = clusters.peak.length;
  const counts = [...SHARES.map((share) => share * n), ...COUNTS];
  // What the bound caps is no test: it is outgrown by nothing.
  const sizes = counts.map((count) => sizeFor(tail, count / exposure)).filter((size) => size < bound);
  const found = replicates(tail, fitted, seed, BLOCKS);
  const ahead = exposureOf({ levels, spans: kept }) / exposure;
  const uniform = keyed(seed, PURPOSE.bootstrap).derive(2, split);
  // Each replicate's clusters in blocks to come are drawn from its own, and which of them outgrow a size by its law.
  const totals = found.map(({ clusters: counts }, replicate) => {
    const drawn = drawBlocks((i, r) => uniform.uniform(i, r), replicate, counts.length);
    return ahead * drawn.reduce((sum, block) => sum + counts[block]!, 0);
  });
  const gap = { extremalIndex: diagnostics.extremal_index, runGap: diagnostics.run_gap_s };
  const came = declustered(excursions({ levels, spans: kept }, diagnostics.threshold_mib), gap).peak;
  return sizes.map((size) => {
    const means = Float64Array.from(found, ({ tail: refitted }, r) => {
      const rate = rateAbove(refitted, size);
      const own = refitted.clusters.peak.length / exposure;
      return own > 0 ? (totals[r]! * rate) / own : 0;
    });
    const { low, high } = countRange(means);
    const count = came.reduce((sum, peak) => sum + (peak > size ? 1 : 0), 0);
    const predicted = rateAbove(tail, size) * exposure * ahead;
    return { size_mib: size, predicted, low, high, observed: count, held: low <= count && count <= high };
  });
}
