import type { Dollars, Seconds } from "../../units.js";
import type { Tariff } from "./billing.js";
import type { FunctionName, WorkloadFunctions } from "./functions.js";
import type { Usage } from "./usage.js";

/** Whose bills are added up. */
export type Grouping = "class" | "owner" | "app" | "function";
export const GROUPINGS: readonly Grouping[] = ["class", "owner", "app", "function"];

/** What somebody, or a class, used and is billed. */
export interface GroupBill {
  /** The class, or the owner's, app's or function's name; "unknown" where the trace does not say. */
  readonly group: string;
  /** Null: of several classes. */
  readonly price_class: number | null;
  readonly price: number | null;
  readonly invocations: number;
  readonly finished: number;
  readonly killed: number;
  readonly rejected: number;
  readonly unfinished: number;
  /** Billed CPU and GiB seconds. */
  readonly cpu_s: Seconds;
  readonly gib_s: number;
  readonly cpu_dollars: Dollars;
  readonly memory_dollars: Dollars;
  readonly dollars: Dollars;
  /** Of a million such invocations; null where there are none. */
  readonly dollars_per_million: Dollars | null;
  /** In a month of 30 days of such work. */
  readonly month: Dollars;
  /** Delivered and not billed: given to the killed, where they do not pay. */
  readonly unbilled_cpu_s: Seconds;
  readonly unbilled_dollars: Dollars;
}

/** A sum, without what it is of. */
type Sum = { -readonly [Name in keyof Omit<GroupBill, "group" | "price_class" | "price">]: GroupBill[Name] };

/**
 * Bills by class (ascending, all of them), or by owner, app or function (the dearest first; by those and by class with
 * `by_class`). An app is told apart by its owner too, a function by both.
 */
export function groupBills(
  usage: Usage,
  { names }: Pick<WorkloadFunctions, "names">,
  prices: readonly number[],
  tariff: Tariff,
  months: number,
  by: Grouping,
  by_class = by === "class",
): GroupBill[] {
  const sums = new Map<string, { group: string; price_class: number | null; sum: Sum }>();
  const classes = by === "class" ? [...prices.keys()] : [];
  for (const price_class of classes) {
    sums.set(String(price_class), { group: String(price_class), price_class, sum: nothing() });
  }
  for (const [id, name] of names.entries()) {
    for (const [priceClass, price] of prices.entries()) {
      const cell = id * usage.classes + priceClass;
      if (usage.sums.outcomes.every((of) => of[cell] === 0)) continue;
      const key = by === "class" ? String(priceClass) : `${keyOf(name, by)}${by_class ? `,${priceClass}` : ""}`;
      const group = by === "class" ? String(priceClass) : (name[by] ?? "unknown");
      const into = sums.get(key) ?? { group, price_class: by_class ? priceClass : null, sum: nothing() };
      sums.set(key, into);
      addCell(into.sum, usage, cell, price, tariff);
    }
  }
  const bills = [...sums.values()].map(({ group, price_class, sum }) =>
    finished(group, price_class, prices, sum, months),
  );
  if (by === "class") return bills;
  const whole = new Map<string, number>();
  for (const { group, dollars } of bills) whole.set(group, (whole.get(group) ?? 0) + dollars);
  const order = (a: GroupBill, b: GroupBill) =>
    whole.get(b.group)! - whole.get(a.group)! ||
    (a.group === b.group ? (a.price_class ?? 0) - (b.price_class ?? 0) : b.invocations - a.invocations);
  return bills.sort(order);
}

/** All groups as one. */
export function totalBill(bills: readonly GroupBill[], months: number): GroupBill {
  const sum = nothing();
  for (const bill of bills)
    for (const name of Object.keys(sum) as (keyof Sum)[]) sum[name] = (sum[name] ?? 0) + (bill[name] ?? 0);
  return finished("all", null, [], sum, months);
}

function keyOf({ owner, app, function: name }: FunctionName, by: Exclude<Grouping, "class">): string {
  return JSON.stringify(by === "owner" ? [owner] : by === "app" ? [owner, app] : [owner, app, name]);
}

function nothing(): Sum {
  const none = { invocations: 0, finished: 0, killed: 0, rejected: 0, unfinished: 0 };
  const money = {
    cpu_dollars: 0,
    memory_dollars: 0,
    dollars: 0,
    dollars_per_million: null,
    month: 0,
    unbilled_dollars: 0,
  };
  return { ...none, cpu_s: 0, gib_s: 0, unbilled_cpu_s: 0, ...money };
}

function addCell(sum: Sum, { sums }: Usage, cell: number, price: number, { price_unit, memory_price }: Tariff): void {
  const [finished, killed, rejected, unfinished] = sums.outcomes.map((of) => of[cell]!);
  sum.finished += finished!;
  sum.killed += killed!;
  sum.rejected += rejected!;
  sum.unfinished += unfinished!;
  sum.invocations += finished! + killed! + rejected! + unfinished!;
  sum.cpu_s += sums.cpu_s[cell]!;
  sum.gib_s += sums.gib_s[cell]!;
  sum.cpu_dollars += sums.cpu_s[cell]! * price * price_unit;
  sum.memory_dollars += sums.gib_s[cell]! * memory_price;
  sum.unbilled_cpu_s += sums.unbilled_cpu_s[cell]!;
  sum.unbilled_dollars += sums.unbilled_cpu_s[cell]! * price * price_unit + sums.unbilled_gib_s[cell]! * memory_price;
}

function finished(
  group: string,
  price_class: number | null,
  prices: readonly number[],
  sum: Sum,
  months: number,
): GroupBill {
  const dollars = sum.cpu_dollars + sum.memory_dollars;
  const dollars_per_million = sum.invocations > 0 ? (1e6 * dollars) / sum.invocations : null;
  const price = price_class === null ? null : prices[price_class]!;
  return { group, price_class, price, ...sum, dollars, dollars_per_million, month: dollars / months };
}
