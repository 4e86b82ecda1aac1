import type { CentralPool } from "../cluster/central-pool.js";
import type { Arrivals, Observer } from "../cluster/observer.js";
import { centralPool } from "./out-of-memory.js";
import type { Scheduler, SchedulerConfig } from "./scheduler.js";

/**
 * Earliest deadline first, preemptive, over one central pool of all cores: the drafts' ideal. The deadline is
 * arrival + runtime x (highest price / own price): the top class has no slack at all.
 *
 * "XX with EDF", evaluation. It knows every runtime, and finds a feasible schedule on one core if there is one; on many
 * cores it need not (Dhall's effect).
 */
export class Edf implements Scheduler {
  private readonly pool: CentralPool;
  private readonly stretch: Float64Array;
  private arrivals!: Arrivals;

  constructor(config: SchedulerConfig, observer: Observer) {
    const highest = Math.max(...config.prices);
    this.pool = centralPool(config, observer);
    this.stretch = Float64Array.from(config.prices, (price) => highest / price);
  }

  open(arrivals: Arrivals): void {
    this.arrivals = arrivals;
    this.pool.open(arrivals);
  }

  next(): number {
    return this.pool.next();
  }

  step(): void {
    this.pool.complete();
  }

  arrive(i: number): void {
    const { arrival_s, runtime_s, price_class } = this.arrivals;
    if (runtime_s[i] === 0 && this.pool.passes(i)) return;
    this.pool.place(i, arrival_s[i]! + runtime_s[i]! * this.stretch[price_class[i]!]!);
  }

  stop(now: number): void {
    this.pool.stop(now);
  }

  /** It is an ideal that sends no messages. */
  traffic(): Readonly<Record<string, number>> {
    return {};
  }
}
