import { describe, expect, it } from "vitest";
import { openRun } from "../../src/analysis/run-folder.js";
import { chartsOfRuns } from "../../src/chart/run-charts.js";
import { WorkedRun } from "../../src/chart/worked-run.js";
import { handMadeRun } from "../analysis/hand-made-run.js";

/** A replay of 1,000 invocations that take `slowdown` s each instead of one. */
async function replayed(load: string, seed: number, slowdown: number, more: object = {}) {
  const invocations = Array.from({ length: 1000 }, (_, i) => ({ arrival: i / 100, finish: i / 100 + slowdown }));
  const options = { prices: "1,2", cores: "4", warmup: "0", scheduler: "", load, seed: String(seed), ...more };
  const manifest = { options, seed, offered_load: { expected: Number(load), realised: Number(load) + seed / 1000 } };
  return new WorkedRun(openRun(await handMadeRun({ xx: { invocations } }, manifest))).summary();
}

interface Values {
  readonly data: { readonly values: readonly object[] };
}

describe("charts of several runs", () => {
  it("average the seeds at a load, at the mean of what these realised", async () => {
    const runs = [await replayed("0.5", 1, 2), await replayed("0.5", 3, 4), await replayed("0.9", 1, 9)];
    const [made] = chartsOfRuns(runs, ["p99-by-load"]);
    expect((made!.spec as unknown as Values).data.values).toEqual([
      { scheduler: "xx", load: 0.502, price_class: 0, p99_slowdown: 3, sign: "", low: 2, high: 4, seeds: 2 },
      { scheduler: "xx", load: 0.901, price_class: 0, p99_slowdown: 9, sign: "", low: 9, high: 9, seeds: 1 },
    ]);
  });

  it("are drawn of one load too, and not of one load with other options", async () => {
    const one = await replayed("0.5", 1, 2);
    expect(chartsOfRuns([one, await replayed("0.5", 2, 4)], ["p99-by-load"])).toHaveLength(1);
    expect(chartsOfRuns([one, await replayed("0.5", 2, 4, { k: "1" })], ["p99-by-load"])).toEqual([]);
  });
});
