import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RESIDENT, STATE } from "../../src/cluster/memory-machines.js";
import { TimedMachines } from "../../src/cluster/timed-machines.js";
import { TransferMachines } from "../../src/cluster/transfer-machines.js";
import { recountTransfers } from "../../src/cluster/transfer-recount.js";
import { Outcomes } from "../oracle/replay-in-memory.js";
import { transferReference } from "./transfer-reference.js";
import { TransferWatch } from "./transfer-watch.js";
import { PRICES, until, workloadOf } from "./workloads.js";
import { replayOnce } from "./xx-workloads.js";

const RUNS = Number(process.env["RUNS"] ?? 150);

/** Of all doubles most are tiny, which `fc.double` heeds. */
const uniform = (min: number, max: number) => fc.nat(0x3fffffff).map((n) => min + (n / 0x3fffffff) * (max - min));
/**
 * Enough at once to crowd a few cores and their memory, on a grid where ties are common: everything, growth and rates
 * included, is such that no time or size is ever rounded.
 */
const onGrid = fc
  .record({
    arrival: fc.nat(40).map((n) => n / 8),
    runtime: fc.constantFrom(0, 0.25, 0.5, 1, 1, 2),
    priceClass: fc.nat(PRICES.length - 1),
    initial: fc.nat(5).map((n) => n * 64),
    slope: fc.constantFrom(0, 256, 256),
  })
  .map((row) => ({ ...row, growth: row.slope * row.runtime + (row.runtime === 0 ? row.slope / 2 : 0) }));
const offGrid = fc.record({
  arrival: uniform(0, 6),
  runtime: fc.oneof(uniform(1e-3, 3), uniform(1e-3, 0.1)),
  priceClass: fc.nat(PRICES.length - 1),
  initial: uniform(0, 400),
  growth: fc.oneof(fc.constant(0), uniform(0, 700)),
});
const workloads = (row: fc.Arbitrary<Parameters<typeof workloadOf>[0][number]>) =>
  fc
    .array(row, { minLength: 5, maxLength: 40, size: "max" })
    .map((rows) => ({ ...workloadOf(rows), function: Int32Array.from(rows, (_, i) => (i % 4) - 1) }));

const sizes = (least: number, most: number) => fc.integer({ min: least, max: most }).map((n) => n * 64);
const clusterOf = (cores: number, ram: fc.Arbitrary<number>, swap: fc.Arbitrary<number>) =>
  fc.record({
    machines: fc.integer({ min: 1, max: 2 }),
    cores: fc.integer({ min: 1, max: cores }),
    ram,
    swap: fc.oneof(fc.constantFrom(0, Number.POSITIVE_INFINITY), sizes(1, 60), swap),
    swapInWatermark: fc.constantFrom(0.5, 0.9, 0.99),
  });
/** At most two that grow at once, equally fast. */
const tied = clusterOf(2, sizes(4, 24), sizes(1, 20));
const loose = clusterOf(4, fc.oneof(sizes(6, 40), uniform(400, 2000)), uniform(50, 4000));

const OFF = { contextSwitch: 0, startup: 0, keepAlive: 0 };
const tiedRate = fc.constantFrom(64, 512, 4096);
const looseRate = fc.oneof(tiedRate, uniform(20, 5000));
const alone = (rates: fc.Arbitrary<number>) => rates.map((swapBandwidth) => ({ ...OFF, swapBandwidth }));
const slow = (rates: fc.Arbitrary<number>, length: number) => {
  const lengths = fc.constantFrom(0, 0, 0.125, length);
  const others = { contextSwitch: lengths, startup: lengths, keepAlive: fc.constantFrom(0, 0.5, 100) };
  return fc.record({ ...others, swapBandwidth: rates });
};

/** Machines of which the least loaded is taken. */
function leastLoaded(machines: TimedMachines) {
  return {
    open: machines.open.bind(machines),
    next: () => machines.tree.next(),
    step: () => void machines.complete(),
    arrive: (i: number) => machines.place(i, machines.load.indexOf(Math.min(...machines.load))),
    stop: machines.stop.bind(machines),
    traffic: () => ({}),
  };
}

