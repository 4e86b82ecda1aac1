import type { Arrivals, Observer } from "../cluster/observer.js";
import type { SharingMachines } from "../cluster/sharing-machines.js";
import { sharingMachines } from "./out-of-memory.js";
import { PowerOfK } from "./power-of-k.js";
import type { Scheduler, SchedulerConfig } from "./scheduler.js";

/**
 * Hermod: the least loaded of k polled machines, early binding, processor sharing on the machine. Price class is
 * ignored, and memory is not managed unless a policy for running out of it is chosen.
 *
 * Kaffes, Yadwadkar, Kozyrakis: Hermod: principled and practical scheduling for serverless functions. SoCC'22.
 * Departures: no locality (it prefers a machine with a warm instance; here every machine is as good), no placement time.
 */
export class Hermod implements Scheduler {
  private readonly machines: SharingMachines;
  private readonly placement: PowerOfK;
  private arrivals!: Arrivals;

  constructor(config: SchedulerConfig, observer: Observer) {
    this.machines = sharingMachines(config, observer);
    this.placement = new PowerOfK(config.machines, config.k, config.seed, this.machines.load);
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
    this.placement.changed(this.machines.complete());
  }

  arrive(i: number): void {
    const m = this.placement.choose(i);
    if (this.arrivals.runtime_s[i] === 0 && this.machines.passes(i, m)) return;
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
