import { MemoryMachines } from "../../cluster/memory-machines.js";
import type { Observer } from "../../cluster/observer.js";
import { PriorityMachines } from "../../cluster/priority-machines.js";
import { TimedMachines } from "../../cluster/timed-machines.js";
import { TransferMachines } from "../../cluster/transfer-machines.js";
import type { SchedulerConfig, SchedulerReport } from "../scheduler.js";
import { movesSlowly, takesTime, type XXOptions } from "./options.js";

/** XX's machines. */
export type Machines = PriorityMachines | MemoryMachines | TimedMachines;

/** Whether a config asks for machines that have all the memory there may be, and take no time for anything. */
export function hasAmpleMachines({ ram, xx }: SchedulerConfig): boolean {
  return ram === Number.POSITIVE_INFINITY && !(xx !== undefined && takesTime(xx));
}

/** Those that a config asks for: with memory where RAM is finite, and with times where an option gives them any. */
export function machinesOf(config: SchedulerConfig, options: XXOptions, observer: Observer): Machines {
  const { machines, cores, prices, ram } = config;
  if (movesSlowly(options)) {
    return new TransferMachines(machines, cores, prices.length, config, options, observer);
  }
  if (takesTime(options)) return new TimedMachines(machines, cores, prices.length, config, options, observer);
  return ram === Number.POSITIVE_INFINITY
    ? new PriorityMachines(machines, cores, prices.length, observer)
    : new MemoryMachines(machines, cores, prices.length, config, observer);
}

/** What options came to on machines; undefined: none is on. */
export function reportOf(machines: Machines): Pick<SchedulerReport, "machine_times" | "swap_transfers"> | undefined {
  if (!(machines instanceof TimedMachines)) return undefined;
  const times = { machine_times: machines.report() };
  return machines instanceof TransferMachines ? { ...times, swap_transfers: machines.transfersReport() } : times;
}
