import { describe, expect, it } from "vitest";
import { backTest } from "../../../src/analysis/swap/back-test.js";
import { bootstrapRate, bootstrapSize, replicates } from "../../../src/analysis/swap/bootstrap.js";
import { fleetClustering, simultaneous } from "../../../src/analysis/swap/fleet.js";
import { chosen, fitAbove, rateAbove, sizeFor, TailIntervals, thresholdFits } from "../../../src/analysis/swap/tail.js";
import { exceededWith, survival } from "../../../src/statistics/generalised-pareto.js";
import { madeLevels } from "./made-levels.js";

const LAW = { shape: -0.1, scale: 1000 };
const EVERY = 400;
const observed = madeLevels(20, 20_000, EVERY, LAW, 6);
/** Visits of a machine-day. */
const VISITS = 86400 / (EVERY + 1);
const tail = chosen(thresholdFits(observed, 1e6));

describe("the tail of swap in use", () => {
  it("is fitted from the threshold on at which the law holds, here any", () => {
    const { diagnostics } = tail;
    expect(diagnostics.clusters).toBeGreaterThanOrEqual(50);
    expect(diagnostics.p_value).toBeGreaterThan(0.05);
    expect(diagnostics.shape_interval.low).toBeLessThan(LAW.shape);
    expect(diagnostics.shape_interval.high).toBeGreaterThan(LAW.shape);
    expect(diagnostics.extremal_index).toBeGreaterThan(0.9);
  });

  it("gives rates and sizes whose intervals hold the truth", () => {
    const intervals = new TailIntervals(tail);
    const drawn = replicates(tail, observed.spans, 1);
    for (const size of [3000, 4500]) {
      const truth = VISITS * survival(LAW, size);
      const profile = intervals.rateAbove(size);
      const bootstrap = bootstrapRate(drawn, size);
      expect(profile.low).toBeLessThan(truth);
      expect(profile.high).toBeGreaterThan(truth);
      expect(bootstrap.low).toBeLessThan(truth);
      expect(bootstrap.high).toBeGreaterThan(truth);
    }
    for (const rate of [2, 0.1]) {
      const truth = exceededWith(LAW, rate / VISITS);
      const { low, high } = intervals.sizeFor(rate);
      const bootstrap = bootstrapSize(drawn, rate);
      expect(low).toBeLessThan(truth);
      expect(high).toBeGreaterThan(truth);
      expect(bootstrap.low).toBeLessThan(truth);
      expect(bootstrap.high).toBeGreaterThan(truth);
      expect(rateAbove(tail, sizeFor(tail, rate))).toBeCloseTo(rate, 9);
    }
  });

  it("is cut off by the bound", () => {
    const bound = 4000;
    const cut = { ...tail, bound };
    const intervals = new TailIntervals(cut);
    expect(sizeFor(cut, 1e-6)).toBe(bound);
    expect(intervals.sizeFor(1e-6)).toMatchObject({ estimate: bound, high: bound });
    expect(rateAbove(cut, bound)).toBe(0);
    expect(intervals.rateAbove(bound)).toEqual({ estimate: 0, low: 0, high: 0 });
  });

  it("is not fitted to fewer than 20 clusters", () => {
    const few = madeLevels(1, 401 * 12, EVERY, LAW);
    expect(thresholdFits(few, 1e6)).toEqual([]);
    expect(fitAbove(few, 0, 1e6)).toBe(null);
  });
});

describe("the back-test", () => {
  it("holds what came about as often as it says, on a law that holds", () => {
    const tests = [1, 2, 3, 4].map((seed) => backTest(madeLevels(20, 20_000, EVERY, LAW, seed), 1e6, 1));
    for (const { splits } of tests) {
      expect(splits.map(({ rows }) => rows?.length)).toEqual([5, 5, 5, 5]);
      expect(splits[2]!.split).toBe("odd twentieths → even");
    }
    const coverage = tests.reduce((sum, test) => sum + test.coverage!, 0) / tests.length;
    expect(coverage).toBeGreaterThan(0.85);
  });

  it("says where there is too little to fit", () => {
    const test = backTest(madeLevels(1, 401 * 12, EVERY, LAW), 1e6, 1);
    expect(test.splits.every(({ rows }) => rows === null)).toBe(true);
    expect(test.coverage).toBe(null);
  });
});

describe("the fleet", () => {
  it("has an index near 1 where machines are independent, and far below where all overflow at once", () => {
    const { clusters, diagnostics } = tail;
    expect(fleetClustering(clusters, diagnostics.threshold_mib, observed.spans).index).toBeGreaterThan(0.7);
    const one = madeLevels(1, 20_000, EVERY, LAW);
    const alike = { levels: Array.from({ length: 20 }, () => one.levels[0]!), spans: one.spans };
    const same = chosen(thresholdFits(alike, 1e6));
    expect(fleetClustering(same.clusters, same.diagnostics.threshold_mib, one.spans).index).toBeLessThan(0.15);
    expect(simultaneous(alike, 100).max).toBe(20);
    expect(simultaneous(one, 100).max).toBe(1);
  });
});
