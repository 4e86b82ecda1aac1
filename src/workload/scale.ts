import { Invalid } from "../invalid.js";
import type { Seconds } from "../units.js";
import type { Cut } from "./cut.js";
import type { WorkloadOptions } from "./workload.js";

/** Machines to replay on, and what to multiply the trace by. */
export interface Scale {
  readonly machines: number;
  /** Factor on counts or invocations; 1 leaves the trace as it is. */
  readonly factor: number;
  /** Expected CPU seconds, scaled, over machines x cores x length; NaN where the length is zero. */
  readonly offered: number;
}

/**
 * Fits a trace to machines or machines to a trace. `cpu`: expected CPU seconds in the cut as it is.
 * Machines "auto" are the fewest on which the trace as it is offers `load` or less. Throws Invalid.
 */
export function scaleOf(cpu: Seconds, cut: Cut, options: Pick<WorkloadOptions, "load" | "machines" | "cores">): Scale {
  const { load, machines, cores } = options;
  const length = cut.to - cut.from;
  if (load === null) {
    if (machines !== "auto") return { machines, factor: 1, offered: offered(cpu, machines * cores * length) };
    throw new Invalid("machines", "auto", "--machines", "--load with it, or a number of machines");
  }
  if (!(load > 0)) throw new Invalid("load", load, "--load", "a fraction of the cluster's cores above 0, such as 0.9");
  if (!(length > 0)) throw new Invalid("load", load, "--load", "a trace or cut longer than 0 s to go with it");
  if (!(cpu > 0)) throw new Invalid("load", load, "--load", "as-is, or a cut whose invocations need CPU time");
  if (machines !== "auto") {
    const factor = (load * machines * cores * length) / cpu;
    return { machines, factor, offered: offered(cpu * factor, machines * cores * length) };
  }
  const fewest = Math.max(1, Math.ceil(cpu / (load * cores * length)));
  return { machines: fewest, factor: 1, offered: offered(cpu, fewest * cores * length) };
}

function offered(cpu: Seconds, coreSeconds: Seconds): number {
  return coreSeconds > 0 ? cpu / coreSeconds : Number.NaN;
}
