import { Invalid } from "../../invalid.js";
import { OUTCOMES, type Values } from "../../table/index.js";
import type { Dollars } from "../../units.js";
import type { RunFolder } from "../run-folder.js";

/** For which time an invocation pays for the memory it holds: on a core; in RAM; or in RAM and in swap, until it ends. */
export type BilledMemory = "running" | "resident" | "held";
export const BILLED_MEMORY: readonly BilledMemory[] = ["running", "resident", "held"];

/** What work costs. */
export interface Tariff {
  /** Dollars per unit of price and CPU second. */
  readonly price_unit: Dollars;
  /** Dollars per GiB and second. */
  readonly memory_price: Dollars;
}

/** Whose work is billed, and for how long their memory. */
export interface BillingRule {
  readonly memory: BilledMemory;
  /** The CPU and memory given to what was killed in the end are billed as well. */
  readonly bill_killed: boolean;
}

/** The drafts' price of a CPU second at price 1: a hundred-millionth of a dollar, a millionth of a cent. */
export const DRAFTS_PRICE_UNIT: Dollars = 1e-8;
/** What replay's --memory-price is by default, beside that. */
const DEFAULT_MEMORY_PRICE: Dollars = 1e-9;

/** What the run itself counts as spent in budgets. Throws Invalid where its manifest has no such prices. */
export function tariffOf(run: RunFolder): Tariff {
  const { options } = run.manifest;
  const price = (name: string, otherwise: Dollars) => {
    const value = options[name] === undefined ? otherwise : Number(options[name]);
    if (value >= 0 && value < Number.POSITIVE_INFINITY) return value;
    throw new Invalid(name, options[name], `${run.folder}/run.json`, "dollars, 0 or more");
  };
  return {
    price_unit: price("price-unit", DRAFTS_PRICE_UNIT),
    memory_price: price("memory-price", DEFAULT_MEMORY_PRICE),
  };
}

/** Columns of invocations.arrow that say what an invocation is billed. */
export const BILLED_COLUMNS = [
  "cpu_s",
  "memory_running_mib_s",
  "memory_resident_mib_s",
  "memory_swapped_mib_s",
  "outcome",
] as const;

const KILLED = OUTCOMES.indexOf("killed");
const MIB_OF_A_GIB = 1024;

/** Whether row i is billed. */
export function isBilled(columns: Readonly<Record<string, Values>>, i: number, { bill_killed }: BillingRule): boolean {
  return bill_killed || columns["outcome"]![i] !== KILLED;
}

/** GiB seconds that row i is billed by a rule, were it; 0 where memory is unknown. */
export function billedGib(columns: Readonly<Record<string, Values>>, i: number, { memory }: BillingRule): number {
  const mib_s =
    memory === "running"
      ? columns["memory_running_mib_s"]![i]!
      : columns["memory_resident_mib_s"]![i]! + (memory === "held" ? columns["memory_swapped_mib_s"]![i]! : 0);
  return mib_s > 0 ? mib_s / MIB_OF_A_GIB : 0;
}
