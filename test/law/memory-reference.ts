import type { SmallWorkload } from "./workloads.js";

/** A cluster of machines with finite memory; every machine is polled. */
export interface ReferenceCluster {
  readonly machines: number;
  readonly cores: number;
  readonly ram: number;
  readonly swap: number;
  readonly swapInWatermark: number;
}

/** MiB by which memory comparisons are off. */
const MIB = 1e-6;

/** An invocation, from its arrival to its end. */
export class Job {
  machine = -1;
  place: "core" | "queue" | "swap" | "gone" = "queue";
  outcome: "absent" | "finished" | "killed" | "unfinished" = "absent";
  start = Number.NaN;
  finish = Number.NaN;
  preemptions = 0;
  swapOuts = 0;
  swapIns = 0;
  /** CPU seconds that it needs still, as of `since`; and when it ends if it has a core from then on. */
  remaining: number;
  since: number;
  end: number;
  /** Integrals over time: of its progress, and of its memory on a core, in a queue and in swap. */
  progress = 0;
  memory = { core: 0, queue: 0, swap: 0 };
  readonly sequence: number;
  readonly priceClass: number;
  readonly runtime: number;
  readonly initial: number;
  readonly growth: number;

  constructor(workload: SmallWorkload, i: number) {
    const peak = workload.memory_peak_mib[i]!;
    this.sequence = i;
    this.priceClass = workload.price_class[i]!;
    this.runtime = workload.runtime_s[i]!;
    this.initial = this.runtime > 0 ? workload.memory_initial_mib[i]! : peak;
    this.growth = this.runtime > 0 ? (peak - this.initial) / this.runtime : 0;
    this.remaining = this.runtime;
    this.since = workload.arrival_s[i]!;
    this.end = this.since + this.runtime;
  }

  /** CPU seconds received up to `now`. */
  cpu(now: number): number {
    return this.runtime - this.remaining + (this.place === "core" ? now - this.since : 0);
  }

  mib(now: number): number {
    return this.initial + this.growth * this.cpu(now);
  }

  /** Books the time since it last moved. */
  book(now: number): void {
    if (this.place === "gone") return;
    const elapsed = now - this.since;
    const [from, to] = [this.cpu(this.since), this.cpu(now)];
    this.progress += ((from + to) / 2) * elapsed;
    this.memory[this.place] += (this.initial + (this.growth * (from + to)) / 2) * elapsed;
    if (this.place === "core") this.remaining -= elapsed;
    else if (elapsed > 0) this.end = now + this.remaining;
    this.since = now;
  }

  get resident(): boolean {
    return this.place === "core" || this.place === "queue";
  }
}

/** Run order. */
const precedes = (a: Job, b: Job) => b.priceClass - a.priceClass || a.sequence - b.sequence;
const sum = (jobs: readonly Job[], now: number) => jobs.reduce((total, job) => total + job.mib(now), 0);

