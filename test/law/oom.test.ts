import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drain, feed } from "../../src/engine/simulation.js";
import type { SchedulerConfig } from "../../src/scheduler/scheduler.js";
import { SCHEDULERS, schedulerNamed } from "../../src/scheduler/schedulers.js";
import { DEFAULTS, Outcomes, replayInMemory } from "../oracle/replay-in-memory.js";
import { OomRecount } from "./oom-recount.js";
import { type Job, type ReferenceCluster, reference } from "./oom-reference.js";
import { PRICES, type SmallWorkload, smallWorkload, until, workloadOf } from "./workloads.js";

const NAMES = Object.keys(SCHEDULERS).filter((name) => name !== "xx");
const RUNS = Number(process.env["RUNS"] ?? 200);

/** Times and sizes on a grid, where ties are common; runtimes are such that growth is exact. */
const onGrid = fc.record({
  arrival: fc.nat(24).map((n) => n / 4),
  runtime: fc.constantFrom<number>(0, 0.25, 0.5, 1, 1, 2, 4),
  priceClass: fc.nat(PRICES.length - 1),
  initial: fc.nat(8).map((n) => n * 64),
  growth: fc.nat(16).map((n) => n * 64),
});
/** Of all doubles most are tiny, which `fc.double` heeds. */
const uniform = (min: number, max: number) => fc.nat(0x3fffffff).map((n) => min + (n / 0x3fffffff) * (max - min));
const offGrid = fc.record({
  arrival: uniform(0, 6),
  runtime: fc.oneof(uniform(1e-3, 4), uniform(1e-3, 0.1)),
  priceClass: fc.nat(PRICES.length - 1),
  initial: uniform(0, 500),
  growth: uniform(0, 1000),
});
const rows = (row: typeof onGrid) => fc.array(row, { minLength: 1, maxLength: 60 }).map(workloadOf);
const oom = fc.constantFrom("kill-newest" as const, "kill-largest" as const);
const machines = (cores: fc.Arbitrary<number>) =>
  fc.record({
    machines: fc.integer({ min: 1, max: 3 }),
    cores,
    ram: fc.oneof(
      fc.integer({ min: 1, max: 48 }).map((n) => n * 64),
      uniform(200, 3000),
    ),
    oom,
  });
const few = fc.integer({ min: 1, max: 5 });

/** Counts what is killed, and what each held then. */
class Kills extends Outcomes {
  readonly mib = new Float64Array(this.finish.length).fill(Number.NaN);
  override killed(...told: Parameters<Outcomes["killed"]>) {
    super.killed(...told);
    this.mib[told[0]] = this.facts[5]!;
  }
}

function replay(name: string, config: SchedulerConfig, workload: SmallWorkload, end: number | null): Kills {
  const kills = new Kills(workload);
  replayUnder(name, config, workload, end, kills);
  return kills;
}

function replayUnder(
  name: string,
  config: SchedulerConfig,
  workload: SmallWorkload,
  end: number | null,
  to: Outcomes | OomRecount,
) {
  const scheduler = schedulerNamed(name).create(config, to);
  const n = workload.arrival_s.length;
  scheduler.open({ rows: n, first: 0, ...workload });
  feed(scheduler, workload.arrival_s, n, end ?? Number.POSITIVE_INFINITY);
  drain(scheduler, end ?? Number.POSITIVE_INFINITY);
  scheduler.stop(end ?? 1e9);
}

function compare(
  name: string,
  small: Pick<ReferenceCluster, "machines" | "cores" | "ram" | "oom">,
  workload: SmallWorkload,
  end: number | null,
): Job[] {
  const config = { ...DEFAULTS, prices: PRICES, ...small, k: 9 };
  const got = replay(name, config, workload, end);
  const { arrival_s, runtime_s, price_class } = workload;
  const orders: Record<string, (i: number) => number> = {
    edf: (i) => arrival_s[i]! + runtime_s[i]! * (2 / PRICES[price_class[i]!]!),
    ideal: (i) => -price_class[i]!,
  };
  const cluster: ReferenceCluster = {
    ...small,
    central: name in orders,
    order: orders[name] ?? (() => 0),
    // Where a random placement goes depends on nothing.
    place: (i, loads) => (name === "random" ? got.machine[i]! : loads.indexOf(Math.min(...loads))),
  };
  const jobs = reference(cluster, workload, end);
  const near = (mine: number, theirs: number, what: string) =>
    expect(Math.abs(mine - theirs), `${what}: ${mine}, not ${theirs}`).toBeLessThanOrEqual(1e-7 * Math.max(1, theirs));
  for (const [i, job] of jobs.entries()) {
    if (job.outcome === "absent") {
      expect(got.ended[i]).toBe(0);
      continue;
    }
    const outcome = Number.isNaN(got.finish[i]!) ? "unfinished" : got.wasKilled[i] ? "killed" : "finished";
    const { machine, preemptions } = job;
    const mine = [got.machine[i], got.preemptions[i]];
    expect({ i, outcome, mine }).toEqual({ i, outcome: job.outcome, mine: [machine, preemptions] });
    if (Number.isNaN(job.start)) expect(got.start[i]).toBeNaN();
    else near(got.start[i]!, job.start, `start of ${i}`);
    if (outcome !== "unfinished") near(got.finish[i]!, job.finish, `finish of ${i}`);
    near(got.cpu[i]!, job.cpu, `CPU of ${i}`);
    near(got.progress[i]!, job.progress, `progress of ${i}`);
    if (outcome === "killed") near(got.mib[i]!, job.mib, `MiB of ${i}`);
  }
  return jobs;
}

