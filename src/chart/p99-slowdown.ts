import { LOG_ABOVE, logTicks, shown, topOf } from "./parts.js";
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

const BAR_PX = 15;

/**
 * Bars from 1 (never waits) to the p99 slowdown, by price class from the top and by scheduler in the rows' order. Each
 * bar says its number and scheduler, so that nothing hangs on colour alone: a lower bound reads `≥ 12.3`, infinity `∞`
 * at the full width, a p99 that is not printed `too few`.
 */
export function p99Slowdown(all: readonly SlowdownRow[]): Spec {
  const rows = all.filter((row) => row.count !== 0);
  const schedulers = [...new Set(rows.map((row) => row.scheduler))];
  const top = topOf(rows);
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
            axis: log ? { values: logTicks(1, top, 12) } : { tickCount: 6 },
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
