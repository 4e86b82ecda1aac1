import { type CostRow, stackedCost } from "./stacked-cost.js";
import type { Spec } from "./theme.js";

/** What each bill comes to, by price class. */
export function costByClass(rows: readonly CostRow[]): Spec {
  const subtitle = "dollars for the same invocations; dark: the classes that pay most";
  return stackedCost(rows, "What it costs, by price class", subtitle, "Dollars by bill and price class.");
}
