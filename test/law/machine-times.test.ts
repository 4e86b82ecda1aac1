import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MemoryMachines, RESIDENT, STATE } from "../../src/cluster/memory-machines.js";
import { PriorityMachines } from "../../src/cluster/priority-machines.js";
import { type MachineTimes, TimedMachines } from "../../src/cluster/timed-machines.js";
import type { SchedulerConfig } from "../../src/scheduler/scheduler.js";
import { createXX } from "../../src/scheduler/xx/create.js";
import { takesTime, XX_OFF } from "../../src/scheduler/xx/options.js";
import { DEFAULTS, Outcomes } from "../oracle/replay-in-memory.js";
import { timedReference } from "./timed-reference.js";
import { cluster, crowdedRow, PRICES, type SmallWorkload, smallWorkload, until, workloadOf } from "./workloads.js";
import { Diary, replayOnce, tightCluster } from "./xx-workloads.js";

const RUNS = Number(process.env["RUNS"] ?? 1500);
const DISCRETE = ["ended", "wasKilled", "machine", "preemptions", "swapOuts", "swapIns"] as const;
const OFF = { contextSwitch: 0, startup: 0, keepAlive: 0 };

/** Machines of which the least loaded is taken. */
function leastLoaded(machines: PriorityMachines | MemoryMachines | TimedMachines) {
  return {
    open: machines.open.bind(machines),
    next: () => machines.tree.next(),
    step: () => void machines.complete(),
    arrive: (i: number) => machines.place(i, machines.load.indexOf(Math.min(...machines.load))),
    stop: machines.stop.bind(machines),
    traffic: () => ({}),
  };
}

/** Each has one of three functions, or none that is known. */
const withFunctions = fc
  .tuple(smallWorkload, fc.array(fc.nat(3), { minLength: 50, maxLength: 50 }))
  .map(([workload, keys]) => ({ ...workload, function: Int32Array.from(workload.arrival_s, (_, i) => keys[i]! - 1) }));
const crowded = fc
  .array(crowdedRow, { minLength: 10, maxLength: 40, size: "max" })
  .map((rows) => ({ ...workloadOf(rows), function: Int32Array.from(rows, (_, i) => (i % 4) - 1) }));
const few = fc.record({
  machines: fc.integer({ min: 1, max: 2 }),
  cores: fc.integer({ min: 1, max: 4 }),
  ram: fc.oneof(
    fc.constant(Number.POSITIVE_INFINITY),
    fc.integer({ min: 6, max: 40 }).map((n) => n * 64),
  ),
  swap: fc.oneof(
    fc.constantFrom(0, Number.POSITIVE_INFINITY),
    fc.integer({ min: 1, max: 60 }).map((n) => n * 64),
  ),
  swapInWatermark: fc.constantFrom(0.5, 0.9, 0.99),
});
const length = fc.constantFrom(0, 0.125, 0.3, 1);
const times = fc.record({ contextSwitch: length, startup: length, keepAlive: fc.constantFrom(0, 0.5, 2, 100) });
const anyCluster = fc.oneof(cluster, tightCluster);

