import type { Dollars, MiB, Seconds } from "../../units.js";
import { catalogueNamed, PRICES } from "../prices.js";

/** What Azure Functions charges and allows on its consumption plan, from azure-functions-consumption.json. */
export interface AzurePrices {
  readonly gb_second: Dollars;
  readonly execution: Dollars;
  readonly step_mib: MiB;
  readonly least_mib: MiB;
  readonly most_mib: MiB;
  readonly step_s: Seconds;
  readonly least_s: Seconds;
  readonly longest_s: Seconds;
  readonly as_of: string;
  readonly recalled: boolean;
}

/** Reads the plan's prices. Throws Invalid where the catalogue lacks one. */
export function azurePrices(folder: string = PRICES): AzurePrices {
  const catalogue = catalogueNamed("azure-functions-consumption", folder);
  const limits = ["memory.step", "memory.min", "memory.max", "time.step", "time.min", "duration.max"];
  return {
    gb_second: catalogue.figure("gb_second", "USD/GB-second"),
    execution: catalogue.figure("execution", "USD/execution"),
    step_mib: catalogue.figure("memory.step", "MB"),
    least_mib: catalogue.figure("memory.min", "MB"),
    most_mib: catalogue.figure("memory.max", "MB"),
    step_s: catalogue.figure("time.step", "ms") / 1000,
    least_s: catalogue.figure("time.min", "ms") / 1000,
    longest_s: catalogue.figure("duration.max", "s"),
    as_of: catalogue.item("gb_second").as_of ?? "unknown",
    recalled: catalogue.recalled(["gb_second", "execution", ...limits]),
  };
}

const ROUNDING = 1e-6;

/**
 * GB-seconds of an execution, as billed: the memory it is observed to use, taken for the mean of what it holds at its start and
 * at its end, in steps; on one whole core. Null: it needs more memory, or time, than the plan has.
 */
export function azureGbSeconds(prices: AzurePrices, initial: MiB, peak: MiB, cpu: Seconds): number | null {
  const most = peak > 0 ? peak : 0;
  if (most > prices.most_mib * (1 + ROUNDING) || cpu > prices.longest_s) return null;
  const mean = most > 0 ? ((initial > 0 ? initial : 0) + most) / 2 : 0;
  const memory = Math.max(prices.least_mib, Math.ceil(mean / prices.step_mib - ROUNDING) * prices.step_mib);
  const time = Math.max(prices.least_s, Math.ceil(cpu / prices.step_s - ROUNDING) * prices.step_s);
  return (memory / 1024) * time;
}

/** What so many GB-seconds and executions cost, without the free grant. */
export function azureBill(prices: AzurePrices, gb_seconds: number, executions: number): Dollars {
  return gb_seconds * prices.gb_second + executions * prices.execution;
}
