import fc from "fast-check";
import { expect, it } from "vitest";
import type { SchedulerConfig } from "../../src/scheduler/scheduler.js";
import type { OwnerReport } from "../../src/scheduler/xx/budgets.js";
import { ControlPlane } from "../../src/scheduler/xx/control-plane.js";
import { type BudgetOptions, XX_OFF } from "../../src/scheduler/xx/options.js";
import { cluster } from "./workloads.js";
import {
  budgets,
  type CalledWorkload,
  calledWorkload,
  Diary,
  OWNERS,
  replayOnce,
  tightCluster,
} from "./xx-workloads.js";

const RUNS = { seed: 91, numRuns: 400 };
const MONTH_S = 30 * 86400;

interface Replayed {
  readonly diary: Diary;
  readonly owners: Readonly<Record<string, OwnerReport>>;
  /** Dollars that an owner has spent by a time, and may have spent, counted again from who ran when. */
  spent(owner: number, time: number): number;
  allowance(owner: number, time: number): number;
}

function replayed(workload: CalledWorkload, config: SchedulerConfig, options: BudgetOptions, retries = 0): Replayed {
  const diary = new Diary(workload);
  const plane = new ControlPlane(config, { ...XX_OFF, budgets: options, retries }, diary);
  replayOnce(plane, workload);
  const { runtime_s, memory_initial_mib, memory_peak_mib, owner: ownerOf } = workload;
  const spent = (owner: number, time: number) => {
    let sum = 0;
    for (const [i, life] of diary.lives.entries()) {
      if (ownerOf[i] !== owner) continue;
      const price = config.prices[life.priceClass]! * options.priceUnit;
      const growth = runtime_s[i]! > 0 ? (memory_peak_mib[i]! - memory_initial_mib[i]!) / runtime_s[i]! : 0;
      let done = 0;
      for (const [n, [from, to]] of life.stints.entries()) {
        const attempt = life.placed.filter((at) => at <= from).length;
        const before = n === 0 ? attempt : life.placed.filter((at) => at <= life.stints[n - 1]![0]).length;
        if (attempt > before) done = 0;
        const x = Math.max(0, Math.min(to, time) - from);
        const held = (memory_initial_mib[i]! + growth * done + (growth * x) / 2) * x;
        sum += price * x + (options.memoryPrice / 1024) * held;
        done += to - from;
      }
    }
    return sum;
  };
  const rate = (owner: number) => options.monthly[owner]! / MONTH_S;
  const allowance = (owner: number, time: number) => rate(owner) * (options.burst + time);
  const report = plane.report().budgets as { owners: Record<string, OwnerReport> };
  return { diary, owners: report.owners, spent, allowance };
}

const limited = (options: BudgetOptions, owner: number) =>
  owner >= 0 && options.monthly[owner]! < Number.POSITIVE_INFINITY;

it("an arrival is demoted, delayed or rejected exactly if its owner has spent more than the allowance by then", () => {
  const configs = fc.oneof(cluster, tightCluster);
  const property = fc.property(calledWorkload, configs, budgets, (workload, config, options) => {
    const { diary, spent, allowance } = replayed(workload, config, options);
    for (const [i, life] of diary.lives.entries()) {
      const owner = workload.owner[i]!;
      const asked = workload.price_class[i]!;
      const excess = limited(options, owner) ? spent(owner, life.arrival) - allowance(owner, life.arrival) : -1;
      if (Math.abs(excess) < 1e-9) continue;
      const over = excess > 0;
      if (options.rule === "demote") expect(life.priceClass).toBe(over ? 0 : asked);
      else expect(life.priceClass).toBe(asked);
      if (options.rule === "reject") expect(life.outcome === "rejected").toBe(over);
      if (options.rule === "delay" && !over) expect(life.placed[0]).toBe(life.arrival);
      if (options.rule !== "delay" || !over) continue;
      const released = life.placed[0];
      if (released === undefined) {
        expect(life.outcome).toBe("unfinished");
        continue;
      }
      expect(released).toBeGreaterThan(life.arrival);
      expect(spent(owner, released) - allowance(owner, released)).toBeLessThanOrEqual(1e-9);
      const before = life.arrival + (released - life.arrival) * 0.999;
      expect(spent(owner, before) - allowance(owner, before)).toBeGreaterThan(0);
    }
  });
  fc.assert(property, RUNS);
});

it("who is delayed is released in the order of the workload", () => {
  const property = fc.property(calledWorkload, cluster, budgets, (workload, config, options) => {
    const { diary } = replayed(workload, config, { ...options, rule: "delay" });
    for (let owner = 0; owner < OWNERS.length; owner++) {
      const released = diary.lives.filter((_, i) => workload.owner[i] === owner).map(({ placed }) => placed[0] ?? 1e9);
      expect(released).toEqual([...released].sort((a, b) => a - b));
    }
  });
  fc.assert(property, RUNS);
});

it("spends and overruns are reported as counted again", () => {
  const configs = fc.oneof(cluster, tightCluster);
  const retries = fc.constantFrom(0, 2);
  const property = fc.property(calledWorkload, configs, budgets, retries, (workload, config, options, again) => {
    const { diary, owners, spent, allowance } = replayed(workload, config, options, again);
    const end = Math.max(...diary.lives.flatMap(({ arrival, left }) => [arrival, ...left.filter(Number.isFinite)]));
    const times = [...new Set(diary.lives.flatMap(({ stints, arrival }) => [...stints.flat(), arrival]))];
    for (const [owner, name] of OWNERS.entries()) {
      const excess = limited(options, owner)
        ? Math.max(0, ...times.map((t) => spent(owner, t) - allowance(owner, t)))
        : 0;
      const found = owners[name];
      expect(found?.overrun ?? 0).toBeCloseTo(excess, 6);
      if (found === undefined) continue;
      expect(found.spent).toBeCloseTo(spent(owner, end), 6);
      const mine = diary.lives.filter((_, i) => workload.owner[i] === owner);
      expect(found.allowance).toBeCloseTo(allowance(owner, end), 6);
      if (options.rule === "reject")
        expect(found.rejected).toBe(mine.filter(({ outcome }) => outcome === "rejected").length);
    }
  });
  fc.assert(property, RUNS);
});
