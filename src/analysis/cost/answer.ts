import type { Dollars, Seconds } from "../../units.js";
import type { OwnerBudgetFacts } from "../run-folder.js";
import type { BilledMemory, Tariff } from "./billing.js";
import type { ElsewhereBill } from "./elsewhere.js";
import type { GroupBill, Grouping } from "./groups.js";
import type { MachineCost } from "./machines.js";
import type { ProviderCost } from "./provider.js";
import type { Reading, UnitReading } from "./readings.js";
import type { Reserved } from "./reserved.js";

/** What is asked; all of it may be left out. */
export interface CostQuestion {
  /** Schedulers to look at, in this order; by default all that were replayed. */
  readonly schedulers?: readonly string[];
  /** Time for which memory is billed; running by default. */
  readonly memory?: BilledMemory;
  /** Whether the killed pay for what they were given; they do by default. */
  readonly bill_killed?: boolean;
  /** Dollars per unit of price and CPU second; the run's own by default. */
  readonly price_unit?: UnitReading;
  /** Dollars per GiB and second; by default in the proportion to the price unit that the run has. */
  readonly memory_price?: Dollars;
  /** Whose bills; by class by default. */
  readonly by?: Grouping;
  /** A cost model of servers.json or an instance of aws-ec2.json; hamilton2010 by default. */
  readonly machine?: string;
  /** A drive of drives.json for what is swapped; the drafts' by default. */
  readonly drive?: string;
  /** An instance of aws-ec2.json to reserve. */
  readonly reserved?: string;
  /** A folder of catalogues; data/prices by default. */
  readonly prices?: string;
}

/** What an owner with a budget was billed, and what the budget did. From run.json. */
export interface OwnerBudget extends OwnerBudgetFacts {
  readonly owner: string;
}

/** What budgets did under a scheduler: who has one, who went over it, and the latter one by one. */
export interface BudgetReport {
  readonly owners_with_a_budget: number;
  readonly owners_over_it: number;
  readonly owners: readonly OwnerBudget[];
}

/** Bills, revenue and cost under one scheduler. */
export interface SchedulerCost {
  readonly scheduler: string;
  /** Months of 30 days that the bills are of. */
  readonly months: number;
  /** By what bills are made out: the reading asked for. Null where that has no unit; the bills are then all 0. */
  readonly tariff: Tariff | null;
  /** By class, and by what was asked for, the dearest first (the same where that is the class). */
  readonly classes: readonly GroupBill[];
  readonly groups: readonly GroupBill[];
  /** The latter by class, too, in the order of the former. */
  readonly groups_by_class: readonly GroupBill[];
  readonly all: GroupBill;
  readonly provider: ProviderCost;
  /** At the unit asked for. */
  readonly asked: Reading;
  /** The drafts' unit, break-even, and equal to Lambda. */
  readonly readings: readonly Reading[];
  /** Null: there were none. */
  readonly budgets: BudgetReport | null;
}

/** What a run's work costs its tenants and its provider, and would elsewhere. Plain data. */
export interface CostAnalysis {
  readonly run: string;
  readonly trace: string;
  readonly invocations: number;
  /** CPU seconds that they need. */
  readonly cpu_s: Seconds;
  readonly machines: number;
  readonly cores: number;
  readonly span_s: Seconds;
  /** Months of 30 days that the replayed part lasts: what a month costs is what it costs, over this. */
  readonly months: number;
  readonly rule: { readonly memory: BilledMemory; readonly bill_killed: boolean; readonly price_unit: UnitReading };
  /** No invocation says what memory it holds: memory costs nothing, and Lambda's least size is assumed. */
  readonly memory_unknown: boolean;
  readonly machine: MachineCost;
  /** Other ways to price a machine, and the price unit at which the first scheduler's revenue covers it. */
  readonly other_machines: readonly (MachineCost & { readonly break_even_unit: number | null })[];
  readonly by: Grouping;
  readonly schedulers: readonly SchedulerCost[];
  /** The whole workload, finished here or not. */
  readonly elsewhere: readonly ElsewhereBill[];
  readonly reserved: Reserved;
}
