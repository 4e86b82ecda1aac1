import { type CostRow, stackedCost } from "./stacked-cost.js";
import type { Spec } from "./theme.js";

/** What each owner pays, by price class; the owners in the rows' order, the most expensive first if they are sorted so. */
export function costByOwner(rows: readonly CostRow[]): Spec {
  const subtitle = "dollars of each owner's bill; dark: the classes that pay most";
  return stackedCost(rows, "Who pays", subtitle, "Dollars by owner and price class.");
}
