import { Invalid } from "../invalid.js";
import { p99Slowdown } from "./p99-slowdown.js";
import type { Spec } from "./theme.js";

/** What a chart is made from: one object per row. */
export type ChartRow = Readonly<Record<string, unknown>>;

/** A chart of the list. */
export interface Chart {
  /** What it shows, one line. */
  readonly about: string;
  /** Columns that its rows must have. */
  readonly needs: readonly string[];
  /** Rows to specification; the rows stay as they are. */
  readonly spec: (rows: readonly ChartRow[]) => Spec;
}

/** Every chart there is. To add one: a file, a line here, a test. */
export const CHARTS: Readonly<Record<string, Chart>> = {
  "p99-slowdown": {
    about: "p99 slowdown by price class and scheduler",
    needs: ["scheduler", "price_class", "p99_slowdown"],
    spec: p99Slowdown as unknown as Chart["spec"],
  },
};

/**
 * Draws rows as the named chart.
 * Throws Invalid for a name that is not in the list, for no rows, and for rows that lack a column which the chart needs.
 */
export function chart(name: string, rows: Iterable<object>): Spec {
  const known = Object.keys(CHARTS).join(", ");
  const found = Object.hasOwn(CHARTS, name) ? CHARTS[name] : undefined;
  if (!found) throw new Invalid("chart", name, "chart", `one of ${known}`);
  const all = [...rows] as ChartRow[];
  const first = all[0];
  if (!first) throw new Invalid("rows", "none", `chart ${name}`, "at least one row");
  const lacking = found.needs.filter((column) => !(column in first));
  if (lacking.length > 0) {
    const columns = Object.keys(first).join(", ");
    throw new Invalid("rows", `no ${lacking.join(", ")}`, `chart ${name}, rows of ${columns}`, found.needs.join(", "));
  }
  return found.spec(all);
}
