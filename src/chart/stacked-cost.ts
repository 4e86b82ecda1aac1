import { distinct, rounded } from "./parts.js";
import { SCHEMA, type Spec, THEME } from "./theme.js";

/** Dollars of one price class in one bar of a scheduler. */
export interface CostRow {
  readonly scheduler: string;
  /** Whose or which bar: an owner, a bill, a provider. */
  readonly group: string;
  readonly price_class: number;
  readonly dollars: number;
}

/** Groups that have a bar of their own; the others share the last one. */
const MOST_GROUPS = 15;
const LABEL_PX = 180;

/** A panel a scheduler with a bar a group, stacked by price class from the dearest; groups in the rows' order. */
export function stackedCost(rows: readonly CostRow[], text: string, subtitle: string, description: string): Spec {
  const groups = distinct(rows.map((row) => row.group));
  const own = groups.length > MOST_GROUPS ? groups.slice(0, MOST_GROUPS - 1) : groups;
  const rest = `${groups.length - own.length} others`;
  const sums = new Map<string, CostRow>();
  for (const row of rows) {
    const group = own.includes(row.group) ? row.group : rest;
    const key = JSON.stringify([row.scheduler, group, row.price_class]);
    const before = sums.get(key)?.dollars ?? 0;
    sums.set(key, { ...row, group, dollars: before + row.dollars });
  }
  const values = [...sums.values()].map(({ scheduler, group, price_class, dollars }) => ({
    ...{ scheduler, group, price_class, dollars: rounded(dollars) },
  }));
  const schedulers = distinct(rows.map((row) => row.scheduler));
  const classes = distinct(rows.map((row) => row.price_class)).sort((a, b) => b - a);
  const sort = groups.length > own.length ? [...own, rest] : [...own];
  return {
    $schema: SCHEMA,
    description,
    title: { text, subtitle },
    config: THEME,
    data: { values },
    facet: { field: "scheduler", type: "nominal", sort: schedulers, title: null, header: { labelFontWeight: "bold" } },
    columns: Math.min(2, schedulers.length),
    spec: {
      width: schedulers.length > 1 ? 260 : 420,
      height: { step: 20 },
      mark: { type: "bar", stroke: "#444444", strokeWidth: 0.4 },
      encoding: {
        y: { field: "group", type: "nominal", sort, title: null, axis: { labelLimit: LABEL_PX } },
        x: { field: "dollars", type: "quantitative", title: "dollars", axis: { format: "$,~r", tickCount: 3 } },
        color: {
          field: "price_class",
          type: "ordinal",
          title: "price class",
          sort: classes,
          scale: {
            domain: classes,
            range: classes.map(
              (_, i) => SHADES[Math.round((i * (SHADES.length - 1)) / Math.max(1, classes.length - 1))]!,
            ),
          },
        },
        order: { field: "price_class", sort: "descending" },
      },
    },
  };
}

/** From dark to light, so that the dearest class is the darkest, in print too. */
const SHADES = ["#08306b", "#08519c", "#2171b5", "#4292c6", "#6baed6", "#9ecae1", "#c6dbef", "#deebf7"] as const;
