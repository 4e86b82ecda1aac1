import type { Arrivals, Observer } from "../../cluster/observer.js";
import { PriorityMachines } from "../../cluster/priority-machines.js";
import { PowerOfK } from "../power-of-k.js";
import type { Scheduler, SchedulerConfig } from "../scheduler.js";
import { placedByShard } from "./shards.js";

/**
 * XX: a load balancer spreads arrivals over global scheduler shards; a shard places by power of k choices; each machine
 * runs the highest price classes first, preemptively, first come first served within a class.
 *
 * "Can user facing and background functions coexist in serverless?", sections 3.2 (design) and 4.2 (latency, memory
 * unlimited and the idle list off, as here). Departures: a shard weighs price x time in queue where the draft says the
 * "ratio" of price and waiting time, which would starve the oldest against its stated aim; placement and preemption
 * take no time.
 */
export class XX implements Scheduler {
  private readonly machines: PriorityMachines;
  private readonly placement: PowerOfK;
  private readonly config: SchedulerConfig;
  private arrived = 0;

  constructor(config: SchedulerConfig, observer: Observer) {
    this.machines = new PriorityMachines(config.machines, config.cores, config.prices.length, observer);
    this.placement = new PowerOfK(config.machines, config.k, config.seed, this.machines.load);
    this.config = config;
  }

  open(arrivals: Arrivals): void {
    this.placement.open(arrivals.first);
    this.machines.open(arrivals);
  }

  next(): number {
    return this.machines.tree.next();
  }

  step(): void {
    this.placement.changed(this.machines.complete());
  }

  arrive(i: number): void {
    this.arrived++;
    const m = this.placement.choose(i);
    this.machines.place(i, m);
    this.placement.changed(m);
  }

  stop(now: number): void {
    this.machines.stop(now);
  }

  traffic(): Readonly<Record<string, number>> {
    const placed = placedByShard(this.config.shards, this.config.seed, this.arrived);
    return {
      polls: this.placement.polls,
      ...Object.fromEntries(Array.from(placed, (count, shard) => [`placed_by_shard_${shard}`, count])),
    };
  }
}
