import { CentralPool } from "../cluster/central-pool.js";
import type { Observer } from "../cluster/observer.js";
import { PoolMemory } from "../cluster/pool-memory.js";
import { SharingMachines } from "../cluster/sharing-machines.js";
import { SharingMemory } from "../cluster/sharing-memory.js";
import type { KillPolicy } from "../cluster/victims.js";
import type { SchedulerConfig } from "./scheduler.js";

/** Whom a config kills when memory runs out; null: nobody, or it cannot run out. */
function killPolicy({ ram, oom }: SchedulerConfig): KillPolicy | null {
  return oom === "off" || ram === Number.POSITIVE_INFINITY ? null : oom;
}

/** Whether nobody is killed. */
export function neverKills(config: SchedulerConfig): boolean {
  return killPolicy(config) === null;
}

/** Machines with processor sharing; where RAM is finite and `oom` is not off they kill what they have no memory for. */
export function sharingMachines(config: SchedulerConfig, observer: Observer): SharingMachines {
  const { machines, cores, ram } = config;
  const policy = killPolicy(config);
  if (policy === null) return new SharingMachines(machines, cores, observer);
  return new SharingMemory(machines, cores, ram, policy, observer);
}

/** The same for one pool of all cores, whose RAM is that of all machines. */
export function centralPool(config: SchedulerConfig, observer: Observer): CentralPool {
  const { machines, cores, ram } = config;
  const policy = killPolicy(config);
  if (policy === null) return new CentralPool(machines * cores, observer);
  return new PoolMemory(machines * cores, machines * ram, policy, observer);
}
