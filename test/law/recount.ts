import { Observer } from "../../src/cluster/observer.js";
import { drain, feed } from "../../src/engine/simulation.js";
import type { SchedulerConfig } from "../../src/scheduler/scheduler.js";
import { schedulerNamed } from "../../src/scheduler/schedulers.js";
import type { SmallWorkload } from "./workloads.js";

/** What a recount found of one invocation. */
export interface Recounted {
  machine: number;
  start: number;
  finish: number;
  preemptions: number;
  /** CPU seconds received. */
  cpu: number;
  /** Integrals of its memory, MiB s: from its arrival on, and while it ran. */
  resident: number;
  running: number;
  outcome: "finished" | "unfinished" | "absent";
}

/** What a recount found of a machine over an interval; see machines.arrow. */
export interface Interval {
  time_s: number;
  machine: number;
  busy_cores: number;
  running: number;
  waiting: number;
  resident_mib: number;
  resident_max_mib: number;
}

/**
 * Counts everything again, slowly, from who is placed, started, preempted and finished: whenever time moves on, every
 * invocation's progress and memory is moved on one by one. Throws where a core idles though somebody waits, where time
 * goes back, where somebody ends twice or without the CPU seconds it needs, or has no core and is taken off one.
 */
export class Recount extends Observer {
  readonly rows: Recounted[];
  readonly intervals: Interval[] = [];
  private readonly workload: SmallWorkload;
  private readonly cores: number;
  private readonly sharing: boolean;
  private readonly central: boolean;
  private readonly every: number;
  private readonly present: Set<number>[];
  private readonly onCore = new Set<number>();
  private readonly busy: number[];
  private readonly most: number[];
  private now = 0;
  private interval = 0;

  constructor(name: string, config: SchedulerConfig, workload: SmallWorkload, every: number) {
    super();
    const { sharing, central } = schedulerNamed(name);
    this.workload = workload;
    this.sharing = sharing;
    this.central = central;
    this.every = every;
    this.cores = central ? config.machines * config.cores : config.cores;
    const machines = central ? 1 : config.machines;
    this.present = Array.from({ length: machines }, () => new Set());
    this.busy = Array(machines).fill(0);
    this.most = Array(machines).fill(0);
    this.rows = Array.from(workload.arrival_s, () => {
      const never = { start: Number.NaN, finish: Number.NaN, preemptions: 0, cpu: 0, resident: 0, running: 0 };
      return { machine: -1, ...never, outcome: "absent" };
    });
  }

  override placed(i: number, machine: number, time: number) {
    this.moveTo(time);
    if (time !== this.workload.arrival_s[i]) throw new Error(`${i} placed at ${time}, not when it arrived`);
    if (this.rows[i]!.outcome !== "absent") throw new Error(`${i} placed twice`);
    this.rows[i]!.machine = machine;
    this.rows[i]!.outcome = "unfinished";
    this.present[this.place(machine)]!.add(i);
  }

  override started(i: number, machine: number, time: number) {
    this.moveTo(time);
    this.same(i, machine);
    if (this.onCore.has(i)) throw new Error(`${i} started twice`);
    if (Number.isNaN(this.rows[i]!.start)) this.rows[i]!.start = time;
    this.onCore.add(i);
  }

  override preempted(i: number, machine: number, time: number) {
    this.moveTo(time);
    this.same(i, machine);
    if (!this.onCore.delete(i)) throw new Error(`${i} preempted without a core`);
    this.rows[i]!.preemptions++;
  }

  override finished(i: number, machine: number, start: number, time: number, preemptions: number) {
    this.moveTo(time);
    this.same(i, machine);
    const row = this.rows[i]!;
    const needs = this.workload.runtime_s[i]!;
    if (!this.onCore.delete(i)) throw new Error(`${i} finished without a core`);
    if (!this.present[this.place(machine)]!.delete(i)) throw new Error(`${i} finished on another machine`);
    if (Math.abs(row.cpu - needs) > 1e-9 * Math.max(1, time))
      throw new Error(`${i} finished with ${row.cpu} of ${needs}`);
    if (start !== row.start || preemptions !== row.preemptions) throw new Error(`${i}: ${start}, ${preemptions}`);
    row.finish = time;
    row.outcome = "finished";
  }