describe.each(NAMES)("%s that kills when it is out of memory", (name) => {
  // Equal shares of a crowded machine's cores are no grid, so there machines are not crowded.
  const cores = SCHEDULERS[name]!.sharing ? fc.constant(60) : few;

  it("does what an obvious simulator does, where times and sizes tie", () => {
    let [killed, all] = [0, 0];
    const property = fc.property(machines(cores), rows(onGrid), until, (small, workload, end) => {
      const jobs = compare(name, small, workload, end);
      killed += jobs.filter(({ outcome }) => outcome === "killed").length;
      all += jobs.length;
    });
    fc.assert(property, { seed: 81, numRuns: RUNS });
    expect(killed / all).toBeGreaterThan(0.1);
  });

  it("does what an obvious simulator does, where nothing ties", () => {
    let [ran, all] = [0, 0];
    const property = fc.property(machines(few), rows(offGrid), until, (small, workload, end) => {
      const jobs = compare(name, small, workload, end);
      ran += jobs.filter(({ outcome, start }) => outcome === "killed" && !Number.isNaN(start)).length;
      all += jobs.length;
    });
    fc.assert(property, { seed: 82, numRuns: RUNS });
    expect(ran / all).toBeGreaterThan(0.05);
  });

  it("never holds more than the RAM, kills nothing that fits, idles no core that is waited for, ends everything once", () => {
    const property = fc.property(
      machines(few),
      fc.oneof(smallWorkload, rows(offGrid)),
      until,
      (small, workload, end) => {
        const config = { ...DEFAULTS, prices: PRICES, ...small, k: 2 };
        const recount = new OomRecount(name, config, workload);
        replayUnder(name, config, workload, end, recount);
        expect(recount.ends).toBe(workload.arrival_s.filter((at) => end === null || at <= end).length);
      },
    );
    fc.assert(property, { seed: 83, numRuns: RUNS });
  });

  it("with more RAM than all need does, to the last bit, what it does when memory is not managed", () => {
    const property = fc.property(machines(few), smallWorkload, until, (small, workload, end) => {
      const config = { ...DEFAULTS, prices: PRICES, ...small, k: 2 };
      const ample = replayInMemory(name, { ...config, ram: 1e9 }, workload, end, 7);
      const off = replayInMemory(name, { ...config, oom: "off" }, workload, end, 7);
      for (const column of ["machine", "start", "finish", "preemptions", "cpu", "progress", "wasKilled"] as const) {
        expect(ample[column]).toEqual(off[column]);
      }
    });
    fc.assert(property, { seed: 84, numRuns: RUNS });
  });
});

it.each(NAMES.flatMap((name) => [[name, "kill-newest"] as const, [name, "kill-largest"] as const]))(
  "%s, %s: hundreds at once on a machine, for minutes, as an obvious simulator",
  (name, oom) => {
    const n = 1200;
    let state = 7;
    const next = () => {
      state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
      return (state >> 8) / 0x7fffff;
    };
    const crowd = Array.from({ length: n }, (_, i) => ({
      arrival: i < 700 ? i / 100 + next() / 200 : 7 + (i - 700) / 4,
      runtime: 0.01 + (i % 3) * next(),
      priceClass: i % 5,
      initial: 1 + 4 * next(),
      growth: 20 * next(),
    }));
    const jobs = compare(
      name,
      { machines: 1, cores: 2, ram: SCHEDULERS[name]!.central ? 1500 : 3500, oom },
      workloadOf(crowd),
      null,
    );
    const killed = jobs.filter(({ outcome }) => outcome === "killed").length;
    expect(killed).toBeGreaterThan(30);
    expect(killed).toBeLessThan(700);
  },
);
