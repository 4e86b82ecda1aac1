import type { Arrivals, Observer } from "../../cluster/observer.js";
import { PriorityMachines } from "../../cluster/priority-machines.js";
import { PowerOfK } from "../power-of-k.js";
import type { Scheduler, SchedulerConfig, SchedulerReport } from "../scheduler.js";
import { type Machines, machinesOf, reportOf } from "./machines.js";
import { XX_OFF } from "./options.js";
import { ShardCounts } from "./shards.js";

/**
 * XX: a load balancer spreads arrivals over global scheduler shards; a shard places by power of k choices; each machine
 * runs the highest price classes first, preemptively, first come first served within a class. Where RAM is finite, what
 * is last in that order is moved to swap when memory runs out, and killed when swap does.
 *
 * "Can user facing and background functions coexist in serverless?", sections 3.2 (design), 4.2 (latency, memory
 * unlimited and the idle list off) and 4.3 (memory). This is XX without idle lists, and with a placement that takes no
 * time; with other options it is a ControlPlane or an IdleListXX, see create.ts. Departures: a shard weighs price x time in queue where the
 * draft says the "ratio" of price and waiting time, which would starve the oldest against its stated aim; what is in
 * swap comes back up to a watermark and may push out what is behind it, of which the draft says nothing; swapping takes
 * no time, nor do placement, preemption and starting a sandbox unless an option says so.
 */
export class XX implements Scheduler {
  private readonly machines: Machines;
  /** The machines, where they have all the memory there may be, and take no time for anything. */
  private readonly ample: PriorityMachines | null;
  private readonly placement: PowerOfK;
  private readonly shards: ShardCounts;
  private arrivals!: Arrivals;
  private arrived = 0;

  constructor(config: SchedulerConfig, observer: Observer) {
    this.machines = machinesOf(config, config.xx ?? XX_OFF, observer);
    this.ample = this.machines instanceof PriorityMachines ? this.machines : null;
    this.placement = new PowerOfK(config.machines, config.k, config.seed, this.machines.load);
    this.shards = new ShardCounts(config.shards, config.seed);
  }

  open(arrivals: Arrivals): void {
    this.shards.countTo(this.arrived);
    this.placement.open(arrivals.first);
    this.machines.open(arrivals);
    this.arrivals = arrivals;
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
    if (this.arrivals.runtime_s[i] === 0 && this.ample?.passes(i, m)) return;
    this.machines.place(i, m);
    this.placement.changed(m);
  }

  stop(now: number): void {
    this.machines.stop(now);
  }

  report(): SchedulerReport | undefined {
    return reportOf(this.machines);
  }

  traffic(): Readonly<Record<string, number>> {
    this.shards.countTo(this.arrived);
    return {
      polls: this.placement.polls,
      ...Object.fromEntries(Array.from(this.shards.placed, (count, shard) => [`placed_by_shard_${shard}`, count])),
    };
  }
}
