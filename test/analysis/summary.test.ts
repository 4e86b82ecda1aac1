import { describe, expect, it } from "vitest";
import { summarise } from "../../src/analysis/latency.js";
import { openRun } from "../../src/analysis/run-folder.js";
import { summaryRows } from "../../src/analysis/summary.js";
import { p99Slowdown } from "../../src/chart/p99-slowdown.js";
import { handMadeRun } from "./hand-made-run.js";

async function rows() {
  const low = Array.from({ length: 1000 }, (_, i) => ({ finish: i < 900 ? i + 1 : null }));
  const high = Array.from({ length: 20 }, (_, i) => ({ priceClass: 1, finish: i + 1 }));
  const invocations = [...low, ...high];
  const edf = invocations.map(({ finish, ...of }) => ({ ...of, finish: finish === null ? 2 : 1 }));
  return summaryRows(
    await summarise(openRun(await handMadeRun({ xx: { invocations, end: 950 }, edf: { invocations: edf } }))),
  );
}

describe("rows of a summary", () => {
  it("are flat, one per scheduler and class", async () => {
    const found = await rows();
    expect(found.map(({ scheduler, price_class, price }) => [scheduler, price_class, price])).toEqual([
      ["xx", 0, 1],
      ["xx", 1, 2],
      ["edf", 0, 1],
      ["edf", 1, 2],
    ]);
    expect(found[0]).toMatchObject({ count: 1000, unfinished: 100, p50_latency_s: 500, p99_slowdown: 950 });
    expect(found[1]).toMatchObject({ count: 20, p50_slowdown: 10, p99_slowdown: null, missed: 19 });
  });

  it("say which of their values are lower bounds", async () => {
    const [low, high] = await rows();
    expect(low).toMatchObject({ lower_bounds: "p99_latency_s mean_slowdown p99_slowdown", lower_bound: true });
    expect(high).toMatchObject({ lower_bounds: "", lower_bound: false });
  });

  it("are what the chart of p99 slowdowns takes", async () => {
    const { data } = p99Slowdown(await rows()) as unknown as { data: { values: { label: string }[] } };
    expect(data.values.map(({ label }) => label)).toEqual(["≥ 950  xx", "too few  xx", "2.00  edf", "too few  edf"]);
  });
});
