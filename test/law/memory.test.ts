import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MemoryMachines, RESIDENT, STATE } from "../../src/cluster/memory-machines.js";
import { recount } from "../../src/cluster/memory-recount.js";
import { drain, feed, type Model } from "../../src/engine/simulation.js";
import { DEFAULTS, replayInMemory } from "../oracle/replay-in-memory.js";
import { type ReferenceCluster, reference } from "./memory-reference.js";
import { MemoryWatch } from "./memory-watch.js";
import { PRICES, type SmallWorkload, workloadOf } from "./workloads.js";

/** Times and sizes on a grid, where ties are common; runtimes are such that growth is exact. */
const onGrid = fc.record({
  arrival: fc.nat(24).map((n) => n / 4),
  runtime: fc.constantFrom(0, 0.25, 0.5, 1, 1, 2, 4),
  priceClass: fc.nat(PRICES.length - 1),
  initial: fc.nat(5).map((n) => n * 64),
  growth: fc.nat(16).map((n) => n * 64),
});
/** Of all doubles most are tiny, which `fc.double` heeds. */
const uniform = (min: number, max: number) => fc.nat(0x3fffffff).map((n) => min + (n / 0x3fffffff) * (max - min));
const offGrid = fc.record({
  arrival: uniform(0, 6),
  runtime: fc.oneof(uniform(1e-3, 4), uniform(1e-3, 0.1)),
  priceClass: fc.nat(PRICES.length - 1),
  initial: uniform(0, 300),
  growth: uniform(0, 1000),
});
const rows = (row: Parameters<typeof fc.array<Parameters<typeof workloadOf>[0][number]>>[0]) =>
  fc.array(row, { minLength: 1, maxLength: 40, size: "max" }).map(workloadOf);

/** RAM and swap from less than one needs to more than all do. */
const machines = fc.record({
  machines: fc.integer({ min: 1, max: 3 }),
  cores: fc.integer({ min: 1, max: 5 }),
  ram: fc.oneof(
    fc.integer({ min: 1, max: 32 }).map((n) => n * 64),
    uniform(200, 2000),
  ),
  swap: fc.oneof(
    fc.constant(0),
    fc.constant(Number.POSITIVE_INFINITY),
    fc.integer({ min: 1, max: 60 }).map((n) => n * 64),
    uniform(50, 5000),
  ),
  swapInWatermark: fc.oneof(fc.constantFrom(0.5, 0.9, 0.99), uniform(0.05, 0.999)),
});
const until = fc.option(
  fc.nat(32).map((n) => n / 4),
  { nil: null, freq: 4 },
);

function compare(cluster: ReferenceCluster, workload: SmallWorkload, end: number | null): void {
  const jobs = reference(cluster, workload, end);
  const got = replayInMemory("xx", { ...DEFAULTS, prices: PRICES, ...cluster, k: 9 }, workload, end, 7);
  const near = (mine: number, theirs: number, what: string) =>
    expect(Math.abs(mine - theirs), `${what}: ${mine}, not ${theirs}`).toBeLessThanOrEqual(1e-7 * Math.max(1, theirs));
  for (const [i, job] of jobs.entries()) {
    if (job.outcome === "absent") {
      expect(got.ended[i]).toBe(0);
      continue;
    }
    const outcome = Number.isNaN(got.finish[i]!) ? "unfinished" : got.wasKilled[i] ? "killed" : "finished";
    const { machine, preemptions, swapOuts, swapIns } = job;
    const mine = [got.machine[i], got.preemptions[i], got.swapOuts[i], got.swapIns[i]];
    expect({ i, outcome, mine }).toEqual({ i, outcome: job.outcome, mine: [machine, preemptions, swapOuts, swapIns] });
    if (Number.isNaN(job.start)) expect(got.start[i]).toBeNaN();
    else near(got.start[i]!, job.start, `start of ${i}`);
    if (outcome !== "unfinished") near(got.finish[i]!, job.finish, `finish of ${i}`);
    near(got.cpu[i]!, job.runtime - job.remaining, `CPU of ${i}`);
    near(got.progress[i]!, job.progress, `progress of ${i}`);
    near(got.swapped[i]!, job.memory.swap, `MiB s in swap of ${i}`);
  }
}

