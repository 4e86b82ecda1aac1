import { describe, expect, it } from "vitest";
import { mostAtOnce } from "../../../src/analysis/swap/bound.js";
import { anyInADay } from "../../../src/analysis/swap/fleet.js";
import { MIB_PER_GB } from "../../../src/analysis/swap/history.js";
import { killRatios, predictedKills, ratioAt } from "../../../src/analysis/swap/kill-prediction.js";
import { mostWithin } from "../../../src/analysis/swap/kills.js";
import { niceSizes } from "../../../src/analysis/swap/sizes.js";
import { swapTraffic } from "../../../src/analysis/swap/traffic.js";

describe("the deterministic bound", () => {
  it("counts who is there at once, ends before starts", () => {
    expect(mostAtOnce(Float64Array.of(0, 1, 2, 3), Float64Array.of(2, 3, 4, Number.POSITIVE_INFINITY))).toBe(2);
    expect(mostAtOnce(Float64Array.of(0, 1, 2, 3), Float64Array.of(2.5, 3, 4, 9))).toBe(3);
    expect(mostAtOnce(new Float64Array(0), new Float64Array(0))).toBe(0);
  });
});

describe("kills", () => {
  it("within a second are counted in any second", () => {
    expect(mostWithin(Float64Array.of(0, 0.9, 1, 1.5, 1.9, 3), 1)).toBe(4);
    expect(mostWithin(new Float64Array(0), 1)).toBe(0);
  });

  it("are foretold from the overflows by the ratio of the sizes around", () => {
    const ratios = killRatios([
      { size_mib: 30, kills: 0, overflows: 1 },
      { size_mib: 20, kills: 8, overflows: 2 },
      { size_mib: 10, kills: 10, overflows: 10 },
    ]);
    expect(ratios.map(({ ratio }) => ratio)).toEqual([1, 4]);
    expect(ratioAt(ratios, 5, 1)!.ratio).toBe(1);
    expect(ratioAt(ratios, 15, 1)!.ratio).toBeCloseTo(2, 12);
    const trend = Math.log(4);
    expect(ratioAt(ratios, 40, 1)).toEqual({ ratio: 4, error: Math.sqrt(1 / 8 + 1 / 2 + trend * trend) });
    expect(ratioAt([], 15, 1)).toBe(null);
    const sure = predictedKills(5, new Float64Array(100).fill(5), { ratio: 2, error: 0 }, 2, () => 0);
    // Twice the range of a Poisson count with mean 10.
    expect(sure).toEqual({ per_machine_day: 10, kills: 20, low: 8, high: 34 });
  });
});

describe("a day of the fleet", () => {
  it("has an event unless no machine has one", () => {
    expect(anyInADay(0.01, 100, 1)).toBeCloseTo(1 - Math.exp(-1), 12);
    expect(anyInADay(0.01, 100, 0.5)).toBeCloseTo(1 - Math.exp(-0.5), 12);
    expect(anyInADay(0, 100, 1)).toBe(0);
  });
});

describe("sizes", () => {
  it("are round and reach half as far again as there was", () => {
    const gb = (most: number) => niceSizes(most * MIB_PER_GB).map((size) => Number((size / MIB_PER_GB).toFixed(6)));
    expect(gb(26.4)).toEqual([5, 10, 15, 20, 25, 30, 35]);
    expect(gb(0.004)).toEqual([0.001, 0.002, 0.003, 0.004, 0.005, 0.006]);
    expect(gb(0)).toEqual([]);
  });
});

describe("traffic", () => {
  it("is of the mean machine and of the busiest, and of its busiest minute", () => {
    const moves = [
      { time: Float64Array.of(10, 20, 30, 500, 4000), mib: Float64Array.of(100, 100, -200, 100, 900) },
      { time: new Float64Array(0), mib: new Float64Array(0) },
    ];
    const kills = { time: new Float64Array(0), machine: new Int32Array(0), priceClass: new Uint8Array(0) };
    const traffic = swapTraffic({ machines: 2, moves, kills, from: 0, to: 3600 });
    expect(traffic.fleet).toEqual({ out_mib: 300, in_mib: 200 });
    expect(traffic.mean_per_hour).toEqual({ out_mib: 150, in_mib: 100 });
    expect(traffic.busiest_per_hour).toEqual({ out_mib: 300, in_mib: 200 });
    expect(traffic.mean_out_per_day_mib).toBe(3600);
    expect(traffic.most_out_per_s_mib).toBeCloseTo(200 / 60, 12);
    expect(traffic.most_in_per_s_mib).toBeCloseTo(200 / 60, 12);
  });
});
