import type { Arrivals, Observer } from "../../cluster/observer.js";
import type { Scheduler, SchedulerConfig, SchedulerReport } from "../scheduler.js";
import { reportOf } from "./machines.js";
import type { XXOptions } from "./options.js";
import { Placement } from "./placement.js";
import { ShardChoice } from "./shards.js";

/**
 * XX with idle lists and no other option: shards place at once, on the machine of their idle list with the fewest
 * invocations, else by power of k choices. ("Can user facing and background functions coexist in serverless?", 3.2.)
 */
export class IdleListXX implements Scheduler {
  private readonly placement: Placement;
  private readonly choice: ShardChoice;
  private arrivals!: Arrivals;

  constructor(config: SchedulerConfig, options: XXOptions, observer: Observer) {
    this.placement = new Placement(config, options, observer);
    this.choice = new ShardChoice(config.shards, config.seed);
  }

  open(arrivals: Arrivals): void {
    this.arrivals = arrivals;
    this.placement.open(arrivals);
  }

  next(): number {
    return this.placement.next();
  }

  step(): void {
    this.placement.step();
  }

  arrive(i: number): void {
    const { arrivals, placement } = this;
    const sequence = arrivals.first + i;
    const priceClass = arrivals.price_class[i]!;
    const shard = this.choice.of(sequence);
    const listed = placement.listed(shard, priceClass);
    placement.put(i, priceClass, listed < 0 ? placement.polled(shard, sequence, 0, priceClass) : listed);
  }

  stop(now: number): void {
    this.placement.machines.stop(now);
  }

  report(): SchedulerReport | undefined {
    return reportOf(this.placement.machines);
  }

  traffic(): Readonly<Record<string, number>> {
    return this.placement.traffic();
  }
}
