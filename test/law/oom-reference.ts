import type { SmallWorkload } from "./workloads.js";

/** A cluster of machines that kill when they are out of memory; each shares its cores, or all are one pool. */
export interface ReferenceCluster {
  readonly central: boolean;
  readonly machines: number;
  readonly cores: number;
  readonly ram: number;
  readonly oom: "kill-newest" | "kill-largest";
  /** Run order of a pool: lower first, of equal ones the earlier. */
  readonly order: (invocation: number) => number;
  /** Where an arrival goes, given how many are on each machine. */
  readonly place: (invocation: number, loads: readonly number[]) => number;
}

/** MiB by which memory comparisons are off, and the share of the time within which pressure and a completion are one. */
const MIB = 1e-6;
const SIMULTANEOUS = 1e-13;

/** An invocation, from its arrival to its end. */
export class Job {
  machine = -1;
  runs = false;
  outcome: "absent" | "finished" | "killed" | "unfinished" = "absent";
  start = Number.NaN;
  finish = Number.NaN;
  preemptions = 0;
  remaining: number;
  progress = 0;
  readonly sequence: number;
  readonly order: number;
  readonly runtime: number;
  readonly initial: number;
  readonly growth: number;

  constructor(workload: SmallWorkload, i: number, order: number) {
    const peak = workload.memory_peak_mib[i]!;
    this.sequence = i;
    this.order = order;
    this.runtime = workload.runtime_s[i]!;
    this.initial = this.runtime > 0 ? workload.memory_initial_mib[i]! : peak;
    this.growth = this.runtime > 0 ? (peak - this.initial) / this.runtime : 0;
    this.remaining = this.runtime;
  }

  get cpu(): number {
    return this.runtime - this.remaining;
  }

  get mib(): number {
    return this.initial + this.growth * this.cpu;
  }

  get bytes(): number {
    return Math.round(this.mib * 2 ** 20);
  }
}

const sum = (here: readonly Job[]) => here.reduce((total, job) => total + job.mib, 0);

/** Slow and obvious: after every event everything is looked at again. */
export function reference(cluster: ReferenceCluster, workload: SmallWorkload, until: number | null): Job[] {
  const { central, oom } = cluster;
  const machines = central ? 1 : cluster.machines;
  const cores = central ? cluster.machines * cluster.cores : cluster.cores;
  const ram = central ? cluster.machines * cluster.ram : cluster.ram;
  const jobs = Array.from(workload.arrival_s, (_, i) => new Job(workload, i, cluster.order(i)));
  const placed = Array.from({ length: machines }, (): Job[] => []);
  let now = 0;

  const rate = (here: readonly Job[]) => (central ? 1 : Math.min(1, cores / here.length));
  const growth = (here: readonly Job[]) =>
    here.reduce((total, job) => total + (job.runs ? job.growth : 0), 0) * rate(here);
  const pressed = (here: readonly Job[]) => sum(here) > ram + MIB || (growth(here) > 0 && sum(here) >= ram - MIB);

  const advance = (time: number) => {
    const elapsed = time - now;
    for (const here of placed) {
      for (const job of here) {
        const got = job.runs ? rate(here) * elapsed : 0;
        job.progress += (job.cpu + got / 2) * elapsed;
        job.remaining -= got;
      }
    }
    now = time;
  };

  const leave = (here: Job[], job: Job, outcome: "finished" | "killed") => {
    job.outcome = outcome;
    job.finish = now;
    here.splice(here.indexOf(job), 1);
  };

  const worse = (a: Job, b: Job) => (oom === "kill-largest" ? b.bytes - a.bytes : 0) || b.sequence - a.sequence;

  const settle = (here: Job[], pressure: boolean) => {
    if (pressure) {
      do leave(here, here.toSorted(worse)[0]!, "killed");
      while (sum(here) > ram + MIB);
    }
    const ordered = here.toSorted((a, b) => a.order - b.order || a.sequence - b.sequence);
    for (const [place, job] of ordered.entries()) {
      const runs = !central || place < cores;
      if (job.runs && !runs) job.preemptions++;
      if (runs && Number.isNaN(job.start)) job.start = now;
      job.runs = runs;
    }
  };

  /** The earliest completion or pressure: time, kind (0, 1), machine. */
  const next = () => {
    const events: { time: number; kind: 0 | 1; here: Job[]; job: Job | null }[] = [];
    for (const here of placed) {
      const running = here.filter((job) => job.runs);
      if (running.length === 0) continue;
      const first = running.sort((a, b) => a.remaining - b.remaining || a.sequence - b.sequence)[0]!;
      const end = now + Math.max(0, first.remaining) / rate(here);
      events.push({ time: end, kind: 0, here, job: first });
      if (growth(here) === 0) continue;
      const time = Math.max(now, now + (ram - sum(here)) / growth(here));
      if (end - time > SIMULTANEOUS * end) events.push({ time, kind: 1, here, job: null });
    }
    return events.sort((a, b) => a.time - b.time || a.kind - b.kind)[0];
  };

  const end = until ?? Number.POSITIVE_INFINITY;
  for (let i = 0; ; ) {
    const event = next();
    const arrival = workload.arrival_s[i] ?? Number.POSITIVE_INFINITY;
    const time = event ? Math.min(event.time, arrival) : arrival;
    if (time > end || time === Number.POSITIVE_INFINITY) break;
    advance(time);
    if (event && event.time === time) {
      const { here, job } = event;
      if (job) leave(here, job, "finished");
      settle(here, job === null || pressed(here));
      continue;
    }
    const m = central
      ? 0
      : cluster.place(
          i,
          placed.map((here) => here.length),
        );
    const job = jobs[i++]!;
    job.machine = central ? -1 : m;
    job.outcome = "unfinished";
    placed[m]!.push(job);
    settle(placed[m]!, pressed(placed[m]!));
  }
  if (until !== null) advance(until);
  return jobs;
}
