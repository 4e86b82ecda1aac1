import type { MachineTimes } from "../../src/cluster/timed-machines.js";
import type { ReferenceCluster } from "./memory-reference.js";
import type { SmallWorkload } from "./workloads.js";

/** MiB by which memory comparisons are off. */
const MIB = 1e-6;

/** An invocation on a machine where switching and starting take time. */
export class TimedJob {
  machine = -1;
  place: "core" | "queue" | "swap" | "gone" = "queue";
  outcome: "absent" | "finished" | "killed" | "unfinished" = "absent";
  start = Number.NaN;
  finish = Number.NaN;
  preemptions = 0;
  swapOuts = 0;
  swapIns = 0;
  /** When its core will have been switched, its sandbox have started; NaN: nothing to wait for. */
  switched = Number.NaN;
  ready = Number.NaN;
  /** As of `since`: CPU seconds that it needs, MiB that it holds, and when it ends if nothing happens to it. */
  remaining: number;
  held: number;
  end: number;
  since: number;
  readonly sequence: number;
  readonly priceClass: number;
  readonly runtime: number;
  readonly func: number;
  readonly growth: number;

  constructor(workload: SmallWorkload & { readonly function: Int32Array }, i: number) {
    const peak = workload.memory_peak_mib[i]!;
    this.sequence = i;
    this.priceClass = workload.price_class[i]!;
    this.runtime = workload.runtime_s[i]!;
    this.func = workload.function[i]!;
    this.held = this.runtime > 0 ? workload.memory_initial_mib[i]! : peak;
    this.growth = this.runtime > 0 ? (peak - this.held) / this.runtime : 0;
    this.since = workload.arrival_s[i]!;
    this.remaining = this.runtime;
    this.end = this.since + this.runtime;
  }

  get resident(): boolean {
    return this.place === "core" || this.place === "queue";
  }

  get running(): boolean {
    return this.place === "core" && Number.isNaN(this.switched);
  }

  mib(now: number): number {
    return this.held + this.growth * (this.running ? now - this.since : 0);
  }

  /** Books what it has done since it last moved. */
  book(now: number): void {
    const elapsed = now - this.since;
    this.held = this.mib(now);
    if (this.running) this.remaining -= elapsed;
    else if (this.place !== "core" && elapsed > 0) this.end = now + this.remaining;
    this.since = now;
  }
}

/** Run order. */
const precedes = (a: TimedJob, b: TimedJob) => b.priceClass - a.priceClass || a.sequence - b.sequence;

