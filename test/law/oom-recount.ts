import { Observer } from "../../src/cluster/observer.js";
import type { SchedulerConfig } from "../../src/scheduler/scheduler.js";
import { schedulerNamed } from "../../src/scheduler/schedulers.js";
import type { SmallWorkload } from "./workloads.js";

/** MiB by which a sum may be off. */
const NEAR = 2e-6;

/**
 * Counts everything again from what is told of a scheduler that kills when it is out of memory. Throws where residents
 * exceed the RAM for any time, where the last to be killed would have fitted, where a core idles though somebody waits,
 * where somebody ends twice, or where what is told of a killed one is not what it had.
 */
export class OomRecount extends Observer {
  kills = 0;
  ends = 0;
  private readonly present: Map<number, { cpu: number; runs: boolean }>[];
  private readonly workload: SmallWorkload;
  private readonly central: boolean;
  private readonly sharing: boolean;
  private readonly cores: number;
  private readonly ram: number;
  private now = 0;
  /** The last that was killed at this instant, and what it held. */
  private last: { machine: number; mib: number } | null = null;

  constructor(name: string, config: SchedulerConfig, workload: SmallWorkload) {
    super();
    const { central, sharing } = schedulerNamed(name);
    const { machines, cores, ram } = config;
    this.workload = workload;
    this.central = central;
    this.sharing = sharing;
    this.cores = central ? machines * cores : cores;
    this.ram = central ? machines * ram : ram;
    this.present = Array.from({ length: central ? 1 : machines }, () => new Map());
  }

  override placed(i: number, machine: number, time: number) {
    this.moveTo(time, machine);
    if (this.on(machine).has(i)) throw new Error(`${i} placed twice`);
    this.on(machine).set(i, { cpu: 0, runs: false });
  }

  override started(i: number, machine: number, time: number) {
    this.moveTo(time, machine);
    this.one(i, machine).runs = true;
  }

  override preempted(i: number, machine: number, time: number) {
    this.moveTo(time, machine);
    this.one(i, machine).runs = false;
  }

  override finished(i: number, machine: number, _start: number, time: number) {
    this.moveTo(time);
    const { cpu } = this.one(i, machine);
    const needs = this.workload.runtime_s[i]!;
    if (Math.abs(cpu - needs) > 1e-9) throw new Error(`${i} finished with ${cpu} of ${needs}`);
    this.on(machine).delete(i);
    this.ends++;
  }

  override killed(
    i: number,
    machine: number,
    start: number,
    time: number,
    _preemptions: number,
    _progress: number,
    cpu: number,
    mib: number,
    ran: boolean,
  ) {
    this.moveTo(time, machine);
    const had = this.one(i, machine);
    if (Math.abs(had.cpu - cpu) > 1e-9) throw new Error(`${i} killed with ${had.cpu}, not ${cpu}`);
    if (Math.abs(this.held(i, had.cpu) - mib) > NEAR) throw new Error(`${i} held ${this.held(i, had.cpu)}, not ${mib}`);
    if (had.runs !== ran || (ran && Number.isNaN(start))) throw new Error(`${i}: ${ran}, ${start}`);
    this.on(machine).delete(i);
    this.last = { machine, mib };
    this.kills++;
    this.ends++;
  }

  override unfinished(i: number, machine: number, _start: number, time: number) {
    this.moveTo(time);
    this.one(i, machine);
    this.ends++;
  }

  private on(machine: number) {
    if ((machine === -1) !== this.central) throw new Error(`machine ${machine}`);
    return this.present[this.central ? 0 : machine]!;
  }

  private one(i: number, machine: number) {
    const found = this.on(machine).get(i);
    if (!found) throw new Error(`${i} is not there`);
    return found;
  }

  private held(i: number, cpu: number): number {
    const { runtime_s, memory_initial_mib, memory_peak_mib } = this.workload;
    const peak = memory_peak_mib[i]!;
    const initial = memory_initial_mib[i]!;
    return runtime_s[i]! > 0 ? initial + ((peak - initial) * cpu) / runtime_s[i]! : peak;
  }

  private resident(here: Map<number, { cpu: number }>): number {
    let sum = 0;
    for (const [i, { cpu }] of here) sum += this.held(i, cpu);
    return sum;
  }

  /** Time goes on, or something else is told of: `machine` is where that may be part of the same settlement. */
  private moveTo(time: number, machine?: number) {
    if (time < this.now) throw new Error(`time went back from ${this.now} to ${time}`);
    if (this.last !== null && (time > this.now || machine !== this.last.machine)) {
      const resident = this.resident(this.on(this.last.machine));
      if (resident + this.last.mib < this.ram - NEAR) throw new Error(`a kill at ${this.now} for ${resident} MiB`);
      this.last = null;
    }
    const elapsed = time - this.now;
    this.now = time;
    if (elapsed === 0) return;
    for (const here of this.present) {
      const running = [...here.values()].filter(({ runs }) => runs);
      const expected = this.sharing ? here.size : Math.min(this.cores, here.size);
      if (running.length !== expected) throw new Error(`${running.length} of ${here.size} run until ${time}`);
      const rate = this.sharing ? Math.min(1, this.cores / here.size) : 1;
      for (const one of running) one.cpu += rate * elapsed;
      const resident = this.resident(here);
      if (resident > this.ram + NEAR) throw new Error(`${resident} MiB of ${this.ram} at ${time}`);
    }
  }
}
