import { keyed, PURPOSE } from "../random/index.js";
import { drawnInterval, movingBlocks, SlicedValues, sliceOf } from "../statistics/moving-blocks.js";
import type { Seconds } from "../units.js";
import {
  COMPARED,
  type Compared,
  type CompareQuestion,
  type Comparison,
  type Difference,
  type PairShares,
} from "./comparison.js";
import { type Statistics, statistics } from "./group-tally.js";
import { type Population, population, type ReplayValues, replayValues } from "./pair-values.js";
import type { Quantity } from "./question.js";
import type { Replay } from "./run-pairs.js";
import { warmUp } from "./warm-up.js";

const LEVELS = { p50: 0.5, p99: 0.99, p999: 0.999 } as const;
/** Latencies closer than this share of themselves, or of a second, are the same. */
const EQUAL = 1e-9;

/** One statistic on one workload. */
export interface Found extends Pick<Difference, "price_class" | "of" | "statistic" | "low" | "high"> {
  readonly baseline: number | null;
  readonly other: number | null;
  readonly openBaseline: boolean;
  readonly openOther: boolean;
}

/** What two replays of a workload come to. */
export class PairOfReplays {
  readonly run: Comparison["runs"][number];
  readonly prices: readonly number[];
  readonly found: Found[] = [];
  shares: PairShares[] = [];
  private readonly since: Seconds;
  private readonly until: Seconds;
  private readonly seed: number;
  private readonly population: Population;

  private constructor(baseline: Replay, other: Replay, warmup_s: Seconds, of: Population) {
    const { from_s, to_s, seed } = baseline.run.manifest;
    this.run = { baseline: baseline.run.name, other: other.run.name, seed, warmup_s };
    this.prices = baseline.run.prices;
    this.since = from_s + warmup_s;
    this.until = to_s;
    this.seed = seed;
    this.population = of;
  }

  static async of(baseline: Replay, other: Replay, question: CompareQuestion, alone: boolean): Promise<PairOfReplays> {
    const cuts: Seconds[] = [];
    for (const { run, scheduler } of [baseline, other]) cuts.push((await warmUp(run, [scheduler], question)).cut_s);
    const pair = new PairOfReplays(baseline, other, Math.max(...cuts), await population(baseline.run));
    for (const of of ["slowdown", "latency"] as const) {
      const [a, b] = [
        await replayValues(baseline, of, question.endedOnly ?? false),
        await replayValues(other, of, question.endedOnly ?? false),
      ];
      pair.add(of, a, b, alone);
    }
    return pair;
  }

  private add(of: Quantity, baseline: ReplayValues, other: ReplayValues, alone: boolean): void {
    const members = this.members(baseline, other);
    for (const [price_class, rows] of members) {
      const sides = [baseline, other].map((side) => ownValues(side, rows)) as [OwnValues, OwnValues];
      const intervals = alone ? this.intervals(rows, sides[0].values, sides[1].values) : null;
      // These reorder the values.
      const [a, b] = sides.map(({ values, leastOpen }) => statistics(values, leastOpen)) as [Statistics, Statistics];
      for (const statistic of COMPARED) {
        const known = a[statistic] !== null && b[statistic] !== null;
        const interval = known ? (intervals?.(statistic) ?? null) : null;
        const open = (side: Statistics) => side.lower_bounds.split(" ").includes(statistic);
        this.found.push({
          ...{ price_class, of, statistic, baseline: a[statistic], other: b[statistic] },
          ...{ openBaseline: open(a), openOther: open(b), low: interval?.low ?? null, high: interval?.high ?? null },
        });
      }
      if (of === "latency") this.shares.push({ price_class, count: rows.length, ...sharesOf(baseline, other, rows) });
    }
  }

  /** Rows of the workload that both have a value of, by class, and all. */
  private members(a: ReplayValues, b: ReplayValues): [priceClass: number | null, rows: Uint32Array][] {
    const { priceClass, arrival } = this.population;
    const kept = new Uint32Array(priceClass.length);
    const count = new Uint32Array(this.prices.length);
    let length = 0;
    for (let i = 0; i < priceClass.length; i++) {
      if (arrival[i]! < this.since || Number.isNaN(a.value[i]!) || Number.isNaN(b.value[i]!)) continue;
      kept[length++] = i;
      count[priceClass[i]!]!++;
    }
    const all = kept.subarray(0, length);
    const classes = [...this.prices.keys()].filter((c) => count[c]! > 0);
    return [...classes.map((c): [number, Uint32Array] => [c, all.filter((row) => priceClass[row] === c)]), [null, all]];
  }

  /** Intervals of a statistic's difference from blocks of time, the same blocks for both; null where they say nothing. */
  private intervals(rows: Uint32Array, a: Float64Array, b: Float64Array) {
    const { arrival } = this.population;
    const slices = Uint8Array.from(rows, (row) => sliceOf(arrival[row]!, this.since, this.until));
    const [before, after] = [new SlicedValues(a, slices), new SlicedValues(b, slices)];
    if (!before.spread) return null;
    const generator = keyed(this.seed, PURPOSE.bootstrap).derive(4, 0);
    const draws = movingBlocks((i, replicate) => generator.uniform(i, replicate));
    return (statistic: Compared) =>
      drawnInterval(draws, (draw) => {
        if (statistic === "mean") return after.mean(draw) - before.mean(draw);
        const q = LEVELS[statistic];
        return after.quantile(q, draw) - before.quantile(q, draw);
      });
  }
}

interface OwnValues {
  readonly values: Float64Array;
  readonly leastOpen: number;
}

function ownValues({ value, open }: ReplayValues, rows: Uint32Array): OwnValues {
  const values = new Float64Array(rows.length);
  let leastOpen = Number.POSITIVE_INFINITY;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    values[i] = value[row]!;
    if (open[row] === 1 && values[i]! < leastOpen) leastOpen = values[i]!;
  }
  return { values, leastOpen };
}

function sharesOf(baseline: ReplayValues, other: ReplayValues, rows: Uint32Array) {
  let [better, worse, equal, unknown] = [0, 0, 0, 0];
  for (const row of rows) {
    const [a, b] = [baseline.value[row]!, other.value[row]!];
    const [openA, openB] = [baseline.open[row] === 1, other.open[row] === 1];
    const same = a === b || (Math.abs(a - b) <= EQUAL * Math.max(1, a, b) && Math.max(a, b) < Number.POSITIVE_INFINITY);
    const smaller = !same && b < a;
    // What has not ended may still overtake the other, unless it is the larger already.
    const decided = same
      ? !openA && !openB
      : smaller
        ? !openB || a === Number.POSITIVE_INFINITY
        : !openA || b === Number.POSITIVE_INFINITY;
    if (!decided) unknown++;
    else if (same) equal++;
    else if (smaller) better++;
    else worse++;
  }
  const share = (count: number) => (rows.length > 0 ? count / rows.length : 0);
  return { better: share(better), worse: share(worse), equal: share(equal), unknown: share(unknown) };
}
