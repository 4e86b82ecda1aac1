import type { Arrivals, Observer } from "../cluster/observer.js";
import type { SharingMachines } from "../cluster/sharing-machines.js";
import { sharingMachines } from "./out-of-memory.js";
import { PowerOfK } from "./power-of-k.js";
import type { Scheduler, SchedulerConfig } from "./scheduler.js";

/** A floor to compare with: a machine chosen uniformly at random, processor sharing on it. */
export class RandomPlacement implements Scheduler {
  private readonly machines: SharingMachines;
  private readonly placement: PowerOfK;
  private arrivals!: Arrivals;

  constructor(config: SchedulerConfig, observer: Observer) {
    this.machines = sharingMachines(config, observer);
    this.placement = new PowerOfK(config.machines, 1, config.seed, this.machines.load);
  }

  open(arrivals: Arrivals): void {
    this.placement.open(arrivals.first);
    this.machines.open(arrivals);
    this.arrivals = arrivals;
  }

  next(): number {
    return this.machines.next();
  }

  step(): void {
    this.machines.complete();
  }

  arrive(i: number): void {
    const m = this.placement.choose(i);
    if (this.arrivals.runtime_s[i] === 0 && this.machines.passes(i, m)) return;
    this.machines.place(i, m);
  }

  stop(now: number): void {
    this.machines.stop(now);
  }

  /** It asks no machine anything. */
  traffic(): Readonly<Record<string, number>> {
    return {};
  }
}
