import { CentralPool } from "../cluster/central-pool.js";
import type { Observer } from "../cluster/observer.js";
import { PoolMemory } from "../cluster/pool-memory.js";
import { SharingMachines } from "../cluster/sharing-machines.js";
import { SharingMemory } from "../cluster/sharing-memory.js";
import type { SchedulerConfig } from "./scheduler.js";

/** Machines with processor sharing; where RAM is finite and `oom` is not off they kill what they have no memory for. */
export function sharingMachines(config: SchedulerConfig, observer: Observer): SharingMachines {
  const { machines, cores, ram, oom } = config;
  if (oom === "off" || ram === Number.POSITIVE_INFINITY) return new SharingMachines(machines, cores, observer);
  return new SharingMemory(machines, cores, ram, oom, observer);
}

/** The same for one pool of all cores, whose RAM is that of all machines. */
export function centralPool(config: SchedulerConfig, observer: Observer): CentralPool {
  const { machines, cores, ram, oom } = config;
  if (oom === "off" || ram === Number.POSITIVE_INFINITY) return new CentralPool(machines * cores, observer);
  return new PoolMemory(machines * cores, machines * ram, oom, observer);
}
