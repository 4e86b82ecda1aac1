import fc from "fast-check";
import { expect, it } from "vitest";
import { MemoryMachines } from "../../src/cluster/memory-machines.js";
import { recount } from "../../src/cluster/memory-recount.js";
import { Observer } from "../../src/cluster/observer.js";
import type { SchedulerConfig } from "../../src/scheduler/scheduler.js";
import { IdleListXX } from "../../src/scheduler/xx/idle-list-xx.js";
import { XX_OFF, type XXOptions } from "../../src/scheduler/xx/options.js";
import type { Placement } from "../../src/scheduler/xx/placement.js";
import { smallWorkload } from "./workloads.js";
import { replayOnce, tightCluster } from "./xx-workloads.js";

const RUNS = { seed: 81, numRuns: 500 };
/** Comparisons tolerate 1e-6 MiB, and sums are rounded. */
const NEAR = 2e-6;

const lists = tightCluster.chain((config) =>
  fc.tuple(
    fc.constant(config),
    fc.record({
      ...{ idleThreshold: fc.constantFrom(0.05, 0.3, 0.7, 1).map((share) => share * config.ram) },
      ...{ idleListRule: fc.constantFrom("guarded", "literal"), idleStaleness: fc.constantFrom(0, config.ram / 8) },
    }),
  ),
);

/** Replays; `check` sees the placement after every instant. */
function watched(
  config: SchedulerConfig,
  options: Partial<XXOptions>,
  workload: Parameters<typeof replayOnce>[1],
  check: (placement: Placement, machines: MemoryMachines, now: number) => void,
) {
  const scheduler = new IdleListXX(config, { ...XX_OFF, ...options }, new Observer());
  const { placement } = scheduler as unknown as { placement: Placement };
  if (!(placement.machines instanceof MemoryMachines)) throw new Error("RAM is finite");
  const { machines } = placement;
  let now = 0;
  const model = {
    open: scheduler.open.bind(scheduler),
    stop: scheduler.stop.bind(scheduler),
    traffic: scheduler.traffic.bind(scheduler),
    next: () => scheduler.next(),
    step: () => {
      now = scheduler.next();
      scheduler.step();
    },
    arrive: (i: number) => {
      now = workload.arrival_s[i]!;
      scheduler.arrive(i);
    },
  };
  replayOnce(model, workload, null, () => check(placement, machines, now));
  return scheduler.traffic();
}

it("a machine is on one list exactly while its memory, counted again, leaves the threshold free", () => {
  const property = fc.property(smallWorkload, lists, (workload, [config, options]) => {
    watched(config, options, workload, ({ dispatchers }, machines, now) => {
      const { listOf, size } = dispatchers!.lists;
      const places = machines.places();
      places.live.now[0] = now;
      const onLists = Array(config.shards).fill(0);
      for (let m = 0; m < config.machines; m++) {
        const free = config.ram - recount(places, m, config).resident;
        if (listOf[m]! >= 0) onLists[listOf[m]!]++;
        if (listOf[m]! >= 0) expect(free).toBeGreaterThanOrEqual(options.idleThreshold - NEAR);
        else expect(free).toBeLessThanOrEqual(options.idleThreshold + NEAR);
      }
      expect([...size]).toEqual(onLists);
    });
  });
  fc.assert(property, RUNS);
});

it("a list gives the machine with the fewest invocations, of equal ones the lowest", () => {
  const property = fc.property(smallWorkload, lists, (workload, [config, options]) => {
    watched(config, { ...options, idleStaleness: 0 }, workload, ({ dispatchers }, { load }) => {
      const { lists } = dispatchers!;
      for (let shard = 0; shard < config.shards; shard++) {
        const mine = [...load.keys()].filter((m) => lists.listOf[m] === shard);
        const best = mine.reduce((a, m) => (a < 0 || load[m]! < load[a]! ? m : a), -1);
        expect(lists.least(shard, 0)).toBe(best);
      }
    });
  });
  fc.assert(property, RUNS);
});

it("what a stale list shows is as old as the last change of free memory by more than the staleness", () => {
  const property = fc.property(smallWorkload, lists, (workload, [config, options]) => {
    const staleness = config.ram / 8;
    const shown = Array.from({ length: config.machines }, () => ({ free: config.ram, load: 0, listed: true }));
    watched(config, { ...options, idleStaleness: staleness }, workload, ({ dispatchers }, machines, now) => {
      const places = machines.places();
      places.live.now[0] = now;
      for (let m = 0; m < config.machines; m++) {
        if (dispatchers!.lists.listOf[m]! < 0) continue;
        const free = config.ram - recount(places, m, config).resident;
        const { shownFree } = dispatchers as unknown as { shownFree: Float64Array };
        expect(Math.abs(free - shownFree[m]!)).toBeLessThanOrEqual(staleness + NEAR);
        const entry = shown[m]!;
        // Where the entry is the same as at the last look, so is the load that it shows.
        const load = dispatchers!.shownLoad(m, 0);
        if (shownFree[m] === entry.free && entry.listed) expect(load).toBe(entry.load);
        shown[m] = { free: shownFree[m]!, load, listed: true };
      }
      for (const [m, entry] of shown.entries()) entry.listed = dispatchers!.lists.listOf[m]! >= 0;
    });
  });
  fc.assert(property, RUNS);
});

it("joins, leaves and looks are counted: a join looks at k lists, and who joins and has not left is on one", () => {
  const property = fc.property(smallWorkload, lists, (workload, [config, options]) => {
    let listed = config.machines;
    const traffic = watched(config, options, workload, ({ dispatchers }) => {
      listed = dispatchers!.lists.listOf.filter((shard) => shard >= 0).length;
    });
    expect(traffic["idle_list_joins"]! - traffic["idle_list_leaves"]!).toBe(listed);
    expect(traffic["idle_list_probes"]).toBe(traffic["idle_list_joins"]! * Math.min(config.k, config.shards));
    const placed = Array.from({ length: config.shards }, (_, shard) => traffic[`placed_by_shard_${shard}`]!);
    expect(placed.reduce((sum, count) => sum + count, 0)).toBe(workload.arrival_s.length);
    const polled = traffic["polls"]! / Math.min(config.k, config.machines);
    expect(polled + traffic["placed_from_idle_lists"]!).toBe(workload.arrival_s.length);
  });
  fc.assert(property, RUNS);
});
