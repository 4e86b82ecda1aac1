import type { Observer } from "../../cluster/observer.js";
import type { Scheduler, SchedulerConfig } from "../scheduler.js";
import { ControlPlane } from "./control-plane.js";
import { IdleListXX } from "./idle-list-xx.js";
import { follows, hasLists } from "./options.js";
import { XX } from "./xx.js";

/** XX, with as much machinery as its options need. */
export function createXX(config: SchedulerConfig, observer: Observer): Scheduler {
  const { xx } = config;
  if (xx !== undefined && follows(xx)) return new ControlPlane(config, xx, observer);
  if (xx !== undefined && hasLists(xx)) return new IdleListXX(config, xx, observer);
  return new XX(config, observer);
}
