import type { MemoryLimits } from "../../src/cluster/memory-settlement.js";
import { Observer, SWAP_INS, SWAP_OUTS, SWAPPED } from "../../src/cluster/observer.js";
import type { SmallWorkload } from "./workloads.js";

/** What has become of an invocation, as told. */
class Watched {
  place: "absent" | "ram" | "swap" | "gone" = "absent";
  runs = false;
  machine = -1;
  cpu = 0;
  mib = 0;
  swapOuts = 0;
  swapIns = 0;
  placed = Number.NaN;
  /** Integrals of its memory over time, MiB s. */
  resident = 0;
  swapped = 0;
}

const TOLERANCE = 1e-5;

/**
 * Keeps every invocation's progress and memory from what is told alone where moving memory takes time, moved on one by
 * one whenever time does. Throws where more is in RAM or swap than there is, where something ends twice, or where what is
 * told of its end is not what it came to.
 */
export class TransferWatch extends Observer {
  override readonly wantsProgress = true;
  readonly all: Watched[];
  kills = 0;
  private now = 0;
  private readonly cores: number;
  private readonly limits: MemoryLimits;
  private readonly workload: SmallWorkload;

  constructor(workload: SmallWorkload, cores: number, limits: MemoryLimits) {
    super();
    this.workload = workload;
    this.cores = cores;
    this.limits = limits;
    this.all = Array.from(workload.arrival_s, () => new Watched());
  }

  /** MiB in RAM or in swap on machine m. */
  held(m: number, place: "ram" | "swap"): number {
    return this.all.reduce((sum, job) => sum + (job.machine === m && job.place === place ? job.mib : 0), 0);
  }

  /** Once machine m has settled, at `time`. */
  settled(m: number, time: number): void {
    this.moveTo(time);
    const running = this.all.filter(({ machine, runs }) => machine === m && runs).length;
    if (running > this.cores) throw new Error(`${running} run on machine ${m}`);
    if (this.held(m, "ram") > this.limits.ram + TOLERANCE) throw new Error(`${this.held(m, "ram")} MiB are resident`);
    if (this.held(m, "swap") > this.limits.swap + TOLERANCE) throw new Error(`${this.held(m, "swap")} MiB in swap`);
  }

  override placed(i: number, machine: number, time: number) {
    this.moveTo(time);
    const { runtime_s, memory_initial_mib, memory_peak_mib } = this.workload;
    this.go(i, "absent", "ram");
    this.all[i]!.machine = machine;
    this.all[i]!.placed = time;
    this.all[i]!.mib = (runtime_s[i]! > 0 ? memory_initial_mib : memory_peak_mib)[i]!;
  }

  override started(i: number, _machine: number, time: number) {
    this.moveTo(time);
    if (this.all[i]!.place !== "ram" || this.all[i]!.runs) throw new Error(`${i} starts`);
    this.all[i]!.runs = true;
  }

  override preempted(i: number, _machine: number, time: number) {
    this.moveTo(time);
    if (!this.all[i]!.runs) throw new Error(`${i} is preempted but does not run`);
    this.all[i]!.runs = false;
  }

  override swappedOut(i: number, _machine: number, time: number, mib: number) {
    this.moveTo(time);
    if (this.all[i]!.runs) throw new Error(`${i} is written while it runs`);
    this.near(mib, this.all[i]!.mib, `MiB of ${i} moved to swap`);
    this.go(i, "ram", "swap");
    this.all[i]!.swapOuts++;
  }

  override swappedIn(i: number, _machine: number, time: number, mib: number) {
    this.moveTo(time);
    this.near(mib, this.all[i]!.mib, `MiB of ${i} moved back`);
    this.go(i, "swap", "ram");
    this.all[i]!.swapIns++;
  }

  override finished(i: number, _m: number, _start: number, time: number, _p: number, progress: number) {
    this.moveTo(time);
    this.near(this.all[i]!.cpu, this.workload.runtime_s[i]!, `CPU of ${i}`);
    if (!this.all[i]!.runs) throw new Error(`${i} finishes but does not run`);
    this.end(i, progress, this.workload.runtime_s[i]!);
  }

  override killed(...told: Parameters<Observer["killed"]>) {
    const [i, , , time, , progress, cpu, mib, ran] = told;
    this.moveTo(time);
    this.near(mib, this.all[i]!.mib, `MiB of ${i} killed`);
    if (ran !== this.all[i]!.runs || this.all[i]!.place !== "ram") throw new Error(`${i} is killed, ran: ${ran}`);
    this.kills++;
    this.end(i, progress, cpu);
  }

  override unfinished(i: number, _m: number, _start: number, time: number, _p: number, progress: number, cpu: number) {
    this.moveTo(time);
    this.end(i, progress, cpu);
  }

  /** What the facts of its end say must be what it came to. */
  private end(i: number, progress: number, cpu: number): void {
    const { facts } = this;
    const job = this.all[i]!;
    if (job.place === "absent" || job.place === "gone") throw new Error(`${i} ends, but is ${job.place}`);
    const { runtime_s, memory_initial_mib, memory_peak_mib } = this.workload;
    const [runtime, peak] = [runtime_s[i]!, memory_peak_mib[i]!];
    const initial = runtime > 0 ? memory_initial_mib[i]! : peak;
    const all = initial * (this.now - job.placed) + (runtime > 0 ? ((peak - initial) / runtime) * progress : 0);
    this.near(cpu, job.cpu, `CPU of ${i}`);
    this.near(facts[SWAPPED]!, job.swapped, `MiB s in swap of ${i}`);
    this.near(all - facts[SWAPPED]!, job.resident, `MiB s resident of ${i}`);
    if (facts[SWAP_OUTS] !== job.swapOuts || facts[SWAP_INS] !== job.swapIns) throw new Error(`swaps of ${i}`);
    job.place = "gone";
    job.runs = false;
  }

  private go(i: number, from: Watched["place"], to: Watched["place"]): void {
    if (this.all[i]!.place !== from) throw new Error(`${i} goes to ${to}, but is ${this.all[i]!.place}`);
    this.all[i]!.place = to;
  }

  private near(a: number, b: number, what: string): void {
    if (Math.abs(a - b) > 1e-7 * Math.max(100, Math.abs(b))) throw new Error(`${what}: ${a}, not ${b}`);
  }

  private moveTo(time: number): void {
    const elapsed = time - this.now;
    if (elapsed < 0) throw new Error(`time goes back from ${this.now} to ${time}`);
    this.now = time;
    if (elapsed === 0) return;
    const { runtime_s, memory_initial_mib, memory_peak_mib } = this.workload;
    for (const [i, job] of this.all.entries()) {
      if (job.place === "absent" || job.place === "gone") continue;
      const slope = runtime_s[i]! > 0 ? (memory_peak_mib[i]! - memory_initial_mib[i]!) / runtime_s[i]! : 0;
      const grown = job.runs ? slope * elapsed : 0;
      const area = (job.mib + grown / 2) * elapsed;
      if (job.place === "swap") job.swapped += area;
      else job.resident += area;
      if (job.runs) job.cpu += elapsed;
      job.mib += grown;
    }
  }
}
