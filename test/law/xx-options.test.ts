import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SchedulerConfig } from "../../src/scheduler/scheduler.js";
import { ControlPlane } from "../../src/scheduler/xx/control-plane.js";
import { follows, XX_OFF } from "../../src/scheduler/xx/options.js";
import { ShardChoice } from "../../src/scheduler/xx/shards.js";
import { XX } from "../../src/scheduler/xx/xx.js";
import { Outcomes } from "../oracle/replay-in-memory.js";
import { cluster, PRICES, smallWorkload, until } from "./workloads.js";
import { calledWorkload, clusterWithOptions, Diary, replayOnce as replayed, tightCluster } from "./xx-workloads.js";

const RUNS = { seed: 71, numRuns: 400 };

describe("xx with options", () => {
  it("ends every invocation once, however they are combined, and keeps time in order", () => {
    const property = fc.property(calledWorkload, clusterWithOptions, until, (workload, [config, options], end) => {
      const diary = new Diary(workload);
      replayed(new ControlPlane(config, options, diary), workload, end);
      for (const [i, life] of diary.lives.entries()) {
        const comes = end === null || workload.arrival_s[i]! <= end;
        expect(life.outcome === "").toBe(!comes);
        if (!comes || life.outcome === "absent") continue;
        expect(life.arrival).toBeGreaterThanOrEqual(workload.arrival_s[i]!);
        if (life.placed.length > 0) expect(life.placed[0]).toBeGreaterThanOrEqual(life.arrival);
        expect(life.placed.length).toBeLessThanOrEqual(1 + options.retries);
        if (life.outcome === "killed") expect(life.retries).toBe(options.retries);
        if (life.outcome === "rejected") expect(life.placed).toEqual([]);
        const held = options.budgets?.rule === "delay";
        if (end === null && !held) expect(["finished", "killed", "rejected"]).toContain(life.outcome);
      }
    });
    fc.assert(property, RUNS);
  });

  it("with all of them off is what it is without the machinery for them", () => {
    const configs = fc.oneof(cluster, tightCluster);
    const property = fc.property(smallWorkload, configs, until, (workload, config, end) => {
      const plain = new Outcomes(workload);
      const other = new Outcomes(workload);
      const thin = new XX(config, plain);
      const plane = new ControlPlane(config, XX_OFF, other);
      replayed(thin, workload, end);
      replayed(plane, workload, end);
      expect({ ...other, facts: null }).toEqual({ ...plain, facts: null });
      expect(plane.traffic()).toEqual(thin.traffic());
    });
    fc.assert(property, RUNS);
    expect(follows(XX_OFF)).toBe(false);
  });

  it("the same seed gives the same lives", () => {
    const property = fc.property(calledWorkload, clusterWithOptions, (workload, [config, options]) => {
      const lives = () => {
        const diary = new Diary(workload);
        replayed(new ControlPlane(config, options, diary), workload);
        return diary.lives;
      };
      expect(lives()).toEqual(lives());
    });
    fc.assert(property, { seed: 72, numRuns: 60 });
  });
});

describe("a shard that takes time to poll", () => {
  /** When each is placed by a shard that is given these, by hand: machines do not matter. */
  function placements(config: SchedulerConfig, pollTime: number, workload: Parameters<typeof replayed>[1]): number[] {
    const choice = new ShardChoice(config.shards, config.seed);
    const placed: number[] = Array(workload.arrival_s.length).fill(Number.NaN);
    for (let shard = 0; shard < config.shards; shard++) {
      const mine = [...workload.arrival_s.keys()].filter((i) => choice.of(i) === shard);
      const left = new Set(mine);
      let free = Number.NEGATIVE_INFINITY;
      while (left.size > 0) {
        const first = Math.min(...[...left].map((i) => workload.arrival_s[i]!));
        const now = Math.max(free, first);
        // What arrives at the instant at which a shard becomes free comes after that, unless it was idle: then the first goes.
        const there = [...left].filter((i) => (free >= first ? workload.arrival_s[i]! < now : i === [...left][0]));
        const queue = there.length > 0 ? there : [[...left][0]!];
        const heads = PRICES.map((_, c) => queue.find((i) => workload.price_class[i] === c)).filter(
          (i) => i !== undefined,
        );
        const worth = (i: number) => PRICES[workload.price_class[i]!]! * (now - workload.arrival_s[i]!);
        const best = heads.reduce((a, b) => (worth(b) >= worth(a) ? b : a));
        left.delete(best);
        free = now + pollTime;
        placed[best] = free;
      }
    }
    return placed;
  }

  it("places one at a time, the head with the largest price x time in queue first", () => {
    const property = fc.property(
      smallWorkload,
      cluster,
      fc.constantFrom(0.1, 0.37, 1.5),
      (workload, config, pollTime) => {
        const diary = new Diary(workload);
        replayed(new ControlPlane(config, { ...XX_OFF, pollTime }, diary), workload);
        expect(diary.lives.map(({ placed }) => placed[0])).toEqual(placements(config, pollTime, workload));
      },
    );
    fc.assert(property, RUNS);
  });
});

describe("children that follow their parents", () => {
  it("arrive no sooner than their parents start, and as long after as was recorded", () => {
    const property = fc.property(calledWorkload, clusterWithOptions, until, (workload, [config, options], end) => {
      const diary = new Diary(workload);
      replayed(new ControlPlane(config, { ...options, children: "follow" }, diary), workload, end);
      for (const [i, life] of diary.lives.entries()) {
        const parent = workload.parent[i]!;
        if (parent < 0 || life.outcome === "" || life.outcome === "absent") continue;
        const { start, outcome, finish } = diary.lives[parent]!;
        if (Number.isNaN(start)) {
          expect([life.outcome, outcome === "killed" || outcome === "rejected"]).toEqual(["rejected", true]);
          expect(life.arrival).toBe(Math.max(finish, workload.arrival_s[i]!));
        } else {
          expect(life.arrival).toBeGreaterThanOrEqual(start);
          const later = workload.arrival_s[i]! - workload.arrival_s[parent]!;
          expect(life.arrival).toBeCloseTo(start + later, 9);
        }
      }
    });
    fc.assert(property, RUNS);
  });

  it("run, as children do anyway, in the higher of their own class and their parent's effective one", () => {
    const property = fc.property(calledWorkload, clusterWithOptions, (workload, [config, options]) => {
      const diary = new Diary(workload);
      const children = options.children === "none" ? "recorded" : options.children;
      replayed(new ControlPlane(config, { ...options, children, budgets: null }, diary), workload);
      for (const [i, life] of diary.lives.entries()) {
        const parent = workload.parent[i]!;
        const inherited = parent < 0 ? 0 : diary.lives[parent]!.priceClass;
        expect(life.priceClass).toBe(Math.max(workload.price_class[i]!, inherited));
      }
    });
    fc.assert(property, RUNS);
  });
});
