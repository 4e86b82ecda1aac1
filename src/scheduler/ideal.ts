import type { CentralPool } from "../cluster/central-pool.js";
import type { Arrivals, Observer } from "../cluster/observer.js";
import { centralPool } from "./out-of-memory.js";
import type { Scheduler, SchedulerConfig } from "./scheduler.js";

/** A ceiling to compare with: XX's run order over one central pool of all cores, so that nothing is ever misplaced. */
export class Ideal implements Scheduler {
  private readonly pool: CentralPool;
  private arrivals!: Arrivals;

  constructor(config: SchedulerConfig, observer: Observer) {
    this.pool = centralPool(config, observer);
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
    const { price_class, runtime_s } = this.arrivals;
    if (runtime_s[i] === 0 && this.pool.passes(i)) return;
    this.pool.place(i, -price_class[i]!);
  }

  stop(now: number): void {
    this.pool.stop(now);
  }

  /** It is an ideal that sends no messages. */
  traffic(): Readonly<Record<string, number>> {
    return {};
  }
}
