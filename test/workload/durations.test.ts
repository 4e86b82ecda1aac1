import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { prepareWorkload } from "../../src/workload/index.js";
import { AS_IS, countTrace, type FakeDuration, type FakeFunction, rowsOf, total } from "./fakes.js";

const ONE: FakeFunction = { owner: "o", app: "a", name: "f", trigger: "queue", counts: [1000] };
const cores = { machines: 1, cores: 1 };

async function expectedMean(durations: readonly FakeDuration[], options = {}, functions = [ONE]): Promise<number> {
  const workload = await prepareWorkload(countTrace(functions, { durations }), { ...AS_IS, ...cores, ...options });
  return (workload.offeredLoadExpected * 60) / workload.invocationsExpected;
}
const reportOf = async (durations: readonly FakeDuration[], functions = [ONE]) =>
  (await prepareWorkload(countTrace(functions, { durations }), AS_IS)).report["durations"] as Record<string, unknown>;

const percentiles = fc
  .array(fc.integer({ min: 0, max: 100_000 }), { minLength: 7, maxLength: 7 })
  .map((values) => values.toSorted((a, b) => a - b))
  .filter((values) => values[6]! > 0);

describe("the mean of a function's durations", () => {
  it("is expected to be the row's Average", async () => {
    await fc.assert(
      fc.asyncProperty(percentiles, fc.integer({ min: 1, max: 100_000 }), async (values, average) => {
        const mean = await expectedMean([{ f: 0, average, minimum: 0, maximum: 100_000, percentiles: values }]);
        expect(mean).toBeCloseTo(average / 1000, 9);
      }),
      { seed: 3, numRuns: 100 },
    );
  });

  it("is realised within 4 standard errors, with a cap and a CPU fraction too", async () => {
    const durations = [
      { f: 0, average: 800, minimum: 1, maximum: 9000, percentiles: [1, 5, 90, 300, 900, 8000, 9000] },
    ];
    for (const options of [{}, { maxRuntime: 1 }, { cpuFraction: 0.3, maxRuntime: 0.4 }]) {
      const big = countTrace([{ ...ONE, counts: [40_000] }], { durations });
      const workload = await prepareWorkload(big, { ...AS_IS, ...cores, ...options });
      const runtimes = (await rowsOf(workload)).map((row) => row.runtime);
      const expected = workload.offeredLoadExpected * 60;
      const mean = expected / 40_000;
      const error = Math.sqrt(total(runtimes.map((x) => (x - mean) * (x - mean))));
      expect(Math.abs(total(runtimes) - expected)).toBeLessThan(4 * error);
    }
  });

  it.each([
    ["missing", Number.NaN, 0, 9, "unscaled_average_missing"],
    ["zero", 0, 0, 9, "unscaled_average_not_positive"],
    ["negative, as in the real files", -41692, -1027768, 9, "unscaled_average_not_positive"],
    ["below the minimum", 3, 4, 9, "unscaled_average_outside_minimum_maximum"],
    ["above the maximum", 10, 4, 9, "unscaled_average_outside_minimum_maximum"],
  ])(
    "is that of the percentiles where Average is %s, and it is counted",
    async (_, average, minimum, maximum, name) => {
      const durations = [{ f: 0, average, minimum, maximum, percentiles: [4, 4, 6, 6, 6, 6, 6] }];
      const unscaled = 0.25 * 6 * 3 - 0.01 * 6 + 0.01 * 4 + 0.01 * 6 + (0.24 * 2) / Math.log(1.5);
      expect(await expectedMean(durations)).toBeCloseTo(unscaled / 1000, 12);
      expect(await reportOf(durations)).toMatchObject({ [name]: 1, rows_used: 1 });
    },
  );

  it("stays zero where all percentiles are, and it is counted", async () => {
    const durations = [{ f: 0, average: 1, minimum: 0, maximum: 9, percentiles: [0] }];
    expect(await expectedMean(durations)).toBe(0);
    expect(await reportOf(durations)).toMatchObject({ unscaled_percentiles_all_zero: 1 });
  });
});

