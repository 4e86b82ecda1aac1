import { describe, expect, it } from "vitest";
import { openRun } from "../../src/analysis/run-folder.js";
import { tailWindows } from "../../src/analysis/tail-windows.js";
import { binWidth, workloadOverview } from "../../src/analysis/workload-overview.js";
import { handMadeRun, type Told } from "./hand-made-run.js";

/** In each of 100 seconds 60 of class 1; in the 40th to 59th every tenth takes three times as long as it runs. */
const CROWDED: Told[] = Array.from({ length: 6000 }, (_, i) => {
  const arrival = Math.floor(i / 60);
  const slow = arrival >= 40 && arrival < 60 && i % 10 === 0;
  return { arrival, runtime: 2, priceClass: 1, finish: arrival + (slow ? 6 : 2) };
});

describe("the tail over time", () => {
  it("has windows of a round length with 1500 invocations in the mean, and is exact in each", async () => {
    const rows = await tailWindows(openRun(await handMadeRun({ xx: { invocations: CROWDED, end: 110 } })));
    // 6000 in 100 s: 1500 take 25 s, and 30 s is the next round length; the last window has 10 s and too few.
    expect(rows.map((row) => [row.price_class, row.window_start_s, row.p99_slowdown])).toEqual([
      ...[[1, 0, 1] as const, [1, 30, 3] as const, [1, 60, 1] as const, [1, 90, null] as const],
    ]);
  });

  it("leaves out classes with too few invocations for any window", async () => {
    const few = [...CROWDED.slice(0, 900), { arrival: 20, priceClass: 0 }];
    expect(await tailWindows(openRun(await handMadeRun({ xx: { invocations: few } })))).toEqual([]);
  });

  it("marks what rests on an unfinished invocation", async () => {
    const open = CROWDED.map((of, i) => (i % 20 === 0 ? { ...of, finish: null } : of));
    const rows = await tailWindows(openRun(await handMadeRun({ xx: { invocations: open, end: 110 } })));
    expect(rows[0]).toMatchObject({ lower_bound: true });
    expect(rows[0]!.p99_slowdown).toBeGreaterThan(3);
  });
});

describe("lengths of bins", () => {
  it("are round: the next of 1, 2, 5, 10, 15, 30 seconds or minutes, of hours, of days", () => {
    expect([0.003, 1, 3, 11, 31, 400, 2000, 5 * 3600, 90_000].map(binWidth)).toEqual([
      ...[0.005, 1, 5, 15, 60, 600, 3600, 6 * 3600, 2 * 86400],
    ]);
  });
});

describe("the overview of a workload", () => {
  it("has arrivals a second in bins, and distributions of what is known", async () => {
    const rows = await workloadOverview(openRun(await handMadeRun({ xx: { invocations: CROWDED } })));
    const arrivals = rows.filter(({ panel }) => panel === "arrivals");
    expect(arrivals).toHaveLength(200);
    expect(arrivals.reduce((sum, { y }) => sum + 0.5 * y, 0)).toBeCloseTo(6000, 9);
    expect(rows.filter(({ panel }) => panel === "runtime")).toEqual([{ panel: "runtime", x: 2, y: 1 }]);
    expect(new Set(rows.map(({ panel }) => panel))).toEqual(new Set(["arrivals", "runtime"]));
  });
});
