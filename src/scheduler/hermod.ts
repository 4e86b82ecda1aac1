import type { Arrivals, Observer } from "../cluster/observer.js";
import { SharingMachines } from "../cluster/sharing-machines.js";
import { PowerOfK } from "./power-of-k.js";
import type { Scheduler, SchedulerConfig } from "./scheduler.js";

/**
 * Hermod: the least loaded of k polled machines, early binding, processor sharing on the machine. Price class is
 * ignored and memory is not managed.
 *
 * Kaffes, Yadwadkar, Kozyrakis: Hermod: principled and practical scheduling for serverless functions. SoCC'22.
 * Departures: no locality (it prefers a machine with a warm instance; here every machine is as good), no placement time.
 */
export class Hermod implements Scheduler {
  private readonly machines: SharingMachines;
  private readonly placement: PowerOfK;

  constructor(config: SchedulerConfig, observer: Observer) {
    this.machines = new SharingMachines(config.machines, config.cores, observer);
    this.placement = new PowerOfK(config.machines, config.k, config.seed, this.machines.load);
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
    const m = this.placement.choose(i);
    this.machines.place(i, m);
    this.placement.changed(m);
  }

  stop(now: number): void {
    this.machines.stop(now);
  }

  traffic(): Readonly<Record<string, number>> {
    return { polls: this.placement.polls };
  }
}