describe("percentiles", () => {
  it("below zero count as zero, and below the one before as that", async () => {
    const durations = [{ f: 0, percentiles: [-5, -5, 10, 10, 8, 10, 10] }];
    expect(await reportOf(durations)).toMatchObject({
      rows_with_negative_percentiles: 1,
      rows_with_descending_percentiles: 1,
    });
    const rows = await rowsOf(await prepareWorkload(countTrace([ONE], { durations }), AS_IS));
    const runtimes = rows.map((row) => row.runtime);
    expect(Math.min(...runtimes)).toBe(0);
    expect(Math.max(...runtimes)).toBeCloseTo(0.01, 12);
    expect(runtimes.filter((x) => x > 0.0099999).length).toBeGreaterThan(700);
  });

  it("that are missing leave the average alone", async () => {
    const durations = [{ f: 0, average: 70, percentiles: [1, Number.NaN, 2, 3, 4, 5, 6] }];
    expect(await reportOf(durations)).toMatchObject({ rows_of_average_alone: 1 });
    const rows = await rowsOf(await prepareWorkload(countTrace([ONE], { durations }), AS_IS));
    expect(new Set(rows.map((row) => row.runtime))).toEqual(new Set([0.07]));
  });
});

describe("a function without a row for the day", () => {
  const DAY = 1440;

  it("has that of the nearest day, the earlier of two", async () => {
    const counts = new Array(3 * DAY).fill(0);
    counts[DAY + 5] = 3;
    const row = (day: number, average: number) => ({ f: 0, day, average, percentiles: [average] });
    const mean = (...rows: FakeDuration[]) => expectedDay(rows, counts);
    expect(await mean(row(0, 10), row(2, 20))).toBeCloseTo(0.01, 12);
    expect(await mean(row(2, 20), row(5, 50))).toBeCloseTo(0.02, 12);
    expect(await mean(row(0, 10), row(1, 30), row(2, 20))).toBeCloseTo(0.03, 12);
  });

  async function expectedDay(durations: readonly FakeDuration[], counts: readonly number[]): Promise<number> {
    const workload = await prepareWorkload(countTrace([{ ...ONE, counts }], { durations }), { ...AS_IS, ...cores });
    return (workload.offeredLoadExpected * workload.to) / workload.invocationsExpected;
  }

  it("counts days from midnight of the release", async () => {
    const counts = new Array(20).fill(1);
    const durations = [0, 1].map((day) => ({ f: 0, day, average: day === 0 ? 10 : 20, percentiles: [1] }));
    const trace = countTrace([{ ...ONE, counts }], { durations, firstMinute: 3 * DAY - 5 });
    const rows = await rowsOf(await prepareWorkload(trace, AS_IS));
    expect(rows.map((row) => row.runtime)).toEqual([...new Array(5).fill(0.01), ...new Array(15).fill(0.02)]);
  });

  it("and for no other has a donor's of its trigger, else of all, and it is counted", async () => {
    const functions = [
      { ...ONE, name: "no row", trigger: "timer", counts: [1] },
      { ...ONE, name: "other", trigger: "http", counts: [1] },
      { ...ONE, name: "same", trigger: "timer", counts: [1] },
    ];
    const durations = [
      { f: 1, average: 10, percentiles: [10] },
      { f: 2, average: 20, percentiles: [20] },
    ];
    const of = async (fs: readonly FakeFunction[]) => {
      const rows = await rowsOf(await prepareWorkload(countTrace(fs, { durations }), AS_IS));
      return rows.find((row) => row.function === "no row")!.runtime;
    };
    expect(await of(functions)).toBe(0.02);
    expect([0.01, 0.02]).toContain(await of([{ ...functions[0]!, trigger: "queue" }, ...functions.slice(1)]));
    expect(await reportOf(durations, functions)).toMatchObject({
      from: { own: { function_days: 2 }, donor: { function_days: 1, invocations: 1 }, published: { function_days: 0 } },
    });
  });

  it("in a trace without durations has those of a function of the published population", async () => {
    const functions = Array.from({ length: 4000 }, (_, i) => ({ ...ONE, name: `f${i}`, counts: [1] }));
    const means = await Promise.all(
      functions.map(
        async (f) => (await prepareWorkload(countTrace([f]), { ...AS_IS, ...cores })).offeredLoadExpected * 60,
      ),
    );
    means.sort((a, b) => a - b);
    for (const [q, ms] of [
      [0.1, 20],
      [0.25, 125],
      [0.5, 670],
      [0.75, 3120],
      [0.9, 16555],
    ] as const) {
      const below = means.filter((mean) => mean < ms / 1000).length;
      expect(Math.abs(below - 4000 * q)).toBeLessThan(4 * Math.sqrt(4000 * q * (1 - q)));
    }
  });
});
