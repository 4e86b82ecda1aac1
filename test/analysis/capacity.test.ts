import { describe, expect, it } from "vitest";
import { capacity } from "../../src/analysis/capacity.js";
import { openRun } from "../../src/analysis/run-folder.js";
import { handMadeRun } from "./hand-made-run.js";

describe("capacity", () => {
  it("is the cores that each class and those above would have at work, second by second, and machines for them", async () => {
    const invocations = [
      { arrival: 0, runtime: 10, priceClass: 1 },
      { arrival: 2.5, runtime: 1, priceClass: 1 },
      { arrival: 4.25, runtime: 0.5, priceClass: 0 },
      ...Array.from({ length: 8 }, () => ({ arrival: 5, runtime: 100, priceClass: 0 })),
    ];
    const run = openRun(await handMadeRun({ xx: { invocations } }, { to_s: 10 }));
    const [all, upper] = await capacity(run, "xx");
    // Class 1: one core throughout, and half of another in seconds 2 and 3: eleven CPU seconds in ten.
    expect(upper!.cores).toEqual({ mean: 1.1, p50: 1, p95: 1.5, p99: 1.5, max: 1.5 });
    // Class 0: half a core in second 4, and eight from 5 on, who take 800 CPU seconds; machines have four cores.
    expect(all!.cores.mean).toBeCloseTo(1.1 + 0.05 + 80, 12);
    expect(all!.cores.max).toBe(9);
    expect(all!.machines).toEqual({ mean: 21, p50: 1, p95: 3, p99: 3, max: 3 });
    expect([all!.from_class, upper!.from_class]).toEqual([0, 1]);
  });

  it("of a class that nobody is in is no machines, not less than none", async () => {
    const invocations = [{ arrival: 0, runtime: 1, priceClass: 0 }];
    const [, upper] = await capacity(openRun(await handMadeRun({ xx: { invocations } }, { to_s: 2 })), "xx");
    expect(upper!.machines).toEqual({ mean: 0, p50: 0, p95: 0, p99: 0, max: 0 });
  });

  it("looks at what comes after the warm-up", async () => {
    const invocations = [
      { arrival: 0, runtime: 3 },
      { arrival: 2, runtime: 2 },
    ];
    const options = { prices: "1,2", cores: "4", warmup: "2s", scheduler: "" };
    const [all] = await capacity(openRun(await handMadeRun({ xx: { invocations } }, { to_s: 6, options })), "xx");
    // What is still at work then is in the quantiles; what has come since, two CPU seconds in four, is the mean.
    expect(all!.cores).toEqual({ mean: 0.5, p50: 0, p95: 2, p99: 2, max: 2 });
  });

  it("has for its mean the work that comes, also what would run on after the last arrivals", async () => {
    const invocations = Array.from({ length: 20 }, (_, i) => ({ arrival: i, runtime: 30 }));
    const [all] = await capacity(openRun(await handMadeRun({ xx: { invocations } }, { to_s: 20 })), "xx");
    expect(all!.cores).toMatchObject({ mean: 30, max: 20 });
  });

  it("can tell no rate of what comes within a second: its mean is then of the cores at work", async () => {
    const invocations = Array.from({ length: 3 }, () => ({ arrival: 0, runtime: 10 }));
    const [all] = await capacity(openRun(await handMadeRun({ xx: { invocations } }, { to_s: 0 })), "xx");
    expect(all!.cores).toEqual({ mean: 3, p50: 3, p95: 3, p99: 3, max: 3 });
  });
});
