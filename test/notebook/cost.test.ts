import { describe, expect, it } from "vitest";
import { chart } from "../../src/chart/charts.js";
import { cheapest, cost, frontier } from "../../src/notebook/cost.js";
import { open } from "../../src/notebook/run.js";
import { madeRun, type Told } from "../analysis/cost/made-run.js";

/** 1,000 invocations of two owners, class 0 three times as slow as it might be. */
const TOLD: readonly Told[] = Array.from({ length: 2000 }, (_, i) => {
  const priceClass = i % 2;
  return { who: `owner${i % 3}`, runtime: 2, priceClass, finish: priceClass === 1 ? 2 : 6, mib: 512 };
});

describe("costs in a notebook", () => {
  it("are tables of bills, of the price unit's readings, and of other ways to have the work done", async () => {
    const { folder } = await madeRun(TOLD, { "price-unit": "1", "memory-price": "0" });
    const costs = await cost(folder, { by: "owner" });
    expect(costs.classes().array("dollars")).toEqual([2000, 4000]);
    // 2 x 333 + 4 x 334; 2 x 334 + 4 x 333; 2 x 333 + 4 x 333.
    expect(costs.groups().array("dollars")).toEqual([2002, 2000, 1998]);
    expect(costs.groups().array("group")).toEqual(["owner1", "owner0", "owner2"]);
    expect(costs.groupsByClass().numRows()).toBe(6);
    expect(costs.readings().array("reading")).toEqual(["run", "drafts", "break-even", "lambda-equal"]);
    expect(costs.alternatives().columnNames()).toEqual(["alternative", "month", "can_run", "recalled"]);
  });

  it("are of a run as a cell has it, or of its folder", async () => {
    const made = await madeRun(TOLD, { "price-unit": "1", "memory-price": "0" });
    for (const run of [open(made.folder), made, made.folder]) {
      expect((await cost(run)).classes().array("dollars")).toEqual([2000, 4000]);
      expect((await frontier(run)).numRows()).toBe(2);
      expect((await cheapest(run, "p90<=2")).numRows()).toBe(6);
    }
  });

  it("and latencies are rows that the charts take", async () => {
    const { folder } = await madeRun(TOLD, { "price-unit": "1", "memory-price": "0" });
    const front = await frontier(folder);
    // A million mean invocations, of 2 CPU seconds each.
    expect(front.array("dollars_per_million")).toEqual([2e6, 4e6]);
    expect(front.array("p99_slowdown")).toEqual([3, 1]);
    expect(chart("cost-latency-frontier", front.objects()).description).toBeTruthy();
    const costs = await cost(folder, { by: "owner" });
    expect(chart("cost-by-class", costs.classes().objects()).description).toBeTruthy();
    expect(chart("cost-by-owner", costs.groupsByClass().objects()).description).toBeTruthy();
    const offers = await cheapest(folder, "p90<=2");
    expect(offers.array("cheapest")).toEqual([false, true, false, true, false, true]);
    expect(chart("cost-latency-frontier", offers.objects()).description).toBeTruthy();
  });
});
