import type { MemoryLimits } from "../../src/cluster/memory-settlement.js";
import { Observer, SWAP_INS, SWAP_OUTS, SWAPPED } from "../../src/cluster/observer.js";
import type { SmallWorkload } from "./workloads.js";

/** What has become of an invocation, as told. */
class Watched {
  place: "absent" | "core" | "queue" | "swap" | "gone" = "absent";
  machine = -1;
  cpu = 0;
  mib = 0;
  swapOuts = 0;
  swapIns = 0;
  /** Integrals of its memory over time, MiB s. */
  resident = 0;
  swapped = 0;
}

const TOLERANCE = 1e-5;

/**
 * Keeps every invocation's progress and memory from what is told alone, moved on one by one whenever time does, and each
 * machine's memory as a series over time. Throws where what is told breaks a law of memory.
 */
export class MemoryWatch extends Observer {
  override readonly wantsProgress = true;
  readonly all: Watched[];
  /** Integrals over time of each machine's resident and swapped memory, MiB s. */
  readonly resident: number[];
  readonly swapped: number[];
  /** Their maxima. */
  readonly most: { resident: number; swapped: number } = { resident: 0, swapped: 0 };
  kills = 0;
  private now = 0;
  private readonly cores: number;
  private readonly limits: MemoryLimits;
  private readonly workload: SmallWorkload;

  constructor(workload: SmallWorkload, machines: number, cores: number, limits: MemoryLimits) {
    super();
    this.workload = workload;
    this.cores = cores;
    this.limits = limits;
    this.all = Array.from(workload.arrival_s, () => new Watched());
    this.resident = Array(machines).fill(0);
    this.swapped = Array(machines).fill(0);
  }

  /** MiB on machine m, resident or in swap. */
  held(m: number, inSwap: boolean): number {
    return this.on(m, inSwap).reduce((sum, i) => sum + this.all[i]!.mib, 0);
  }

  /** Once machine m has settled. */
  settled(m: number): void {
    const { ram, swap } = this.limits;
    const here = this.all.filter(({ machine }) => machine === m);
    const running = here.filter(({ place }) => place === "core").length;
    if (running > this.cores) throw new Error(`${running} run on machine ${m}`);
    if (running < this.cores && here.some(({ place }) => place === "queue")) throw new Error(`a core of ${m} idles`);
    const [resident, swapped] = [this.held(m, false), this.held(m, true)];
    if (resident > ram + TOLERANCE) throw new Error(`${resident} MiB are resident of ${ram}`);
    if (swapped > swap + TOLERANCE) throw new Error(`${swapped} MiB are in swap of ${swap}`);
    this.most.resident = Math.max(this.most.resident, resident);
    this.most.swapped = Math.max(this.most.swapped, swapped);
  }

  override placed(i: number, machine: number, time: number) {
    this.moveTo(time);
    const { runtime_s, memory_initial_mib, memory_peak_mib } = this.workload;
    this.expect(i, "absent");
    this.all[i]!.place = "queue";
    this.all[i]!.machine = machine;
    this.all[i]!.mib = (runtime_s[i]! > 0 ? memory_initial_mib : memory_peak_mib)[i]!;
  }

  override started(i: number, _machine: number, time: number) {
    this.moveTo(time);
    this.expect(i, "queue");
    this.all[i]!.place = "core";
    this.ran.add(i);
  }

  /** One that ran and is in swap is told of as preempted later. */
  private readonly ran = new Set<number>();

  override preempted(i: number, _machine: number, time: number) {
    this.moveTo(time);
    if (!this.ran.delete(i)) throw new Error(`${i} is preempted but does not run`);
    if (this.all[i]!.place === "core") this.all[i]!.place = "queue";
  }

  override swappedOut(i: number, machine: number, time: number, mib: number) {
    this.moveTo(time);
    const job = this.all[i]!;
    if (job.place !== "core" && job.place !== "queue") throw new Error(`${i} is moved to swap from ${job.place}`);
    this.near(mib, job.mib, `MiB of ${i} moved to swap`);
    const later = this.on(machine, false).find((other) => this.precedes(i, other));
    if (later !== undefined) throw new Error(`${i} is moved to swap and ${later} stays`);
    job.place = "swap";
    job.swapOuts++;
  }

