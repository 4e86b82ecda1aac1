import { Invalid } from "../../invalid.js";
import type { Dollars, Seconds } from "../../units.js";
import { type BudgetOptions, type BudgetRule, follows, hasLists, takesTime, type XXOptions } from "./options.js";

/** Budgets as a person gives them. */
export interface BudgetPlan {
  /** Dollars a month by owner's name, each >= 0, and where that was said. */
  readonly monthly: Readonly<Record<string, Dollars>>;
  readonly where: string;
  /** Of every other owner; null: none. */
  readonly others: Dollars | null;
  readonly rule: BudgetRule;
  /** See BudgetOptions. */
  readonly burst: Seconds;
  readonly memoryPrice: Dollars;
}

/** XX's options as a person gives them, before there is a workload. */
export interface XXPlan extends Omit<XXOptions, "children" | "budgets"> {
  readonly children: "recorded" | "follow";
  readonly budgets: BudgetPlan | null;
}

/** What a plan must know of the workload. */
export interface PlannedFor {
  /** Owners' names by key. */
  readonly owners: readonly string[];
  /** Whether any invocation has a parent. */
  readonly hasParents: boolean;
  /** Start of the run. */
  readonly from: Seconds;
  /** Dollars per unit of price and CPU second. */
  readonly priceUnit: Dollars;
}

/** XX's options for a workload; undefined: all are off. Throws Invalid where a budget names no owner. */
export function planned(plan: XXPlan, { owners, hasParents, from, priceUnit }: PlannedFor): XXOptions | undefined {
  const budgets = plan.budgets === null ? null : { ...budgetsOf(plan.budgets, owners), from, priceUnit };
  const options = { ...plan, children: hasParents ? plan.children : ("none" as const), budgets };
  return hasLists(options) || follows(options) || takesTime(options) ? options : undefined;
}

/** Throws Invalid where a budget names no owner, or there are none to have one. */
export function budgetsOf(plan: BudgetPlan, owners: readonly string[]): Omit<BudgetOptions, "from" | "priceUnit"> {
  const { monthly, where, others, rule, burst, memoryPrice } = plan;
  const known = new Set(owners);
  const unknown = Object.keys(monthly).find((owner) => !known.has(owner));
  const some = owners.slice(0, 3).join(", ");
  const expected =
    owners.length === 0 ? "a trace with owners, which this has not" : `owners of the trace, such as ${some}`;
  if (unknown !== undefined) throw new Invalid("budget", unknown, where, expected);
  if (others !== null && owners.length === 0) throw new Invalid("budget-default", others, "--budget-default", expected);
  const each = (owner: string) =>
    Object.hasOwn(monthly, owner) ? monthly[owner]! : (others ?? Number.POSITIVE_INFINITY);
  return { rule, owners, monthly: owners.map(each), burst, memoryPrice };
}

/** Options as they stand in every table's metadata: without the list of owners, which the manifest has. */
export function described(options: XXOptions): unknown {
  if (options.budgets === null) return options;
  const { owners, monthly, ...budgets } = options.budgets;
  return { ...options, budgets };
}
