import {
  BY_CLASS,
  distinct,
  drawnAt,
  plain,
  schedulerLines,
  schedulerPoints,
  slowdownScale,
  type TailValue,
  topOf,
} from "./parts.js";
import { SCHEMA, type Spec, THEME } from "./theme.js";

/** The p99 slowdown of one class under one scheduler at one load. */
export interface P99ByLoadRow extends TailValue {
  readonly scheduler: string;
  /** Offered CPU over the cluster's cores: 0.9. */
  readonly load: number;
  readonly price_class: number;
}

/** A panel a class, a line a scheduler, load from left to right. */
export function p99ByLoad(rows: readonly P99ByLoadRow[]): Spec {
  const told = rows.filter((row) => row.p99_slowdown !== null);
  const top = topOf(rows);
  const values = told.map((row) => ({
    scheduler: row.scheduler,
    load: row.load,
    price_class: row.price_class,
    ...drawnAt(row, top),
  }));
  const schedulers = distinct(rows.map((row) => row.scheduler));
  const { scale, axis } = slowdownScale(top);
  const x = plain({
    field: "load",
    type: "quantitative",
    title: "offered load",
    scale: { zero: false, padding: 8 },
    axis: { format: ".1~%", tickCount: 5 },
  });
  const y = plain({ field: "p99_slowdown", type: "quantitative", title: "p99 slowdown", scale, axis });
  const { color, shape } = schedulerPoints(schedulers);
  const legend = schedulers.length > 1 ? plain({ orient: "top", symbolStrokeWidth: 0 }) : null;
  const strokeDash = { ...schedulerLines(schedulers).strokeDash, legend };
  const classes = distinct(told.map((row) => row.price_class)).length;
  return {
    $schema: SCHEMA,
    description: "p99 slowdown against the offered load, by price class and scheduler.",
    title: {
      text: "What load does to the tail",
      subtitle:
        "p99 of latency / runtime by offered load; 1: it never waits; ≥ some have not ended; ∞ killed or rejected",
    },
    config: THEME,
    data: { values },
    facet: BY_CLASS,
    columns: Math.min(3, Math.max(1, classes)),
    resolve: { axis: { x: "independent" } },
    spec: {
      width: 190,
      height: 150,
      layer: [
        {
          mark: { type: "line", strokeWidth: 1.6, point: { filled: true, size: 45, opacity: 1 } },
          encoding: { x, y, color: { ...color, legend }, shape: { ...shape, legend }, strokeDash },
        },
        {
          transform: [{ filter: "datum.sign !== ''" }],
          mark: { type: "text", dx: -9, dy: 6, fontSize: 10 },
          encoding: { x, y, color, text: { field: "sign" } },
        },
      ],
    },
  };
}