  override unfinished(
    i: number,
    machine: number,
    start: number,
    time: number,
    preemptions: number,
    _p: number,
    cpu: number,
  ) {
    this.moveTo(time);
    const row = this.rows[i]!;
    if (row.outcome !== "unfinished" || row.machine !== machine) throw new Error(`${i} unfinished, but ${row.outcome}`);
    if (!Object.is(start, row.start) || preemptions !== row.preemptions)
      throw new Error(`${i}: ${start}, ${preemptions}`);
    if (Math.abs(row.cpu - cpu) > 1e-9 * Math.max(1, time)) throw new Error(`${i} has ${row.cpu}, said ${cpu}`);
  }

  /** The end of the run: the last interval. */
  close(end: number) {
    this.moveTo(end);
    const from = this.interval * this.every;
    if (end > from || this.interval === 0) this.sample(end, end - from);
  }

  private place(machine: number): number {
    if ((machine === -1) !== this.central) throw new Error(`machine ${machine}`);
    return this.central ? 0 : machine;
  }

  private same(i: number, machine: number) {
    if (!this.present[this.place(machine)]!.has(i)) throw new Error(`${i} is not on machine ${machine}`);
  }

  private moveTo(time: number) {
    if (time < this.now) throw new Error(`time went back from ${this.now} to ${time}`);
    for (let end = (this.interval + 1) * this.every; end < time; end = (this.interval + 1) * this.every) {
      this.advance(end);
      this.sample(end, this.every);
      this.interval++;
    }
    this.advance(time);
  }

  private advance(time: number) {
    const elapsed = time - this.now;
    if (elapsed === 0) return;
    for (const [m, present] of this.present.entries()) {
      const running = [...present].filter((i) => this.onCore.has(i)).length;
      const expected = this.sharing ? present.size : Math.min(this.cores, present.size);
      if (running !== expected) throw new Error(`at ${time} ${running} of ${present.size} run on machine ${m}`);
      const rate = this.sharing ? Math.min(1, this.cores / present.size) : 1;
      this.busy[m]! += rate * running * elapsed;
      for (const i of present) {
        const row = this.rows[i]!;
        const before = this.held(i);
        if (this.onCore.has(i)) row.cpu += rate * elapsed;
        const area = ((before + this.held(i)) / 2) * elapsed;
        row.resident += area;
        if (this.onCore.has(i)) row.running += area;
      }
    }
    this.now = time;
    for (const m of this.present.keys()) this.most[m] = Math.max(this.most[m]!, this.resident(m));
  }

  /** MiB that it holds. */
  private held(i: number): number {
    const { runtime_s, memory_initial_mib, memory_peak_mib } = this.workload;
    const initial = memory_initial_mib[i]!;
    const runtime = runtime_s[i]!;
    const peak = memory_peak_mib[i]!;
    return runtime === 0 ? peak : initial + ((peak - initial) * this.rows[i]!.cpu) / runtime;
  }

  private resident(m: number): number {
    let sum = 0;
    for (const i of this.present[m]!) sum += this.held(i);
    return sum;
  }

  private sample(time: number, length: number) {
    for (const [m, present] of this.present.entries()) {
      const running = [...present].filter((i) => this.onCore.has(i)).length;
      this.intervals.push({
        ...{ time_s: time, machine: this.central ? -1 : m, busy_cores: length > 0 ? this.busy[m]! / length : 0 },
        ...{ running, waiting: present.size - running },
        ...{ resident_mib: this.resident(m), resident_max_mib: Math.max(this.most[m]!, this.resident(m)) },
      });
      this.busy[m] = 0;
      this.most[m] = 0;
    }
  }
}

/** Replays under a recount. `until` null: until nothing is left. */
export function recount(
  name: string,
  config: SchedulerConfig,
  workload: SmallWorkload,
  until: number | null,
  every: number,
): Recount {
  const observer = new Recount(name, config, workload, every);
  const scheduler = schedulerNamed(name).create(config, observer);
  const end = until ?? Number.POSITIVE_INFINITY;
  const rows = workload.arrival_s.length;
  scheduler.open({ rows, first: 0, ...workload });
  feed(scheduler, workload.arrival_s, rows, end);
  drain(scheduler, end);
  const last = until ?? Math.max(...observer.rows.map(({ finish }) => finish));
  scheduler.stop(last);
  observer.close(last);
  return observer;
}