  override swappedIn(i: number, _machine: number, time: number, mib: number) {
    this.moveTo(time);
    this.expect(i, "swap");
    this.near(mib, this.all[i]!.mib, `MiB of ${i} moved back`);
    this.all[i]!.place = this.ran.has(i) ? "core" : "queue";
    this.all[i]!.swapIns++;
  }

  override finished(i: number, _m: number, _start: number, time: number, _p: number, progress: number) {
    this.moveTo(time);
    this.expect(i, "core");
    this.near(this.all[i]!.cpu, this.workload.runtime_s[i]!, `CPU of ${i}`);
    this.end(i, progress, this.workload.runtime_s[i]!);
  }

  override killed(
    i: number,
    machine: number,
    _start: number,
    time: number,
    _p: number,
    progress: number,
    cpu: number,
    mib: number,
    ran: boolean,
  ) {
    this.moveTo(time);
    const { ram, swap } = this.limits;
    const job = this.all[i]!;
    this.near(mib, job.mib, `MiB of ${i} killed`);
    if (ran !== this.ran.has(i)) throw new Error(`${i} killed, ran: ${ran}`);
    const others = this.on(machine, false).filter((other) => other !== i);
    const room = swap - this.held(machine, true);
    if (others.length > 0 && job.mib <= ram - TOLERANCE && job.mib <= room - TOLERANCE) {
      throw new Error(`${i} with ${job.mib} MiB is killed while swap has ${room}`);
    }
    this.kills++;
    this.end(i, progress, cpu);
  }

  override unfinished(i: number, _m: number, _start: number, time: number, _p: number, progress: number, cpu: number) {
    this.moveTo(time);
    this.end(i, progress, cpu);
  }

  /** What the facts of its end say must be what the series had. */
  private end(i: number, progress: number, cpu: number): void {
    const { facts } = this;
    const job = this.all[i]!;
    if (job.place === "absent" || job.place === "gone") throw new Error(`${i} ends, but is ${job.place}`);
    const { arrival_s, runtime_s, memory_initial_mib, memory_peak_mib } = this.workload;
    const [runtime, peak] = [runtime_s[i]!, memory_peak_mib[i]!];
    const initial = runtime > 0 ? memory_initial_mib[i]! : peak;
    const all = initial * (this.now - arrival_s[i]!) + (runtime > 0 ? ((peak - initial) / runtime) * progress : 0);
    this.near(cpu, job.cpu, `CPU of ${i}`);
    this.near(facts[SWAPPED]!, job.swapped, `MiB s in swap of ${i}`);
    this.near(all - facts[SWAPPED]!, job.resident, `MiB s resident of ${i}`);
    if (facts[SWAP_OUTS] !== job.swapOuts || facts[SWAP_INS] !== job.swapIns) throw new Error(`swaps of ${i}`);
    job.place = "gone";
    this.ran.delete(i);
  }

  private on(m: number, inSwap: boolean): number[] {
    const places = inSwap ? ["swap"] : ["core", "queue"];
    return [...this.all.keys()].filter((i) => this.all[i]!.machine === m && places.includes(this.all[i]!.place));
  }

  private precedes(i: number, j: number): boolean {
    const { price_class } = this.workload;
    return price_class[i]! > price_class[j]! || (price_class[i] === price_class[j] && i < j);
  }

  private expect(i: number, place: Watched["place"]): void {
    if (this.all[i]!.place !== place) throw new Error(`${i} is ${this.all[i]!.place}, not ${place}`);
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
      const before = job.mib;
      if (job.place === "core") {
        job.cpu += elapsed;
        job.mib += ((memory_peak_mib[i]! - memory_initial_mib[i]!) / runtime_s[i]!) * elapsed;
      }
      const area = ((before + job.mib) / 2) * elapsed;
      if (job.place === "swap") {
        job.swapped += area;
        this.swapped[job.machine]! += area;
      } else {
        job.resident += area;
        this.resident[job.machine]! += area;
      }
    }
  }
}