describe("machines on which things may take time", () => {
  it("with nothing that does are those on which nothing can", () => {
    const same = (workload: SmallWorkload, config: SchedulerConfig, end: number | null) => {
      const { machines, cores } = config;
      const [plain, timed] = [new Outcomes(workload), new Outcomes(workload)];
      replayOnce(leastLoaded(new MemoryMachines(machines, cores, PRICES.length, config, plain)), workload, end);
      replayOnce(leastLoaded(new TimedMachines(machines, cores, PRICES.length, config, OFF, timed)), workload, end);
      for (const key of DISCRETE) expect(timed[key], key).toEqual(plain[key]);
      for (const key of ["start", "finish", "cpu", "progress", "swapped"] as const) {
        expect(timed[key], key).toEqual(plain[key]);
      }
      if (config.ram < Number.POSITIVE_INFINITY) return;
      const unlimited = new Outcomes(workload);
      replayOnce(leastLoaded(new PriorityMachines(machines, cores, PRICES.length, unlimited)), workload, end);
      for (const key of DISCRETE) expect(timed[key], key).toEqual(unlimited[key]);
      for (const key of ["start", "finish", "cpu", "progress"] as const) {
        for (const [i, value] of unlimited[key].entries()) {
          if (Number.isNaN(value)) expect(timed[key][i]).toBeNaN();
          else expect(timed[key][i]).toBeCloseTo(value, 10);
        }
      }
    };
    fc.assert(fc.property(smallWorkload, anyCluster, until, same), { seed: 91, numRuns: 2 * RUNS });
    expect(takesTime(XX_OFF)).toBe(false);
  });

  it("do what an obvious simulator does", () => {
    let [switches, swaps, kills] = [0, 0, 0];
    const property = fc.property(crowded, few, times, (workload, config, slow) => {
      const got = new Outcomes(workload);
      const timed = new TimedMachines(config.machines, config.cores, PRICES.length, config, slow, got);
      replayOnce(leastLoaded(timed), workload);
      for (const [i, job] of timedReference(config, slow, workload).entries()) {
        const { machine, preemptions, swapOuts, swapIns, outcome } = job;
        const mine = [got.machine[i], got.preemptions[i], got.swapOuts[i], got.swapIns[i]];
        const ended = got.wasKilled[i] ? "killed" : "finished";
        expect({ i, ended, mine }).toEqual({ i, ended: outcome, mine: [machine, preemptions, swapOuts, swapIns] });
        if (Number.isNaN(job.start)) expect(got.start[i]).toBeNaN();
        else expect(got.start[i]).toBeCloseTo(job.start, 7);
        expect(got.finish[i]).toBeCloseTo(job.finish, 7);
        expect(got.cpu[i]).toBeCloseTo(job.runtime - job.remaining, 7);
        swaps += swapIns;
        kills += Number(outcome === "killed");
      }
      switches += timed.report().context_switches;
    });
    fc.assert(property, { seed: 95, numRuns: RUNS });
    expect(switches).toBeGreaterThan(RUNS);
    expect(swaps).toBeGreaterThan(RUNS);
    expect(kills).toBeGreaterThan(RUNS / 10);
  });

  it("end every invocation once and give it its CPU seconds, in order of time, no core idling while one could run", () => {
    const property = fc.property(withFunctions, anyCluster, times, until, (workload, config, slow, end) => {
      const diary = new Diary(workload);
      const { machines, cores } = config;
      const timed = new TimedMachines(machines, cores, PRICES.length, config, slow, diary);
      const places = timed.places();
      replayOnce(leastLoaded(timed), workload, end, () => {
        for (let m = 0; m < machines; m++) {
          const { running, starting, swapped, waiting } = places;
          const sum = ({ total, error }: { total: Float64Array; error: Float64Array }) => total[m]! + error[m]!;
          expect(timed.state[m * STATE + RESIDENT]).toBeLessThanOrEqual(config.ram + 1e-5);
          expect(sum(swapped.memory)).toBeLessThanOrEqual(config.swap + 1e-5);
          if (running.count[m]! < cores) expect(waiting.count[m]).toBe(0);
          let starts = 0;
          for (let id = starting.first(m); id >= 0; id = starting.after(id)) starts++;
          const parked = starts - starting.resident.count[m]!;
          expect(parked).toBeGreaterThanOrEqual(0);
          expect(running.count[m]! + waiting.count[m]! + starts + swapped.count[m]!).toBe(timed.load[m]);
        }
      });
      for (const [i, life] of diary.lives.entries()) {
        const comes = end === null || workload.arrival_s[i]! <= end;
        expect(life.outcome !== "").toBe(comes);
        if (comes && end === null) expect(["finished", "killed"]).toContain(life.outcome);
      }
    });
    fc.assert(property, { seed: 92, numRuns: RUNS });
  });

  it("start what needs a new sandbox no sooner than it has started, and what finds one, or needs none, when it may", () => {
    let [cold, warm] = [0, 0];
    const property = fc.property(withFunctions, cluster, times, (workload, config, slow) => {
      const diary = new Diary(workload);
      const timed = new TimedMachines(config.machines, 64, PRICES.length, config, slow, diary);
      replayOnce(leastLoaded(timed), workload);
      const finished = diary.lives.map((life, i) => ({ ...life, i, func: workload.function[i]! }));
      const taken = new Set<number>();
      for (const { i, placed, start, machine, func } of finished) {
        const now = placed[0]!;
        const idle = finished
          .filter(
            (other) =>
              func >= 0 && other.i < i && other.func === func && other.machine === machine && !taken.has(other.i),
          )
          .filter(({ finish }) => finish <= now && finish + slow.keepAlive > now)
          .sort((a, b) => b.finish - a.finish)[0];
        if (slow.startup > 0 && idle) {
          taken.add(idle.i);
          warm++;
        } else if (slow.startup > 0) cold++;
        expect(start).toBe(slow.startup > 0 && !idle ? now + slow.startup : now);
      }
    });
    fc.assert(property, { seed: 93, numRuns: RUNS / 3 });
    expect(warm).toBeGreaterThan(100);
    expect(cold).toBeGreaterThan(1000);
  });

  it("on average finish later the longer a switch or a start takes, and sooner the longer sandboxes are kept", () => {
    const samples = fc.sample(withFunctions, { seed: 94, numRuns: 150 });
    const mean = (slow: MachineTimes, config: Partial<SchedulerConfig>) => {
      let sum = 0;
      for (const workload of samples) {
        const outcomes = new Outcomes(workload);
        const all = { ...DEFAULTS, machines: 2, cores: 2, prices: PRICES, ...config, xx: { ...XX_OFF, ...slow } };
        replayOnce(createXX(all, outcomes), workload);
        for (const [i, finish] of outcomes.finish.entries()) sum += finish - workload.arrival_s[i]!;
      }
      return sum;
    };
    for (const config of [{}, { ram: 4000 }]) {
      const switches = [0, 0.1, 0.3, 1].map((contextSwitch) => mean({ ...OFF, contextSwitch }, config));
      const starts = [0, 0.1, 0.5, 2].map((startup) => mean({ ...OFF, startup }, config));
      const kept = [100, 3, 1, 0].map((keepAlive) => mean({ ...OFF, startup: 2, keepAlive }, config));
      for (const sums of [switches, starts, kept]) expect(sums).toEqual(sums.toSorted((a, b) => a - b));
    }
  });
});