describe("machines that take time to move memory", () => {
  it.each([
    ["alone, where times and sizes tie", onGrid, tied, alone(tiedRate)],
    ["alone, where nothing ties", offGrid, loose, alone(looseRate)],
    ["with all that takes time, where times and sizes tie", onGrid, tied, slow(tiedRate, 0.5)],
    ["with all that takes time, where nothing ties", offGrid, loose, slow(looseRate, 0.3)],
  ] as const)("do what an obvious simulator does: %s", (_, row, clusters, times) => {
    const seen = { swaps: 0, kills: 0, stalls: 0, held_back: 0, given_up: 0 };
    const property = fc.property(workloads(row), clusters, times, (workload, cluster, slow) => {
      const got = new Outcomes(workload);
      const machines = new TransferMachines(cluster.machines, cluster.cores, PRICES.length, cluster, slow, got);
      replayOnce(leastLoaded(machines), workload);
      for (const [i, job] of transferReference(cluster, slow, workload).entries()) {
        const { machine, preemptions, swapOuts, swapIns, outcome } = job;
        const mine = [got.machine[i], got.preemptions[i], got.swapOuts[i], got.swapIns[i]];
        const ended = got.wasKilled[i] ? "killed" : "finished";
        expect({ i, ended, mine }).toEqual({ i, ended: outcome, mine: [machine, preemptions, swapOuts, swapIns] });
        if (Number.isNaN(job.start)) expect(got.start[i]).toBeNaN();
        else expect(got.start[i]).toBeCloseTo(job.start, 7);
        expect(got.finish[i]).toBeCloseTo(job.finish, 7);
        expect(got.cpu[i]).toBeCloseTo(job.runtime - job.remaining, 7);
        seen.swaps += swapIns;
        seen.kills += Number(outcome === "killed");
      }
      const report = machines.transfersReport();
      seen.stalls += report.stalls;
      seen.held_back += report.held_back;
      seen.given_up += report.reads_given_up;
    });
    fc.assert(property, { seed: 121, numRuns: RUNS });
    for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(RUNS / 20);
  });

  it("keep the laws of memory at every event, and every machine counts itself right", () => {
    let [swaps, kills] = [0, 0];
    const row = fc.oneof(onGrid, offGrid);
    const property = fc.property(
      workloads(row),
      loose,
      slow(looseRate, 0.3),
      until,
      (workload, cluster, times, end) => {
        const { machines: count, cores } = cluster;
        const watch = new TransferWatch(workload, cores, cluster);
        const machines = new TransferMachines(count, cores, PRICES.length, cluster, times, watch);
        let placed = 0;
        const check = (m: number) => {
          watch.settled(m, machines.places().live.now[0]!);
          const { resident, swapped, committed } = recountTransfers(machines.places(), m, cluster);
          expect(resident).toBeCloseTo(watch.held(m, "ram"), 4);
          expect(swapped).toBeCloseTo(watch.held(m, "swap"), 4);
          expect(machines.state[m * STATE + RESIDENT]).toBeGreaterThanOrEqual(Math.max(committed, resident) - 1e-5);
        };
        const model = {
          ...leastLoaded(machines),
          step: () => check(machines.complete()),
          arrive(i: number) {
            const m = machines.load.indexOf(Math.min(...machines.load));
            machines.place(i, m);
            placed++;
            check(m);
          },
        };
        replayOnce(model, workload, end);
        const atDoor = Array.from({ length: count }, (_, m) => machines.places().transfers.door.count[m]!);
        const ended = watch.all.filter(({ place }) => place === "gone").length;
        expect(ended).toBe(placed - atDoor.reduce((a, b) => a + b));
        if (end === null) expect(ended).toBe(workload.arrival_s.length);
        swaps += watch.all.reduce((sum, { swapOuts }) => sum + swapOuts, 0);
        kills += watch.kills;
      },
    );
    fc.assert(property, { seed: 122, numRuns: RUNS });
    expect(swaps).toBeGreaterThan(3 * RUNS);
    expect(kills).toBeGreaterThan(RUNS);
  });

  it("that move it all but instantly finish what those do that take no time, and kill the same, a hair later", () => {
    let [swaps, bounced] = [0, 0];
    /** Notices whether one comes back from swap at the instant at which it was moved there. */
    class Bounces extends Outcomes {
      any = false;
      private readonly out = new Float64Array(this.finish.length);
      override swappedOut(i: number, _machine: number, time: number) {
        this.out[i] = time;
      }
      override swappedIn(i: number, _machine: number, time: number) {
        if (this.out[i] === time) this.any = true;
      }
    }
    // Where swap is nearly full, what takes no time to change places may do so, and what takes any may not.
    const roomy = fc
      .tuple(loose, fc.constantFrom(0, Number.POSITIVE_INFINITY))
      .map(([cluster, swap]) => ({ ...cluster, swap }));
    // One that is moved out and back at one instant is not preempted where that takes no time, so no switch costs any.
    const times = slow(looseRate, 0.3).map((of) => ({ ...of, contextSwitch: 0 }));
    const property = fc.property(workloads(offGrid), roomy, times, (workload, cluster, times) => {
      const { machines: count, cores } = cluster;
      const [soon, atOnce] = [new Outcomes(workload), new Bounces(workload)];
      const fast = { ...times, swapBandwidth: 1e15 };
      replayOnce(leastLoaded(new TransferMachines(count, cores, PRICES.length, cluster, fast, soon)), workload);
      replayOnce(leastLoaded(new TimedMachines(count, cores, PRICES.length, cluster, times, atOnce)), workload);
      // Where that takes time, another may come back meanwhile, be it a hair: what is in RAM is not the same any more.
      bounced += Number(atOnce.any);
      if (atOnce.any) return;
      expect(soon.wasKilled).toEqual(atOnce.wasKilled);
      expect(soon.machine).toEqual(atOnce.machine);
      for (const key of ["finish", "cpu"] as const) {
        for (const [i, value] of atOnce[key].entries()) {
          if (Number.isNaN(value)) expect(soon[key][i]).toBeNaN();
          else expect(soon[key][i], `${key} of ${i}`).toBeCloseTo(value, 5);
        }
      }
      // A core may be somebody else's for as long as it takes to read whom it is for.
      for (const [i, start] of atOnce.start.entries()) {
        if (!Number.isNaN(start)) expect(soon.start[i], `start of ${i}`).toBeLessThan(start + 1e-5);
      }
      swaps += atOnce.swapIns.reduce((a, b) => a + b, 0);
    });
    fc.assert(property, { seed: 123, numRuns: RUNS });
    expect(swaps).toBeGreaterThan(RUNS);
    expect(bounced).toBeLessThan(RUNS / 5);
  });
});
