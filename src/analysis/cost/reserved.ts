import type { Dollars } from "../../units.js";
import { capacity } from "../capacity.js";
import { PRICES } from "../prices.js";
import type { RunFolder } from "../run-folder.js";
import type { ElsewhereBill } from "./elsewhere.js";
import { instance } from "./machines.js";

const HOURS_OF_A_MONTH = 30 * 24;

/** Rented machines, enough for the cores at work in so large a share of the seconds. */
export interface ReservedFleet {
  readonly quantile: "p50" | "p95" | "p99";
  readonly cores: number;
  readonly instances: number;
  /** In 30 days. */
  readonly month: Dollars;
  /** Share of its cores' time that the work takes; above 1 the work is too much for it. */
  readonly busy: number;
  /** Times as many invocations a month, on the same machines, for Lambda to cost as much: below 1 they are the cheaper. Null: Lambda runs none. */
  readonly break_even: number | null;
}

/** Reserved machines instead of billing by use. */
export interface Reserved {
  readonly instance: string;
  readonly vcpu: number;
  readonly hour: Dollars;
  readonly as_of: string;
  readonly recalled: boolean;
  readonly fleets: readonly ReservedFleet[];
  /** A core that is busy for a larger share of the time than this is cheaper reserved than on Lambda, for this work. */
  readonly break_even_busy: number | null;
}

/** The seen price of a reserved instance with as many cores as the runs' machines have by default. */
export const RESERVED = "m6a.2xlarge.reserved_1y_no_upfront";

/** Machines for the p50, p95 and p99 of the cores at work, by the second, and when they beat Lambda. */
export async function reservedFleets(
  run: RunFolder,
  scheduler: string,
  lambda: ElsewhereBill,
  id: string = RESERVED,
  folder: string = PRICES,
): Promise<Reserved> {
  const { item, vcpu, catalogue } = instance(id, folder);
  const hour = catalogue.figure(item.id, "USD/hour");
  const { cores } = (await capacity(run, scheduler))[0]!;
  const fleets = (["p50", "p95", "p99"] as const).map((quantile): ReservedFleet => {
    const instances = Math.max(1, Math.ceil(cores[quantile] / vcpu - 1e-9));
    const month = instances * hour * HOURS_OF_A_MONTH;
    const busy = cores.mean / (instances * vcpu);
    return {
      quantile,
      cores: cores[quantile],
      instances,
      month,
      busy,
      break_even: lambda.month > 0 ? month / lambda.month : null,
    };
  });
  const core_s = hour / vcpu / 3600;
  return {
    instance: item.id,
    vcpu,
    hour,
    as_of: item.as_of ?? "unknown",
    recalled: catalogue.recalled([item.id]),
    fleets,
    break_even_busy: lambda.cpu_s > 0 ? core_s / (lambda.dollars / lambda.cpu_s) : null,
  };
}