describe("xx with finite memory", () => {
  it("does what an obvious simulator does, where times and sizes tie", () => {
    fc.assert(fc.property(machines, rows(onGrid), until, compare), {
      seed: 71,
      numRuns: Number(process.env["RUNS"] ?? 600),
    });
  });

  it("does what an obvious simulator does, where nothing ties", () => {
    fc.assert(fc.property(machines, rows(offGrid), until, compare), {
      seed: 72,
      numRuns: Number(process.env["RUNS"] ?? 600),
    });
  });

  it("keeps the laws of memory at every event, and every machine counts itself right", () => {
    let [swaps, kills] = [0, 0];
    const keep = (shape: ReferenceCluster, workload: SmallWorkload, end: number | null) => {
      const watch = replayWatched(shape, workload, end);
      swaps += watch.all.reduce((sum, { swapOuts }) => sum + swapOuts, 0);
      kills += watch.kills;
    };
    const row = fc.oneof(onGrid, offGrid);
    fc.assert(fc.property(machines, rows(row), until, keep), { seed: 73, numRuns: 600 });
    expect(swaps).toBeGreaterThan(2000);
    expect(kills).toBeGreaterThan(500);
  });

  it("memory of a machine over time adds up to that of its invocations", () => {
    const adds = (shape: ReferenceCluster, workload: SmallWorkload) => {
      const { all, resident, swapped } = replayWatched(shape, workload, null);
      for (const [m, area] of resident.entries()) {
        const here = all.filter(({ machine }) => machine === m);
        expect(here.reduce((sum, job) => sum + job.resident, 0)).toBeCloseTo(area, 5);
        expect(here.reduce((sum, job) => sum + job.swapped, 0)).toBeCloseTo(swapped[m]!, 5);
      }
    };
    fc.assert(fc.property(machines, rows(offGrid), adds), { seed: 74, numRuns: 200 });
  });

  it("does with RAM that nobody fills what it does with unlimited RAM", () => {
    const same = (shape: ReferenceCluster, workload: SmallWorkload, end: number | null) => {
      const config = { machines: shape.machines, cores: shape.cores, prices: PRICES, k: 2 };
      const [finite, unlimited] = [1e9, Number.POSITIVE_INFINITY].map((ram) =>
        replayInMemory("xx", { ...config, ram }, workload, end),
      );
      for (const key of ["machine", "start", "finish", "preemptions", "cpu", "progress", "swapOuts"] as const) {
        expect(finite![key]).toEqual(unlimited![key]);
      }
    };
    fc.assert(fc.property(machines, rows(onGrid), until, same), { seed: 75, numRuns: 300 });
  });
});

/** Replays on machines of which the least loaded is taken; after every event the machine it was on is checked. */
function replayWatched(shape: ReferenceCluster, workload: SmallWorkload, end: number | null): MemoryWatch {
  const watch = new MemoryWatch(workload, shape.machines, shape.cores, shape);
  const machines = new MemoryMachines(shape.machines, shape.cores, PRICES.length, shape, watch);
  const check = (m: number) => {
    watch.settled(m);
    const { resident, swapped } = recount(machines.places(), m, shape);
    expect(resident).toBeCloseTo(watch.held(m, false), 4);
    expect(swapped).toBeCloseTo(watch.held(m, true), 4);
    expect(machines.state[m * STATE + RESIDENT]).toBeCloseTo(resident, 6);
  };
  const model: Model = {
    next: () => machines.tree.next(),
    step: () => check(machines.complete()),
    arrive(i) {
      const m = machines.load.indexOf(Math.min(...machines.load));
      machines.place(i, m);
      check(m);
    },
  };
  const rows = workload.arrival_s.length;
  const until = end ?? Number.POSITIVE_INFINITY;
  machines.open({ rows, first: 0, ...workload });
  const arrived = feed(model, workload.arrival_s, rows, until);
  drain(model, until);
  machines.stop(end ?? 1e6);
  for (const [i, { place }] of watch.all.entries()) expect(place).toBe(i < arrived ? "gone" : "absent");
  return watch;
}
