import { SCHEMA, type Spec, THEME } from "./theme.js";

/** One bar: the p99 slowdown (latency / runtime) of one price class under one scheduler. */
export interface SlowdownRow {
  readonly scheduler: string;
  /** 0 is the lowest. */
  readonly price_class: number;
  /** From 1. Infinity: killed or rejected invocations reach it. Null: too few observations to print a p99. */
  readonly p99_slowdown: number | null;
  /** The quantile rests on an unfinished invocation, so the true one is at least this. */
  readonly lower_bound?: boolean;
  /** Invocations; a row of none is left out. */
  readonly count?: number;
}

/** A scale that spans more than this factor is logarithmic. */
const LOG_ABOVE = 10;
const BAR_PX = 15;

/**
 * Bars from 1 (never waits) to the p99 slowdown, by price class from the top and by scheduler in the rows' order. Each
 * bar says its number and scheduler, so that nothing hangs on colour alone: a lower bound reads `≥ 12.3`, infinity `∞`
 * at the full width, a p99 that is not printed `too few`.
 */
export function p99Slowdown(all: readonly SlowdownRow[]): Spec {
  const rows = all.filter((row) => row.count !== 0);
  const schedulers = [...new Set(rows.map((row) => row.scheduler))];
  const finite = rows.map((row) => row.p99_slowdown ?? 1).filter(Number.isFinite);
  const top = Math.max(2, ...finite);
  const values = rows.map(({ scheduler, price_class, p99_slowdown: p99, lower_bound }) => ({
    scheduler,
    price_class,
    p99_slowdown: p99 === null ? 1 : Math.min(p99, top),
    label: `${p99 === null ? "too few" : `${lower_bound ? "≥ " : ""}${shown(p99)}`}  ${scheduler}`,
  }));
  const x = { field: "p99_slowdown", type: "quantitative" } as const;
  const log = top > LOG_ABOVE;
  const type = log ? "log" : "linear";
  return {
    $schema: SCHEMA,
    description: "p99 slowdown by price class and scheduler, as bars from 1.",
    title: {
      text: "Slowdown that 99 % of invocations stay within",
      subtitle: "latency / runtime, by price class (top: pays most); 1: it never waits",
    },
    config: THEME,
    width: 420,
    height: { step: BAR_PX, for: "offset" },
    data: { values },
    encoding: {
      y: { field: "price_class", type: "ordinal", sort: "descending", title: "price class" },
      yOffset: { field: "scheduler", sort: schedulers },
    },
    layer: [
      {
        mark: { type: "bar", tooltip: true },
        encoding: {
          x: {
            ...x,
            title: "p99 slowdown",
            scale: { type, domain: [1, top], nice: false },
            axis: log ? { values: ticks(top) } : { tickCount: 6 },
          },
          x2: { datum: 1 },
          color: { field: "scheduler", type: "nominal", sort: schedulers, legend: null },
        },
      },
      {
        mark: { type: "text", align: "left", dx: 4, fontSize: 10 },
        encoding: { x, text: { field: "label" } },
      },
    ],
  };
}

/** 1, 2, 5, 10, 20 … up to `top`. */
function ticks(top: number): number[] {
  const all: number[] = [];
  for (let decade = 1; decade <= top; decade *= 10) all.push(decade, 2 * decade, 5 * decade);
  return all.filter((tick) => tick <= top);
}

/** Three digits or so, thousands apart. */
function shown(slowdown: number): string {
  if (slowdown === Number.POSITIVE_INFINITY) return "∞";
  const digits = slowdown < 10 ? 2 : slowdown < 100 ? 1 : 0;
  return slowdown.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
