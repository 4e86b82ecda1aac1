import type { Dollars, MiB, Seconds } from "../../units.js";

/** XX's options beyond placing by power of k at once; each is off in XX_OFF. Plain data: it can go to a worker. */
export interface XXOptions {
  /** Free memory from which a machine is on an idle list, > 0; Infinity: there are no lists. Needs finite RAM. */
  readonly idleThreshold: MiB;
  /** `guarded`: a listed machine with as many invocations as cores is passed over; `literal`: as the drafts have it. */
  readonly idleListRule: "guarded" | "literal";
  /** A list shows a machine as it was when its free memory last changed by more than this; 0: as it is. */
  readonly idleStaleness: MiB;
  /** Time that a shard takes to look at its idle list, and for a round of polls; >= 0. */
  readonly lookupTime: Seconds;
  readonly pollTime: Seconds;
  /** What counts as a machine's load when one is chosen: `same-or-higher` leaves out classes below the invocation's. */
  readonly loadCounts: "all" | "same-or-higher";
  /** Times that an invocation is placed anew after it was killed. */
  readonly retries: number;
  /**
   * `none`: nothing has a parent. `recorded`: a child arrives when the workload says; `follow`: as long after its
   * parent's start as it was recorded after its parent's arrival.
   */
  readonly children: "none" | "recorded" | "follow";
  /** What takes time on a machine; see MachineTimes. */
  readonly contextSwitch: Seconds;
  readonly startup: Seconds;
  readonly keepAlive: Seconds;
  /** MiB that a machine moves between RAM and swap in a second, > 0; Infinity: moving takes no time. Needs finite RAM. */
  readonly swapBandwidth: number;
  /** Null: nobody has one. */
  readonly budgets: BudgetOptions | null;
}

/** What happens to an arrival whose owner has spent more than the allowance so far. */
export type BudgetRule = "demote" | "delay" | "reject";

/** Monthly budgets of owners. */
export interface BudgetOptions {
  readonly rule: BudgetRule;
  /** Names of the owners by their key in the workload, and their budgets for 30 days; Infinity: none. */
  readonly owners: readonly string[];
  readonly monthly: readonly Dollars[];
  /** The allowance at the start is what accrues in so long. */
  readonly burst: Seconds;
  /** When the allowance starts to accrue. */
  readonly from: Seconds;
  /** Dollars per unit of price and CPU second. */
  readonly priceUnit: Dollars;
  /** Dollars per GiB and second of running. */
  readonly memoryPrice: Dollars;
}

/** Every option off. */
export const XX_OFF: XXOptions = {
  idleThreshold: Number.POSITIVE_INFINITY,
  idleListRule: "guarded",
  idleStaleness: 0,
  lookupTime: 0,
  pollTime: 0,
  loadCounts: "all",
  retries: 0,
  children: "none",
  contextSwitch: 0,
  startup: 0,
  keepAlive: 0,
  swapBandwidth: Number.POSITIVE_INFINITY,
  budgets: null,
};

/** Whether there are idle lists. */
export function hasLists(options: XXOptions): boolean {
  return options.idleThreshold < Number.POSITIVE_INFINITY;
}

/** Whether machines are to be of the kind on which things take time. */
export function takesTime(options: XXOptions): boolean {
  const { contextSwitch, startup, keepAlive } = options;
  return contextSwitch > 0 || startup > 0 || keepAlive > 0 || movesSlowly(options);
}

/** Whether moving between RAM and swap takes time. */
export function movesSlowly({ swapBandwidth }: XXOptions): boolean {
  return swapBandwidth < Number.POSITIVE_INFINITY;
}

/**
 * Whether an invocation's class, arrival or placement may differ from what the workload says, or who is counted depends
 * on its class, or it may have to wait for its memory where it is placed: it is then followed from its arrival to its end,
 * and an observer is told of arrivals.
 */
export function follows(options: XXOptions): boolean {
  const { lookupTime, pollTime, loadCounts, retries, children, budgets } = options;
  const counts = loadCounts !== "all" || retries > 0 || children !== "none" || budgets !== null;
  return counts || lookupTime > 0 || pollTime > 0 || movesSlowly(options);
}
