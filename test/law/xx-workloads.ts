import fc from "fast-check";
import { type Arrivals, Observer } from "../../src/cluster/observer.js";
import { drain, feed } from "../../src/engine/simulation.js";
import type { Scheduler, SchedulerConfig } from "../../src/scheduler/scheduler.js";
import type { BudgetOptions, XXOptions } from "../../src/scheduler/xx/options.js";
import { cluster, type SmallWorkload, smallWorkload } from "./workloads.js";

/** A workload with callers and owners. */
export interface CalledWorkload extends SmallWorkload {
  readonly parent: Int32Array;
  readonly owner: Int32Array;
}

export const OWNERS = ["ann", "bob", "eve"];

/** Every third or so has an earlier row as its parent, and one in four no owner that anybody knows. */
export const calledWorkload: fc.Arbitrary<CalledWorkload> = fc
  .tuple(smallWorkload, fc.array(fc.nat(149), { minLength: 50, maxLength: 50 }), fc.array(fc.nat(3), { minLength: 50 }))
  .map(([workload, parents, owners]) => ({
    ...workload,
    parent: Int32Array.from(workload.arrival_s, (_, i) => (i > 0 && parents[i]! < 50 ? parents[i]! % i : -1)),
    owner: Int32Array.from(workload.arrival_s, (_, i) => owners[i]! - 1),
  }));

/** Finite memory, so that what memory does to invocations is seen too. */
export const tightCluster: fc.Arbitrary<SchedulerConfig> = fc
  .tuple(cluster, fc.integer({ min: 100, max: 3000 }), fc.constantFrom(0, 500, Number.POSITIVE_INFINITY))
  .map(([config, ram, swap]) => ({ ...config, ram, swap }));

const time = fc.constantFrom(0, 0, 0.125, 0.3);
const dollars = fc.constantFrom(0, 1, 4, Number.POSITIVE_INFINITY);

/** Budgets that are a few units of price and CPU second. */
export const budgets: fc.Arbitrary<BudgetOptions> = fc.record({
  rule: fc.constantFrom("demote", "delay", "reject"),
  owners: fc.constant(OWNERS),
  monthly: fc.array(dollars, { minLength: 3, maxLength: 3 }).map((list) => list.map((x) => x * 30 * 86400)),
  burst: fc.constantFrom(0, 0.5, 2),
  from: fc.constant(0),
  priceUnit: fc.constantFrom(1, 3),
  memoryPrice: fc.constantFrom(0, 5),
});

/** Options of all kinds for machines of so much RAM. */
export function optionsFor(ram: number): fc.Arbitrary<XXOptions> {
  const { POSITIVE_INFINITY: off } = Number;
  const threshold = fc.constantFrom(off, off, 0.1 * ram, 0.5 * ram, ram);
  return fc.record({
    idleThreshold: ram === off ? fc.constant(off) : threshold,
    idleListRule: fc.constantFrom("guarded", "literal"),
    idleStaleness: fc.constantFrom(0, 0, ram / 8),
    lookupTime: time,
    pollTime: time,
    loadCounts: fc.constantFrom("all", "same-or-higher"),
    retries: fc.constantFrom(0, 0, 1, 3),
    children: fc.constantFrom("none", "recorded", "follow"),
    contextSwitch: time,
    startup: time,
    keepAlive: fc.constantFrom(0, 0.5, 10),
    swapBandwidth: ram === off ? fc.constant(off) : fc.constantFrom(off, off, 100, 1000),
    budgets: fc.option(budgets),
  });
}

/** A cluster and options that fit it. */
export const clusterWithOptions = fc
  .oneof(tightCluster, cluster)
  .chain((config) => fc.tuple(fc.constant(config), optionsFor(config.ram)));

