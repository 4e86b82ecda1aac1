import { DASHES, SHAPES } from "./theme.js";

type Mutable<T> = { -readonly [Key in keyof T]: Mutable<T[Key]> };

/** A part of a specification with the types that its literals have: "log" and not any text. */
export function plain<const Part>(part: Part): Mutable<Part> {
  return part as Mutable<Part>;
}

/** Distinct values in the order in which they first come. */
export function distinct<T>(values: Iterable<T>): T[] {
  return [...new Set(values)];
}

/** A number with so many digits that count, so that a specification is no longer than what one can see. */
export function rounded(value: number, digits = 4): number {
  return Number(value.toPrecision(digits));
}

/** 1, 2, 5, 10, 20 … or, where that were more than `most`, powers of ten, from `low` to `top`, both above 0. */
export function logTicks(low: number, top: number, most = 9): number[] {
  for (const digits of [[1, 2, 5], [1]]) {
    const all: number[] = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.log10(top); power++) {
      all.push(...digits.map((digit) => Number(`${digit}e${power}`)));
    }
    const within = all.filter((tick) => tick >= low && tick <= top);
    if (within.length <= most || digits.length === 1) return within;
  }
  return [];
}

/** Three digits or so, thousands apart; infinity is ∞. */
export function shown(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "∞";
  const digits = value < 10 ? 2 : value < 100 ? 1 : 0;
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** A tail's statistic: infinite where killed or rejected ones reach it, null where there are too few to tell. */
export interface TailValue {
  readonly p99_slowdown: number | null;
  /** The true one may be larger. */
  readonly lower_bound?: boolean;
}

/** A scale that spans more than this factor is logarithmic. */
export const LOG_ABOVE = 10;

/** The most there is on a scale of slowdowns: the largest finite one, and at least 2. */
export function topOf(rows: readonly TailValue[]): number {
  return Math.max(2, ...rows.map((row) => row.p99_slowdown ?? 1).filter(Number.isFinite));
}

/** The end of a slowdown's scale, a little above the largest finite one, so that infinity has its own place there. */
function endOf(top: number): number {
  return rounded(top > LOG_ABOVE ? 1.25 * top : top + (top - 1) / 10);
}

/** Where a slowdown is drawn, infinity at the scale's end, and the sign it then bears: ∞, or ≥ for a lower bound. */
export function drawnAt({ p99_slowdown: p99, lower_bound }: TailValue, top: number) {
  const sign = p99 === Number.POSITIVE_INFINITY ? "∞" : lower_bound && p99 !== null ? "≥" : "";
  return { p99_slowdown: p99 === null ? null : Number.isFinite(p99) ? rounded(p99) : endOf(top), sign };
}

/** A slowdown's scale from 1: logarithmic where it spans more than a factor of 10. */
export function slowdownScale(top: number, most = 9) {
  const log = top > LOG_ABOVE;
  return plain({
    scale: { type: log ? "log" : "linear", domain: [1, endOf(top)], nice: false },
    axis: log ? { values: logTicks(1, top, most) } : { tickCount: 5 },
  });
}

/** Schedulers apart by colour and by the line's dashes, in the order given, with one legend for both. */
export function schedulerLines(schedulers: readonly string[]) {
  const of = plain({ field: "scheduler", type: "nominal", title: null });
  const legend = schedulers.length > 1 ? { orient: "top", symbolType: "stroke", symbolSize: 400 } : null;
  const range = schedulers.map((_, i) => [...DASHES[i % DASHES.length]!]);
  return plain({
    color: { ...of, scale: { domain: [...schedulers] }, legend },
    strokeDash: { ...of, scale: { domain: [...schedulers], range }, legend },
  });
}

/** Schedulers apart by colour and shape of a point. */
export function schedulerPoints(schedulers: readonly string[]) {
  const of = plain({ field: "scheduler", type: "nominal", title: null });
  const legend = schedulers.length > 1 ? { orient: "top" } : null;
  const range = schedulers.map((_, i) => SHAPES[i % SHAPES.length]!);
  return plain({
    color: { ...of, scale: { domain: [...schedulers] }, legend },
    shape: { ...of, scale: { domain: [...schedulers], range }, legend },
  });
}

/** A panel a price class, the one that pays most first. */
export const BY_CLASS = plain({
  field: "price_class",
  type: "ordinal",
  sort: "descending",
  title: null,
  header: { labelExpr: "'class ' + datum.value", labelFontWeight: "bold" },
});

/** Labels of an axis in seconds: 5 ms, 30 s, 10 min, 2 h, 3 d. */
export const SECONDS_LABELS =
  "datum.value === 0 ? '0' : datum.value < 1 ? format(datum.value * 1000, '~g') + ' ms' : datum.value < 60 ? format(datum.value, '~g') + ' s' : " +
  "datum.value < 3600 ? format(datum.value / 60, '~r') + ' min' : datum.value < 86400 ? format(datum.value / 3600, '~r') + ' h' : format(datum.value / 86400, '~r') + ' d'";

/** Round values for a logarithmic axis in seconds, each a common length of time. */
export function secondTicks(low: number, top: number): number[] {
  const all = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10, 60, 600, 3600, 6 * 3600, 86400, 10 * 86400];
  return all.filter((tick) => tick >= low && tick <= top);
}

/** The unit in which a span of seconds is easily read, and how many seconds it has. */
export function timeUnit(span: number): readonly [unit: string, seconds: number] {
  if (span > 4 * 86400) return ["days", 86400];
  if (span > 3 * 3600) return ["hours", 3600];
  return span > 600 ? ["minutes", 60] : ["seconds", 1];
}
