import { describe, expect, it } from "vitest";
import { inspect, inspectionInterval } from "../../src/workload/inspection.js";
import { AS_IS, countTrace, invocationTrace } from "./fakes.js";

const COUNTS = countTrace(
  [
    { owner: "o", app: "a", trigger: "http", counts: [2, 0, 4] },
    { owner: "o", app: "a", trigger: "timer", counts: [1, 1, 1] },
    { owner: "p", app: "a", counts: [0, 3, 0] },
    { owner: "p", app: "c", trigger: "http", counts: [0, 0, 0] },
  ],
  {
    durations: [
      { f: 0, average: 500, percentiles: [500] },
      { f: 1, average: 6000, percentiles: [6000] },
    ],
    memory: [{ owner: "o", app: "a", percentiles: [100] }],
  },
);

describe("what is in a trace", () => {
  it("is counted by function, app, owner and trigger", async () => {
    const found = await inspect(COUNTS, AS_IS);
    expect([found.owners, found.apps]).toEqual([2, 3]);
    expect(found.triggers).toEqual([
      { trigger: "http", functions: 2, invocations: 6, cpu_s: 3 },
      { trigger: null, functions: 1, invocations: 3, cpu_s: 0 },
      { trigger: "timer", functions: 1, invocations: 3, cpu_s: 18 },
    ]);
    expect([found.interval_s, found.invocations, found.cpu_s]).toEqual([60, [3, 4, 5], [7, 6, 8]]);
    expect(found.mean_cores).toBeCloseTo(21 / 180, 12);
    expect(found.cpu.biggest.map(({ function: name, share }) => [name, share])).toEqual([
      ["f1", 18 / 21],
      ["f0", 3 / 21],
    ]);
  });

  it("says what is missing of how many functions", async () => {
    expect((await inspect(COUNTS, AS_IS)).missing).toEqual({
      functions_without_invocations: 1,
      functions_without_duration: 1,
      functions_without_memory: 2,
      functions_without_trigger: 1,
      quarantined_rows: 0,
    });
  });

  it("tells what a replay assumes, and the CPU it expects with that", async () => {
    const { assumed, expected_cpu_s } = await inspect(COUNTS, AS_IS);
    expect(assumed).toMatchObject({
      classes: "trigger (default)",
      functions_of_unknown_trigger: 1,
      durations: { from: { own: { function_days: 2, invocations: 9 }, donor: { function_days: 1, invocations: 3 } } },
      memory: { from: { own: { function_days: 2 }, donor: { function_days: 1 } } },
    });
    expect(expected_cpu_s).toBeGreaterThan(22.4);
  });

  it("does not tell quantiles of too few functions", async () => {
    const { functions, by_invocation } = await inspect(COUNTS, AS_IS);
    expect(functions.mean_duration_s).toEqual({
      known: 2,
      quantiles: [null, null, null, null, null, null],
      least: 0.5,
      largest: 6,
    });
    expect(functions.memory_mib.known).toBe(2);
    expect(by_invocation.duration_s.known).toBe(9);
    const many = await inspect(countTrace(Array.from({ length: 100 }, (_, i) => ({ counts: [i + 1] }))), AS_IS);
    const perDay = many.functions.invocations_per_day.quantiles.map((value) => value && value / 1440);
    expect(perDay).toEqual([10, 25, 50, 75, 90, null]);
  });

  it("of a log, says what its rows lack", async () => {
    const log = invocationTrace(
      [{ app: "a" }],
      [
        { f: 0, arrival: 0, runtime: 2, priceClass: 1 },
        { f: 0, arrival: 30, runtime: 1, initial: 5, peak: 9 },
      ],
    );
    const { assumed, by_invocation, mean_cores } = await inspect(log, AS_IS);
    expect(assumed).toMatchObject({ filled: { price_class: 1, memory_initial_mib: 1, memory_peak_mib: 1 } });
    expect(by_invocation.memory_mib).toMatchObject({ known: 1, least: 9, largest: 9 });
    expect(mean_cores).toBeCloseTo(0.1, 12);
  });

  it("tells why a replay would refuse the trace", async () => {
    const log = invocationTrace([{}], [{ f: 0, arrival: 0, runtime: 1, priceClass: 7 }]);
    const { assumed, expected_cpu_s, mean_cores } = await inspect(log, AS_IS);
    expect(assumed).toEqual({ refused: expect.stringMatching(/^invalid price_class: 7 /) });
    expect([expected_cpu_s, mean_cores]).toEqual([null, null]);
  });
});

it("intervals are hours, shorter in less than six hours and longer in more than two days, and 48 at most", () => {
  const intervals = [8, 6, 24, 48].map((hours) => inspectionInterval(hours * 3600, true));
  expect(intervals).toEqual([3600, 3600, 3600, 3600]);
  expect(inspectionInterval(2 * 3600, true)).toBe(300);
  expect(inspectionInterval(20, true)).toBe(60);
  expect(inspectionInterval(20, false)).toBe(1);
  expect(inspectionInterval(14 * 86400, true)).toBe(8 * 3600);
  expect(inspectionInterval(365 * 86400, true)).toBe(8 * 86400);
});