/** XX on machines on which things take time, slow and obvious: after every event everything is looked at again. */
export function timedReference(
  cluster: ReferenceCluster,
  { contextSwitch, startup, keepAlive }: MachineTimes,
  workload: SmallWorkload & { readonly function: Int32Array },
): TimedJob[] {
  const { machines, cores, ram, swap } = cluster;
  const mark = cluster.swapInWatermark * ram;
  const jobs = Array.from(workload.arrival_s, (_, i) => new TimedJob(workload, i));
  const placed = Array.from({ length: machines }, (): TimedJob[] => []);
  const idle: { m: number; func: number; expiry: number }[] = [];
  const pressures: number[] = Array(machines).fill(Number.POSITIVE_INFINITY);
  let now = 0;

  const sum = (list: readonly TimedJob[]) => list.reduce((total, job) => total + job.mib(now), 0);
  const residents = (here: readonly TimedJob[]) => here.filter((job) => job.resident).sort(precedes);
  const inSwap = (here: readonly TimedJob[]) => here.filter((job) => job.place === "swap");
  const growing = (here: readonly TimedJob[]) =>
    here.filter((job) => job.running).reduce((total, job) => total + job.growth, 0);
  const move = (job: TimedJob, place: TimedJob["place"]) => {
    job.book(now);
    job.place = place;
  };
  const toSwap = (job: TimedJob) => {
    move(job, "swap");
    job.swapOuts++;
  };
  const leave = (here: TimedJob[], job: TimedJob, outcome: "finished" | "killed") => {
    move(job, "gone");
    job.outcome = outcome;
    job.finish = now;
    here.splice(here.indexOf(job), 1);
  };

  const relieve = (here: TimedJob[]) => {
    do {
      const all = residents(here);
      const victim = all[all.length - 1]!;
      const mib = victim.mib(now);
      const fits = sum(inSwap(here)) + mib <= swap + MIB;
      if (all.length === 1 || mib > ram + MIB || !fits) leave(here, victim, "killed");
      else toSwap(victim);
    } while (sum(residents(here)) > ram + MIB);
  };

  /** What must go to swap so that `job` can come back; null: it cannot. */
  const room = (here: readonly TimedJob[], job: TimedJob): TimedJob[] | null => {
    const all = residents(here);
    const mib = job.mib(now);
    const moved: TimedJob[] = [];
    for (;;) {
      const left = all.slice(0, all.length - moved.length);
      if (sum(left) + mib <= mark + MIB || (left.length === 0 && mib <= ram + MIB)) break;
      const next = left[left.length - 1];
      if (next === undefined || precedes(next, job) < 0) return null;
      moved.push(next);
    }
    return sum(inSwap(here)) - mib + sum(moved) <= swap + MIB || moved.length === 0 ? moved : null;
  };

  const settle = (m: number, ran: readonly TimedJob[], struck: boolean) => {
    const here = placed[m]!;
    const held = sum(residents(here));
    if (struck || held > ram + MIB || (held >= ram - MIB && growing(here) > 0)) relieve(here);
    const chosen: TimedJob[] = [];
    for (const job of [...here].sort(precedes)) {
      if (chosen.length === cores) break;
      if (!Number.isNaN(job.ready)) continue;
      if (job.place === "swap") {
        const moved = room(here, job);
        if (moved === null) continue;
        for (const other of moved) toSwap(other);
        move(job, "queue");
        job.swapIns++;
      }
      chosen.push(job);
    }
    const lost = ran.filter((job) => here.includes(job) && !chosen.includes(job));
    for (const job of lost) {
      if (job.place === "core") move(job, "queue");
      job.switched = Number.NaN;
      job.preemptions++;
    }
    const incoming = chosen.filter((job) => !ran.includes(job));
    for (const [i, job] of incoming.entries()) {
      move(job, "core");
      const pays = job.preemptions > 0 || i >= incoming.length - lost.length;
      if (contextSwitch > 0 && pays) {
        job.switched = now + contextSwitch;
        job.end = job.switched + job.remaining;
      } else if (Number.isNaN(job.start)) job.start = now;
    }
    for (const job of ran) if (chosen.includes(job)) job.place = "core";
    const free = ram - sum(residents(here));
    const rate = growing(here);
    pressures[m] = rate > 0 ? Math.max(now, now + free / rate) : Number.POSITIVE_INFINITY;
  };

  const events = () =>
    placed.flatMap((here, m) => {
      const ends = here.filter(({ place }) => place === "core").map((job) => ({ time: job.end, kind: 0, m, job }));
      const options = here.flatMap((job) =>
        [job.place === "core" ? job.switched : Number.NaN, job.ready]
          .filter((time) => !Number.isNaN(time))
          .map((time) => ({ time, kind: 2, m, job })),
      );
      return [...ends, { time: pressures[m]!, kind: 1, m, job: null }, ...options];
    });

  for (let i = 0; ; ) {
    const next = events().sort(
      (a, b) => a.time - b.time || a.kind - b.kind || a.m - b.m || a.job!.sequence - b.job!.sequence,
    )[0];
    const arrival = workload.arrival_s[i] ?? Number.POSITIVE_INFINITY;
    const time = Math.min(next?.time ?? Number.POSITIVE_INFINITY, arrival);
    if (time === Number.POSITIVE_INFINITY) return jobs;
    now = time;
    if (next?.time !== time) {
      const m = placed.findIndex((here) => here.length === Math.min(...placed.map(({ length }) => length)));
      const ran = placed[m]!.filter((job) => job.place === "core");
      const job = jobs[i++]!;
      job.machine = m;
      job.outcome = "unfinished";
      const kept = idle.findLast((one) => one.m === m && one.func === job.func && one.expiry > now);
      if (kept) idle.splice(idle.indexOf(kept), 1);
      else if (startup > 0) job.ready = now + startup;
      placed[m]!.push(job);
      settle(m, ran, false);
      continue;
    }
    const { m, kind, job } = next;
    const ran = placed[m]!.filter((other) => other.place === "core");
    if (kind === 0) {
      if (Number.isNaN(job!.start)) job!.start = now;
      leave(placed[m]!, job!, "finished");
      if (job!.func >= 0) idle.push({ m, func: job!.func, expiry: now + keepAlive });
    } else if (kind === 2 && !Number.isNaN(job!.ready)) job!.ready = Number.NaN;
    else if (kind === 2) {
      job!.book(now);
      job!.switched = Number.NaN;
      if (Number.isNaN(job!.start)) job!.start = now;
    }
    settle(m, ran, kind === 1);
  }
}
