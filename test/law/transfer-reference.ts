import type { TransferTimes } from "../../src/cluster/transfer-machines.js";
import type { ReferenceCluster } from "./memory-reference.js";
import type { SmallWorkload } from "./workloads.js";

/** MiB by which memory comparisons are off. */
const MIB = 1e-6;

/** An invocation on a machine where moving memory, switching and starting take time. */
class Job {
  machine = -1;
  place: "core" | "queue" | "door" | "writing" | "reading" | "swap" | "gone" = "door";
  outcome: "absent" | "finished" | "killed" = "absent";
  start = Number.NaN;
  finish = Number.NaN;
  preemptions = 0;
  swapOuts = 0;
  swapIns = 0;
  stalled = false;
  /** When its core will have been switched, its sandbox have started; NaN: nothing to wait for. */
  switched = Number.NaN;
  ready = Number.NaN;
  remaining: number;
  held: number;
  end: number;
  since: number;
  readonly growth: number;
  readonly sequence: number;
  readonly priceClass: number;
  readonly runtime: number;
  readonly func: number;

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

  get running(): boolean {
    return this.place === "core" && Number.isNaN(this.switched) && !this.stalled;
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

const precedes = (a: Job, b: Job) => b.priceClass - a.priceClass || a.sequence - b.sequence;
const PRESENT = ["core", "queue"];
/** What is decided upon as if it were in RAM. */
const COMMITTED = [...PRESENT, "door", "reading"];

/** One machine, on which after every event everything is looked at again. */
class Machine {
  readonly here: Job[] = [];
  /** Transfers in the order in which they were asked for; and the one under way. */
  private readonly asked: Job[] = [];
  private channel: { readonly job: Job; readonly until: number } | null = null;
  private pressure = Number.POSITIVE_INFINITY;
  private stall = Number.POSITIVE_INFINITY;
  private readonly cluster: ReferenceCluster;
  private readonly times: TransferTimes;
  private readonly clock: { now: number };

  constructor(cluster: ReferenceCluster, times: TransferTimes, clock: { now: number }) {
    this.cluster = cluster;
    this.times = times;
    this.clock = clock;
  }

  private in(...places: string[]): Job[] {
    return this.here.filter(({ place }) => places.includes(place)).sort(precedes);
  }

  private sum(jobs: readonly Job[]): number {
    return jobs.reduce((total, job) => total + job.mib(this.clock.now), 0);
  }

  private growing(): number {
    return this.here.filter((job) => job.running).reduce((total, job) => total + job.growth, 0);
  }

  /** MiB in RAM, or taken by the read under way. */
  private inRam(): number {
    const incoming = this.channel?.job.place === "reading" ? [this.channel.job] : [];
    return this.sum([...this.in(...PRESENT, "writing"), ...incoming]);
  }

  private inSwap(): number {
    return this.sum(this.in("swap", "writing", "reading"));
  }

  private move(job: Job, place: Job["place"]): void {
    job.book(this.clock.now);
    job.place = place;
  }

  private leave(job: Job, outcome: "finished" | "killed"): void {
    this.move(job, "gone");
    job.outcome = outcome;
    job.finish = this.clock.now;
    this.here.splice(this.here.indexOf(job), 1);
  }

  private makeWay(job: Job): void {
    if (job.place === "door") {
      this.move(job, "swap");
      job.swapOuts++;
    } else if (job.place === "reading") {
      this.move(job, "swap");
      this.asked.splice(this.asked.indexOf(job), 1);
      if (this.channel?.job === job) this.channel = null;
    } else {
      this.move(job, "writing");
      this.asked.push(job);
    }
  }

  private relieve(): void {
    const { ram, swap } = this.cluster;
    do {
      const all = this.in(...COMMITTED);
      const victim = all.at(-1)!;
      const mib = victim.mib(this.clock.now);
      const cannot = all.length === 1 || mib > ram + MIB || this.inSwap() + mib > swap + MIB;
      if (victim.place !== "reading" && cannot) this.leave(victim, "killed");
      else this.makeWay(victim);
    } while (this.sum(this.in(...COMMITTED)) > ram + MIB);
  }

  /** What must make way so that `job` can come back; null: it cannot. */
  private room(job: Job): Job[] | null {
    const { ram, swap, swapInWatermark } = this.cluster;
    const left = this.in(...COMMITTED);
    const mib = job.mib(this.clock.now);
    const moved: Job[] = [];
    while (this.sum(left) + mib > swapInWatermark * ram + MIB && !(left.length === 0 && mib <= ram + MIB)) {
      const next = left.pop();
      if (next === undefined || precedes(next, job) < 0) return null;
      moved.push(next);
    }
    const written = this.sum(moved.filter(({ place }) => place !== "reading"));
    return written === 0 || this.inSwap() + written <= swap + MIB ? moved : null;
  }

  private settle(ran: readonly Job[], struck: boolean): void {
    const { cores, ram } = this.cluster;
    const { now } = this.clock;
    const held = this.sum(this.in(...COMMITTED));
    if (struck || held > ram + MIB || (held >= ram - MIB && this.growing() > 0)) this.relieve();
    let chosen = 0;
    for (const job of [...this.here].sort(precedes)) {
      if (chosen === cores) break;
      if (!Number.isNaN(job.ready) || job.place === "writing") continue;
      if (job.place === "swap") {
        const moved = this.room(job);
        if (moved === null) continue;
        for (const other of moved) this.makeWay(other);
        this.move(job, "reading");
        this.asked.push(job);
      }
      chosen++;
    }
    const runs = this.in(...PRESENT)
      .filter(({ ready }) => Number.isNaN(ready))
      .slice(0, cores);
    const lost = ran.filter((job) => this.here.includes(job) && !runs.includes(job));
    for (const job of lost) {
      if (job.place === "core") this.move(job, "queue");
      job.switched = Number.NaN;
      job.stalled = false;
      job.preemptions++;
    }
    const incoming = runs.filter((job) => !ran.includes(job));
    for (const [i, job] of incoming.entries()) {
      this.move(job, "core");
      if (this.times.contextSwitch > 0 && (job.preemptions > 0 || i >= incoming.length - lost.length)) {
        job.switched = now + this.times.contextSwitch;
        job.end = job.switched + job.remaining;
      } else {
        job.end = now + job.remaining;
        if (Number.isNaN(job.start)) job.start = now;
      }
    }
  }

  /** Everything after an event but what settles: the door, the channel, who stalls, and what comes next. */
  private look(full: boolean): void {
    const { ram } = this.cluster;
    const { now } = this.clock;
    for (;;) {
      const first = this.in("door")[0];
      if (first === undefined) break;
      if (this.in("writing").length > 0 && this.inRam() + first.mib(now) > ram + MIB) break;
      const ran = this.in("core");
      this.move(first, "queue");
      this.settle(ran, false);
    }
    if (this.channel === null) {
      const write = this.asked.find(({ place }) => place === "writing");
      const read = this.asked.find(({ place }) => place === "reading");
      const blocked = write !== undefined && read !== undefined && this.inRam() + read.mib(now) > ram + MIB;
      const job = blocked ? write : this.asked[0];
      if (job !== undefined) this.channel = { job, until: now + job.mib(now) / this.times.swapBandwidth };
    }
    const pending = this.in("writing").length > 0;
    const stall = pending && (full || this.inRam() >= ram - MIB);
    for (const job of this.in("core")) {
      if (stall ? !(job.running && job.growth > 0 && job.end > now) : !job.stalled) continue;
      job.book(now);
      job.stalled = stall;
      job.end = stall ? Number.POSITIVE_INFINITY : now + job.remaining;
    }
    const rate = this.growing();
    const filled = (free: number) => (rate > 0 ? Math.max(now, now + free / rate) : Number.POSITIVE_INFINITY);
    this.pressure = filled(ram - this.sum(this.in(...COMMITTED)));
    this.stall = pending ? filled(ram - this.inRam()) : Number.POSITIVE_INFINITY;
  }

  place(job: Job): void {
    this.here.push(job);
    this.settle(this.in("core"), false);
    this.look(false);
  }

  events(m: number) {
    const ends = this.in("core").map((job) => ({ time: job.end, kind: 0, m, job }));
    const options = this.here.flatMap((job) =>
      [job.place === "core" ? job.switched : Number.NaN, job.ready]
        .filter((time) => !Number.isNaN(time))
        .map((time) => ({ time, kind: 3, m, job })),
    );
    const moved = this.channel === null ? [] : [{ time: this.channel.until, kind: 2, m, job: this.channel.job }];
    const filled = [
      { time: this.pressure, kind: 1, m, job: null },
      { time: this.stall, kind: 4, m, job: null },
    ];
    return [...ends, ...options, ...moved, ...filled];
  }

  perform(kind: number, job: Job | null): void {
    const { now } = this.clock;
    const ran = this.in("core");
    let settles = kind !== 4;
    if (kind === 0) {
      if (Number.isNaN(job!.start)) job!.start = now;
      this.leave(job!, "finished");
    } else if (kind === 2) {
      this.asked.splice(this.asked.indexOf(job!), 1);
      this.channel = null;
      if (job!.place === "writing") job!.swapOuts++;
      else job!.swapIns++;
      this.move(job!, job!.place === "writing" ? "swap" : "queue");
    } else if (kind === 3 && !Number.isNaN(job!.ready)) {
      job!.ready = Number.NaN;
      settles = job!.place !== "door" && job!.place !== "writing";
    } else if (kind === 3) {
      job!.book(now);
      job!.switched = Number.NaN;
      if (Number.isNaN(job!.start)) job!.start = now;
      settles = false;
    }
    if (settles) this.settle(ran, kind === 1);
    this.look(kind === 4);
  }
}

/** XX on machines that take time to move memory, of which the least loaded is taken, slow and obvious. */
export function transferReference(
  cluster: ReferenceCluster,
  times: TransferTimes,
  workload: SmallWorkload & { readonly function: Int32Array },
): Job[] {
  const clock = { now: 0 };
  const jobs = Array.from(workload.arrival_s, (_, i) => new Job(workload, i));
  const machines = Array.from({ length: cluster.machines }, () => new Machine(cluster, times, clock));
  const idle: { m: number; func: number; expiry: number }[] = [];
  for (let i = 0; ; ) {
    const next = machines
      .flatMap((machine, m) => machine.events(m))
      .sort((a, b) => a.time - b.time || a.kind - b.kind || a.m - b.m || a.job!.sequence - b.job!.sequence)[0];
    const arrival = workload.arrival_s[i] ?? Number.POSITIVE_INFINITY;
    clock.now = Math.min(next?.time ?? Number.POSITIVE_INFINITY, arrival);
    const { now } = clock;
    if (now === Number.POSITIVE_INFINITY) return jobs;
    if (next?.time === now) {
      machines[next.m]!.perform(next.kind, next.job);
      const { job, kind, m } = next;
      if (kind === 0 && job!.func >= 0) idle.push({ m, func: job!.func, expiry: now + times.keepAlive });
      continue;
    }
    const loads = machines.map(({ here }) => here.length);
    const m = loads.indexOf(Math.min(...loads));
    const job = jobs[i++]!;
    job.machine = m;
    const kept = idle.findLast((one) => one.m === m && one.func === job.func && one.expiry > now);
    if (kept) idle.splice(idle.indexOf(kept), 1);
    else if (times.startup > 0) job.ready = now + times.startup;
    machines[m]!.place(job);
  }
}