/** XX with finite memory, slow and obvious: after every event everything is looked at again. */
export function reference(cluster: ReferenceCluster, workload: SmallWorkload, until: number | null): Job[] {
  const { machines, cores, ram, swap } = cluster;
  const mark = cluster.swapInWatermark * ram;
  const jobs = Array.from(workload.arrival_s, (_, i) => new Job(workload, i));
  const placed = Array.from({ length: machines }, (): Job[] => []);
  let now = 0;

  const residents = (here: readonly Job[]) => here.filter((job) => job.resident).sort(precedes);
  const inSwap = (here: readonly Job[]) => here.filter((job) => job.place === "swap");
  const onCores = (here: readonly Job[]) => here.filter((job) => job.place === "core");
  const growing = (here: readonly Job[]) => onCores(here).reduce((total, job) => total + job.growth, 0);
  const move = (job: Job, place: Job["place"]) => {
    job.book(now);
    job.place = place;
  };

  const leave = (here: Job[], job: Job, outcome: "finished" | "killed") => {
    move(job, "gone");
    job.outcome = outcome;
    job.finish = now;
    here.splice(here.indexOf(job), 1);
  };

  const relieve = (here: Job[]) => {
    do {
      const all = residents(here);
      const victim = all[all.length - 1]!;
      const mib = victim.mib(now);
      const fits = sum(inSwap(here), now) + mib <= swap + MIB;
      if (all.length === 1 || mib > ram + MIB || !fits) leave(here, victim, "killed");
      else {
        move(victim, "swap");
        victim.swapOuts++;
      }
    } while (sum(residents(here), now) > ram + MIB);
  };

  /** What must go to swap so that `job` can come back; null: it cannot. */
  const room = (here: readonly Job[], job: Job): Job[] | null => {
    const all = residents(here);
    const mib = job.mib(now);
    const moved: Job[] = [];
    for (;;) {
      const left = all.slice(0, all.length - moved.length);
      const alone = left.length === 0 && mib <= ram + MIB;
      if (sum(left, now) + mib <= mark + MIB || alone) break;
      const next = left[left.length - 1];
      if (next === undefined || precedes(next, job) < 0) return null;
      moved.push(next);
    }
    return sum(inSwap(here), now) - mib + sum(moved, now) <= swap + MIB || moved.length === 0 ? moved : null;
  };

  const settle = (here: Job[], ran: readonly Job[], pressure: boolean) => {
    if (pressure) relieve(here);
    const chosen: Job[] = [];
    for (const job of [...here].sort(precedes)) {
      if (chosen.length === cores) break;
      if (job.place === "swap") {
        const moved = room(here, job);
        if (moved === null) continue;
        for (const other of moved) {
          move(other, "swap");
          other.swapOuts++;
        }
        move(job, "queue");
        job.swapIns++;
      }
      chosen.push(job);
    }
    for (const job of here) {
      if (chosen.includes(job)) {
        if (job.place === "core") continue;
        move(job, "core");
        if (Number.isNaN(job.start)) job.start = now;
      } else {
        if (job.place === "core") move(job, "queue");
        if (ran.includes(job)) job.preemptions++;
      }
    }
  };

  const pressed = (here: readonly Job[]) => {
    const held = sum(residents(here), now);
    return held > ram + MIB || (held >= ram - MIB && growing(here) > 0);
  };

  /** When residents will fill the RAM, foreseen when the machine has settled. */
  const pressures: number[] = Array(machines).fill(Number.POSITIVE_INFINITY);
  const foresee = (m: number) => {
    const here = placed[m]!;
    const rate = growing(here);
    const free = ram - sum(residents(here), now);
    pressures[m] = rate > 0 ? Math.max(now, now + free / rate) : Number.POSITIVE_INFINITY;
  };

  /** The earliest completion or pressure: time, kind (0, 1), machine. */
  const next = () => {
    const events: { time: number; kind: 0 | 1; m: number; job: Job | null }[] = [];
    for (const [m, here] of placed.entries()) {
      const running = onCores(here).sort((a, b) => a.end - b.end || a.sequence - b.sequence);
      const first = running[0];
      if (first === undefined) continue;
      events.push({ time: first.end, kind: 0, m, job: first });
      const time = pressures[m]!;
      if (time < first.end) events.push({ time, kind: 1, m, job: null });
    }
    return events.sort((a, b) => a.time - b.time || a.kind - b.kind || a.m - b.m)[0];
  };

  const end = until ?? Number.POSITIVE_INFINITY;
  for (let i = 0; ; ) {
    const event = next();
    const arrival = workload.arrival_s[i] ?? Number.POSITIVE_INFINITY;
    const time = event ? Math.min(event.time, arrival) : arrival;
    if (time > end || time === Number.POSITIVE_INFINITY) break;
    now = time;
    if (event && event.time === time) {
      const here = placed[event.m]!;
      const ran = onCores(here);
      if (event.job) leave(here, event.job, "finished");
      settle(here, ran, event.kind === 1 || pressed(here));
      foresee(event.m);
      continue;
    }
    const least = Math.min(...placed.map((here) => here.length));
    const m = placed.findIndex((here) => here.length === least);
    const here = placed[m]!;
    const ran = onCores(here);
    const job = jobs[i++]!;
    job.machine = m;
    job.outcome = "unfinished";
    here.push(job);
    settle(here, ran, pressed(here));
    foresee(m);
  }
  const stop = until ?? now;
  for (const job of placed.flat()) job.book(stop);
  return jobs;
}
