import { describe, expect, it } from "vitest";
import { quantileIndex } from "../../src/statistics/quantile.js";
import { paperBatches } from "../../src/workload/index.js";
import { columnsOf, replayTables } from "../law/tables.js";
import { memoryExperiment } from "./paper-memory.js";

const between = (value: number, least: number, most: number) => {
  expect(value).toBeGreaterThanOrEqual(least);
  expect(value).toBeLessThanOrEqual(most);
};

// The bounds are around what two independent exact simulators found over seeds; the drafts' own figures are of a tick
// simulator, which keeps ended invocations in memory to the end of a tick.
describe.each([
  ["k = 100 and one shard, as in the drafts' memory runs", { k: 100, shards: 1 }],
  ["k = 3 and four shards, as the drafts say", { k: 3, shards: 4 }],
] as const)("the papers' memory experiment, 32,000 MiB a machine, %s", (_, how) => {
  it.each([
    [50, 0.1],
    [100, 0.24],
    [150, 0.37],
    [200, 0.5],
  ])("at load %i the median of RAM in use is %f", async (load, share) => {
    const { ramMedian, utilisation } = await memoryExperiment({ ...how, load });
    between(ramMedian, share - 0.015, share + 0.015);
    const [most, least, median] = utilisation;
    between(median, (load / 238) * 0.95, (load / 238) * 1.02);
    between(most - least, 0.05, 0.14);
  });

  it("at load 200 only the low classes swap, and what is written is many times what is there at once", async () => {
    const { swapped, killed, peakGB, writtenGB, p99Slowdown } = await memoryExperiment({ ...how, load: 200 });
    between(swapped[0]!, 1600, 2300);
    between(swapped[1]!, 170, 280);
    expect(swapped[2]! + swapped[3]! + swapped[4]!).toBeLessThan(0.02 * swapped[0]!);
    expect(killed).toBe(0);
    between(peakGB[2], 20, 28);
    between(writtenGB[0], 85, 120);
    between(writtenGB[1], 180, 290);
    between(p99Slowdown[0]!, 2.5, 8);
    for (const slowdown of p99Slowdown.slice(2)) expect(slowdown).toBeCloseTo(1, 9);
  });
});

it("30 GB of swap are enough at load 200, and with 20 GB some .03 % are killed", async () => {
  const gb = 1e9 / 1048576;
  const of = { load: 200, k: 3, shards: 4 };
  expect((await memoryExperiment({ ...of, swap: 30 * gb })).killed).toBe(0);
  between((await memoryExperiment({ ...of, swap: 20 * gb })).killed, 1, 40);
});

describe("the papers' load step, from 150 invocations a tick to 230 and back", () => {
  const paper = {
    seed: 1,
    load: 150,
    ticks: 200,
    tick: 1,
    arrivals: "batch",
    step: { from: 50, to: 80, load: 230 },
  } as const;
  const rows = [...paperBatches(paper)].reduce((sum, batch) => sum + batch.rows, 0);
  /** p99 of the slowdown by class, of arrivals before the step and in it. */
  const p99 = async (scheduler: string, k: number) => {
    async function* workload() {
      yield* paperBatches(paper);
    }
    const config = {
      ...{ machines: 100, cores: 8, k, shards: 1, prices: [0.3, 0.7, 1, 1.5, 2], seed: 1 },
      ...{ ram: Number.POSITIVE_INFINITY, swap: Number.POSITIVE_INFINITY, swapInWatermark: 0.9, oom: "off" as const },
    };
    const folder = await replayTables(scheduler, config, workload(), { rows });
    const of = await columnsOf(folder, "invocations", ["price_class", "arrival_s", "runtime_s", "finish_s"]);
    return [
      [0, 50],
      [50, 80],
    ].map(([from, to]) =>
      config.prices.map((_, priceClass) => {
        const rows = [...of.price_class.keys()].filter(
          (i) => of.price_class[i] === priceClass && of.arrival_s[i]! >= from! && of.arrival_s[i]! < to!,
        );
        const slowdowns = Float64Array.from(
          rows,
          (i) => (of.finish_s[i]! - of.arrival_s[i]!) / of.runtime_s[i]!,
        ).sort();
        return slowdowns[quantileIndex(slowdowns.length, 0.99)]!;
      }),
    ) as [number[], number[]];
  };

  it("under XX leaves the p99 slowdown of the upper classes at 1, and that of the lowest rises", async () => {
    const [before, during] = await p99("xx", 3);
    for (const slowdown of [...before.slice(1), ...during.slice(2)]) expect(slowdown).toBeCloseTo(1, 9);
    expect(before[0]!).toBeLessThan(1.3);
    between(during[0]!, 8, 25);
  });

  it("under Hermod slows all classes alike, by what sharing exacts and not by a tick simulator's 3.5", async () => {
    const [before, during] = await p99("hermod", 5);
    for (const slowdown of before) between(slowdown, 1, 1.08);
    for (const slowdown of during) between(slowdown, 1.25, 1.5);
  });
});
