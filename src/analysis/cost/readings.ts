import type { Dollars } from "../../units.js";
import { DRAFTS_PRICE_UNIT, type Tariff } from "./billing.js";
import { type LambdaPrices, lambdaMonth } from "./lambda.js";
import type { LambdaShare } from "./usage.js";

/** How the price unit, dollars per unit of price and CPU second, may be read; or it is a number of one's own. */
export type UnitReading = "run" | "drafts" | "break-even" | "lambda-equal" | number;

/** Work that is billed: sums of price x CPU seconds, of CPU seconds and of GiB seconds. */
export interface Billed {
  readonly price_cpu_s: number;
  readonly cpu_s: number;
  readonly gib_s: number;
}

/** The price unit by one reading, and what comes of it. */
export interface Reading {
  readonly reading: string;
  /** Null: no unit does it, as there is nothing to bill, or memory alone brings in more. */
  readonly tariff: Tariff | null;
  /** A CPU hour at the mean price, weighted by CPU. */
  readonly cpu_hour: Dollars | null;
  readonly revenue: Dollars | null;
  /** Revenue less the provider's cost. */
  readonly profit: Dollars | null;
}

/** The price of memory: so many dollars a GiB and second; or in proportion to the price unit, as in a tariff. */
export type MemoryPrice = { readonly fixed: Dollars } | { readonly as_in: Tariff };

/** A price unit with the memory's price that goes with it. */
export function tariffAt(price_unit: Dollars, memory: MemoryPrice): Tariff {
  if ("fixed" in memory) return { price_unit, memory_price: memory.fixed };
  return { price_unit, memory_price: (memory.as_in.memory_price / memory.as_in.price_unit) * price_unit };
}

/** The tariff at which work costs so many dollars; null where none does. */
export function tariffFor(dollars: Dollars, work: Omit<Billed, "cpu_s">, memory: MemoryPrice): Tariff | null {
  const one = tariffAt(1, memory);
  const unit =
    "fixed" in memory
      ? (dollars - memory.fixed * work.gib_s) / work.price_cpu_s
      : dollars / (work.price_cpu_s + one.memory_price * work.gib_s);
  return Number.isFinite(unit) && unit >= 0 ? tariffAt(unit, memory) : null;
}

/** Dollars that work costs by a tariff. */
export function dollarsOf({ price_cpu_s, gib_s }: Omit<Billed, "cpu_s">, tariff: Tariff): Dollars {
  return price_cpu_s * tariff.price_unit + gib_s * tariff.memory_price;
}

/**
 * The three readings: the drafts' unit; the one at which the provider neither earns nor loses; and the one at which what Lambda
 * could run of the finished work costs as much as there, at this mix of classes.
 */
export function readings(
  work: Billed,
  cost: Dollars,
  { gb_seconds, requests, ...shared }: LambdaShare,
  lambda: LambdaPrices,
  months: number,
  memory: MemoryPrice,
): Reading[] {
  const onLambda = lambdaMonth(lambda, gb_seconds / months, requests / months) * months;
  const tariffs: readonly [string, Tariff | null][] = [
    ["drafts", tariffAt(DRAFTS_PRICE_UNIT, memory)],
    ["break-even", tariffFor(cost, work, memory)],
    ["lambda-equal", requests > 0 ? tariffFor(onLambda, shared, memory) : null],
  ];
  return tariffs.map(([reading, tariff]) => readingOf(reading, tariff, work, cost));
}

/** What comes of a tariff. */
export function readingOf(reading: string, tariff: Tariff | null, work: Billed, cost: Dollars): Reading {
  if (tariff === null) return { reading, tariff, cpu_hour: null, revenue: null, profit: null };
  const revenue = dollarsOf(work, tariff);
  const cpu_hour = work.cpu_s > 0 ? (3600 * tariff.price_unit * work.price_cpu_s) / work.cpu_s : null;
  return { reading, tariff, cpu_hour, revenue, profit: revenue - cost };
}