/** Replays in one chunk; `check` is called whenever all that happens at an instant has happened. */
export function replayOnce(
  scheduler: Scheduler,
  workload: SmallWorkload & Partial<CalledWorkload>,
  until: number | null = null,
  check: () => void = () => {},
): void {
  const rows = workload.arrival_s.length;
  const end = until ?? Number.POSITIVE_INFINITY;
  const arrivals: Arrivals = { rows, first: 0, ...workload };
  let last = Number.NEGATIVE_INFINITY;
  const model = {
    next: () => scheduler.next(),
    step: () => {
      const now = scheduler.next();
      if (now < last) throw new Error(`time goes back from ${last} to ${now}`);
      last = now;
      scheduler.step();
      if (scheduler.next() > now) check();
    },
    arrive: (i: number) => {
      last = workload.arrival_s[i]!;
      scheduler.arrive(i);
      if (scheduler.next() > last && workload.arrival_s[i + 1] !== last) check();
    },
  };
  scheduler.open(arrivals);
  feed(model, workload.arrival_s, rows, end);
  drain(model, end);
  scheduler.stop(until ?? Math.max(0, last));
}

/** What is told of each invocation: when it arrived, with which class, where and when it was placed and ran, how it ended. */
export class Diary extends Observer {
  readonly lives: Life[];
  private readonly runtime: Float64Array;

  constructor(workload: SmallWorkload) {
    super();
    this.runtime = workload.runtime_s;
    this.lives = Array.from(workload.arrival_s, () => new Life());
  }

  override arrived(i: number, priceClass: number, time: number): void {
    const life = this.lives[i]!;
    if (!Number.isNaN(life.arrival)) throw new Error(`${i} arrives twice`);
    life.arrival = time;
    life.priceClass = priceClass;
  }

  override placed(i: number, machine: number, time: number): void {
    const life = this.lives[i]!;
    if (life.machine >= 0 || life.outcome !== "") throw new Error(`${i} is placed while on ${life.machine} or ended`);
    life.machine = machine;
    life.placed.push(time);
  }

  override started(i: number, _machine: number, time: number): void {
    this.lives[i]!.since = time;
  }

  override preempted(i: number, _machine: number, time: number): void {
    this.rest(i, time);
  }

  override finished(i: number, machine: number, start: number, time: number): void {
    this.rest(i, time);
    this.end(i, "finished", machine, start, time);
  }

  override killed(i: number, machine: number, start: number, time: number): void {
    this.rest(i, time);
    this.end(i, "killed", machine, start, time);
  }

  override retried(i: number, machine: number, time: number): void {
    this.rest(i, time);
    const life = this.lives[i]!;
    if (life.machine !== machine) throw new Error(`${i} is killed on ${machine}, and is on ${life.machine}`);
    life.machine = -1;
    life.left.push(time);
    life.retries++;
  }

  override rejected(i: number, time: number): void {
    this.end(i, "rejected", -1, Number.NaN, time);
  }

  override unfinished(i: number, machine: number, start: number, time: number): void {
    this.rest(i, time);
    this.end(i, "unfinished", machine, start, Number.NaN);
  }

  override absent(i: number): void {
    if (!Number.isNaN(this.lives[i]!.arrival)) throw new Error(`${i} has arrived and is absent`);
    this.end(i, "absent", -1, Number.NaN, Number.NaN);
  }

  private rest(i: number, time: number): void {
    const life = this.lives[i]!;
    if (Number.isNaN(life.since)) return;
    life.stints.push([life.since, time]);
    life.since = Number.NaN;
  }

  private end(i: number, outcome: Life["outcome"], machine: number, start: number, finish: number): void {
    const life = this.lives[i]!;
    if (life.outcome !== "") throw new Error(`${i} is ${life.outcome}, and ${outcome}`);
    if (life.machine !== machine) throw new Error(`${i} ends on ${machine}, and is on ${life.machine}`);
    if (machine >= 0) life.left.push(finish);
    life.outcome = outcome;
    life.start = start;
    life.finish = finish;
    const last = life.stints.reduce((sum, [from, to]) => sum + to - from, 0);
    if (outcome === "finished" && life.retries === 0 && Math.abs(last - this.runtime[i]!) > 1e-9 * (1 + finish)) {
      throw new Error(`${i} finished after ${last} of ${this.runtime[i]} CPU seconds`);
    }
  }
}

/** See Diary. */
export class Life {
  arrival = Number.NaN;
  priceClass = -1;
  machine = -1;
  /** When each attempt was placed, and ended; NaN: it has not. */
  placed: number[] = [];
  left: number[] = [];
  since = Number.NaN;
  stints: [number, number][] = [];
  retries = 0;
  start = Number.NaN;
  finish = Number.NaN;
  outcome: "" | "finished" | "killed" | "rejected" | "unfinished" | "absent" = "";
}
