import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { prepareWorkload, type WorkloadOptions } from "../../src/workload/index.js";
import { AS_IS, countTrace, type FakeFunction, type FakeMemory, invocationTrace, rowsOf } from "./fakes.js";

const F = (name: string, app = "a", n = 1): FakeFunction => ({ owner: "o", app, name, counts: [n] });
const rows = async (
  functions: readonly FakeFunction[],
  memory: readonly FakeMemory[],
  options: Partial<WorkloadOptions> = {},
) => rowsOf(await prepareWorkload(countTrace(functions, { memory }), { ...AS_IS, ...options }));

describe("memory of an invocation", () => {
  it("is the app's percentile 1 at the start and at least that at the peak, both float32", async () => {
    const levels = fc
      .array(fc.double({ min: -5, max: 5000, noNaN: true }), { minLength: 8, maxLength: 8 })
      .map((values) => values.toSorted((a, b) => a - b));
    await fc.assert(
      fc.asyncProperty(levels, async (percentiles) => {
        const all = await rows([F("f", "a", 50)], [{ owner: "o", app: "a", percentiles }]);
        for (const row of all) {
          expect(row.initial).toBe(Math.fround(Math.max(0, percentiles[0]!)));
          expect(row.peak).toBeGreaterThanOrEqual(row.initial);
          expect(row.peak).toBeLessThanOrEqual(Math.fround(Math.max(0, percentiles[7]!)) * 1.000001);
        }
      }),
      { seed: 4, numRuns: 40 },
    );
  });

  it("peaks below a percentile as often as it says, within 4 standard errors", async () => {
    const n = 20_000;
    const percentiles = [10, 20, 30, 40, 50, 60, 70, 80];
    const all = await rows([F("f", "a", n)], [{ owner: "o", app: "a", percentiles }]);
    [1, 5, 25, 50, 75, 95, 99, 100].forEach((percent, i) => {
      const p = percent / 100;
      const below = all.filter((row) => row.peak <= percentiles[i]!).length;
      expect(Math.abs(below - n * p)).toBeLessThanOrEqual(4 * Math.sqrt(n * p * (1 - p)));
    });
  });

  it("divided by functions is the app's over its number of functions in the trace, cut or not", async () => {
    const functions = [F("f"), F("g"), { ...F("h"), counts: [0, 1] }, F("i", "b")];
    const memory = [
      { owner: "o", app: "a", percentiles: [90] },
      { owner: "o", app: "b", percentiles: [90] },
    ];
    const all = await rows(functions, memory, { appMemory: "divide-by-functions", cut: [0, 60] });
    const byName = Object.fromEntries(all.map((row) => [row.function, [row.initial, row.peak]]));
    expect(byName).toEqual({ f: [30, 30], g: [30, 30], i: [90, 90] });
  });

  it("is a function's own where the trace has it by function, undivided", async () => {
    const memory = [
      { owner: "o", app: "a", name: "f", percentiles: [50] },
      { owner: "o", app: "a", percentiles: [90] },
    ];
    const all = await rows([F("f"), F("g")], memory, { appMemory: "divide-by-functions" });
    expect(all.toSorted((a, b) => a.peak - b.peak).map((row) => row.peak)).toEqual([45, 50]);
  });

  it("of an app without a row is that of one donor for all its functions, and it is counted", async () => {
    const functions = [F("f", "none"), F("g", "none"), ...["a", "b", "c", "d"].map((app) => F("f", app))];
    const memory = ["a", "b", "c", "d"].map((app, i) => ({ owner: "o", app, percentiles: [100 + i] }));
    const workload = await prepareWorkload(countTrace(functions, { memory }), AS_IS);
    const own = (await rowsOf(workload)).filter((row) => row.app === "none");
    expect(own[0]!.peak).toBe(own[1]!.peak);
    expect(own[0]!.peak).toBeGreaterThanOrEqual(100);
    expect(workload.report["memory"]).toMatchObject({ from: { own: { function_days: 4 }, donor: { invocations: 2 } } });
  });

  it("of an app in another owner's name is not that owner's", async () => {
    const functions = [F("f"), { ...F("f"), owner: "p" }];
    const all = await rows(functions, [
      { owner: "o", app: "a", percentiles: [1] },
      { owner: "p", app: "a", percentiles: [2] },
    ]);
    expect(Object.fromEntries(all.map((row) => [row.owner, row.peak]))).toEqual({ o: 1, p: 2 });
  });

  it("in a trace without any has the published quantiles over apps, within 4 standard errors", async () => {
    const n = 4000;
    const all = await rows(
      Array.from({ length: n }, (_, i) => F("f", `a${i}`)),
      [],
    );
    const averages = all.map((row) => row.initial / 0.85);
    for (const [q, mib] of [
      [0.05, 100],
      [0.25, 120],
      [0.5, 140],
      [0.75, 185],
      [0.9, 210],
      [0.99, 405],
    ] as const) {
      const below = averages.filter((average) => average < mib).length;
      expect(Math.abs(below - n * q)).toBeLessThan(4 * Math.sqrt(n * q * (1 - q)));
    }
  });
});

describe("memory of a log", () => {
  const log = invocationTrace(
    [{ app: "a" }],
    [
      { f: 0, arrival: 0, runtime: 1, initial: 10, peak: 30 },
      { f: 0, arrival: 1, runtime: 1, initial: 10 },
      { f: 0, arrival: 2, runtime: 1, peak: 3 },
      { f: 0, arrival: 3, runtime: 1, peak: 1e6 },
      { f: 0, arrival: 4, runtime: 1 },
    ],
  );

  it("is kept where given; a missing peak is the start's, a missing start the app's or the peak", async () => {
    const all = await rowsOf(await prepareWorkload(log, AS_IS));
    expect(all.slice(0, 3).map((row) => [row.initial, row.peak])).toEqual([
      [10, 30],
      [10, 10],
      [3, 3],
    ]);
    expect(all[3]).toMatchObject({ initial: all[4]!.initial, peak: 1e6 });
    expect(all[4]!.peak).toBeGreaterThanOrEqual(all[4]!.initial);
    expect(all[4]!.initial).toBeGreaterThan(0);
  });

  it("that peaks below its start is refused", async () => {
    const wrong = invocationTrace([{}], [{ f: 0, arrival: 0, runtime: 1, initial: 10, peak: 9 }]);
    await expect(prepareWorkload(wrong, AS_IS)).rejects.toThrow(
      "invalid memory_peak_mib: 9 (row 0 of fake); expected at least its memory_initial_mib, 10",
    );
  });
});
