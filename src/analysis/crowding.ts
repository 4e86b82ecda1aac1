import { Invalid } from "../invalid.js";
import { keyed, PURPOSE } from "../random/index.js";
import { type Draw, drawnInterval, movingBlocks, SlicedValues, sliceOf } from "../statistics/moving-blocks.js";
import { enough, quantiles } from "../statistics/quantile.js";
import { parseSpan, type Seconds } from "../units.js";
import { type ClassValues, classValues } from "./class-values.js";
import { type Quantity, type Question, schedulersOf } from "./question.js";
import type { RunFolder } from "./run-folder.js";

/** A step of the load: arrivals in `step` are set against those in `before`; a text is such as "50s..80s". */
export interface Step extends Pick<Question, "scheduler" | "endedOnly"> {
  readonly step: string | readonly [from: Seconds, to: Seconds];
  readonly before: string | readonly [from: Seconds, to: Seconds];
}

/** How crowded a class gets while the load is higher. */
export interface CrowdingRow {
  readonly scheduler: string;
  readonly price_class: number;
  readonly of: Quantity;
  /** Observations in either span. */
  readonly before_count: number;
  readonly step_count: number;
  /** Quantile 0.99 in either span; Infinity: killed or rejected ones reach it; null: fewer than 1000. */
  readonly before_p99: number | null;
  readonly step_p99: number | null;
  /** step_p99 / before_p99; null where one of them is, both are infinite, or the latter is 0. */
  readonly index: number | null;
  /** The true index may be larger: step_p99 rests on unfinished ones, before_p99 does not. */
  readonly lower_bound: boolean;
  /** 95 % interval of the index, by a bootstrap of blocks of time; null where arrivals are too few or too close together. */
  readonly low: number | null;
  readonly high: number | null;
}

const QUANTILE = 0.99;

/** p99 of slowdown and of latency during a load step over that before it, per scheduler and class. Throws Invalid. */
export async function crowding(run: RunFolder, question: Step): Promise<CrowdingRow[]> {
  const schedulers = schedulersOf(run, question);
  const [step, before] = [spanOf("step", question.step), spanOf("before", question.before)];
  if (before[0] < step[1] && step[0] < before[1]) {
    throw new Invalid(
      "before",
      shown(before),
      `step is ${shown(step)}`,
      "a span that does not overlap with the step's",
    );
  }
  const rows: CrowdingRow[] = [];
  for (const scheduler of schedulers) {
    for (const of of ["slowdown", "latency"] as const) {
      const look = { of, endedOnly: question.endedOnly ?? false };
      const calm = await classValues(run, scheduler, { ...look, since: before[0], until: before[1] });
      const busy = await classValues(run, scheduler, { ...look, since: step[0], until: step[1] });
      for (const price_class of run.prices.keys()) {
        const sides = [new Side(calm[price_class]!, before), new Side(busy[price_class]!, step)] as const;
        rows.push({ scheduler, price_class, of, ...indexOf(...sides, run.manifest.seed) });
      }
    }
  }
  if (rows.every(({ before_count, step_count }) => before_count === 0 || step_count === 0)) {
    const none = rows.every(({ step_count }) => step_count === 0) ? "step" : "before";
    const { from_s, to_s } = run.manifest;
    throw new Invalid(
      none,
      shown(none === "step" ? step : before),
      "no arrivals",
      `a part of ${shown([from_s, to_s])}`,
    );
  }
  return rows;
}

/** A span as given. Throws Invalid. */
export function spanOf(
  name: string,
  span: string | readonly [from: Seconds, to: Seconds],
  where = name,
): readonly [Seconds, Seconds] {
  if (typeof span === "string") return parseSpan(span, where);
  if (Array.isArray(span) && span.length === 2 && span.every(Number.isFinite) && span[1] > span[0]) return span;
  throw new Invalid(
    "span",
    String(span),
    where,
    "two times in seconds, the end after the start, or a text such as 8h..16h",
  );
}

function shown([from, to]: readonly [Seconds, Seconds]): string {
  return `${from}s..${to}s`;
}

/** A class's observations in one span. */
class Side {
  readonly count: number;
  readonly p99: number | null;
  readonly isBound: boolean;
  private readonly of: ClassValues;
  private readonly span: readonly [Seconds, Seconds];

  constructor(of: ClassValues, span: readonly [Seconds, Seconds]) {
    const { values, leastOpen } = of;
    this.of = of;
    this.span = span;
    this.count = values.length;
    this.p99 = enough(this.count, QUANTILE) ? quantiles(values.slice(), this.count, [QUANTILE])[0]! : null;
    this.isBound = this.p99 !== null && this.p99 < Number.POSITIVE_INFINITY && leastOpen <= this.p99;
  }

  sliced(): SlicedValues {
    const { values, arrivals } = this.of;
    const [from, to] = this.span;
    return new SlicedValues(
      values,
      Uint8Array.from(arrivals, (time) => sliceOf(time, from, to)),
    );
  }
}

function indexOf(before: Side, step: Side, seed: number): Omit<CrowdingRow, "scheduler" | "price_class" | "of"> {
  const known = before.p99 !== null && step.p99 !== null;
  const index = known ? ratio(step.p99, before.p99) : Number.NaN;
  const interval = Number.isNaN(index) ? null : intervalOf(before.sliced(), step.sliced(), seed);
  return {
    before_count: before.count,
    step_count: step.count,
    before_p99: before.p99,
    step_p99: step.p99,
    index: Number.isNaN(index) ? null : index,
    lower_bound: !Number.isNaN(index) && step.isBound && !before.isBound,
    low: interval?.low ?? null,
    high: interval?.high ?? null,
  };
}

function intervalOf(before: SlicedValues, step: SlicedValues, seed: number): { low: number; high: number } | null {
  if (!before.spread || !step.spread) return null;
  const calm = movingBlocks(uniformOf(seed, 0));
  const p99 = (values: SlicedValues, draw: Draw) => values.quantile(QUANTILE, draw);
  return drawnInterval(movingBlocks(uniformOf(seed, 1)), (draw, i) => ratio(p99(step, draw), p99(before, calm[i]!)));
}

function uniformOf(seed: number, side: number): (i: number, replicate: number) => number {
  const generator = keyed(seed, PURPOSE.bootstrap).derive(3, side);
  return (i, replicate) => generator.uniform(i, replicate);
}

/** NaN where the numbers do not say. */
function ratio(a: number, b: number): number {
  return b === 0 ? Number.NaN : a / b;
}
