import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { writeAzure } from "../../../src/cli/write-azure.js";
import { keyed, PURPOSE } from "../../../src/random/index.js";
import { type AzureOptions, AzurePopulation } from "../../../src/workload/index.js";
import { addArrivals, cvRange, interArrivalCv } from "../../../src/workload/synthetic/azure-arrivals.js";
import { AZURE } from "../../../src/workload/synthetic/azure-figures.js";
import { Quantiles, rest } from "../../../src/workload/synthetic/azure-quantiles.js";
import { split, take } from "../../../src/workload/synthetic/azure-triggers.js";
import { gapCv, measure, missed } from "../../bench/azure-figures.mjs";

const folder = mkdtempSync(join(tmpdir(), "azure-"));
afterAll(() => rmSync(folder, { recursive: true }));

const DEFAULT: AzureOptions = { functions: 400, days: 1, weekday: 0, seed: 1, oddities: "real" };
const population = (options: Partial<AzureOptions> = {}) => new AzurePopulation({ ...DEFAULT, ...options });

/** A day's functions as plain objects, which the next app does not overwrite. */
function functionsOf(made: AzurePopulation, day = 0) {
  const found = [];
  for (const { owner, app, functions } of made.day(day)) {
    const size = functions.length;
    for (const one of functions)
      found.push({ ...one, counts: [...one.counts], key: [owner, app, one.label].join(), size });
  }
  return found;
}
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const draws = keyed(1, PURPOSE.synthetic);

describe("the population at 5,000 functions", () => {
  // Quantiles and shares come by even ranks and so are as near as at full size; what depends on the few largest apps is not: the
  // sizes of the whole day, and the part of the top ten, which are five times as many of the apps.
  it.each([1, 2])(
    "has every quantile and share of the release's first day within 10 %, 25 at q99, from seed %i",
    async (seed) => {
      await writeAzure(folder, population({ functions: 5000, seed }), false, () => {});
      const { figures, facts } = await measure(folder);
      for (const name of ["invocations_per_function_md", "function_durations_percentiles", "app_memory_percentiles"]) {
        rmSync(join(folder, `${name}.anon.d01.csv`));
      }
      const shape = figures.filter(({ size }) => !size);
      expect(shape.length).toBeGreaterThan(45);
      expect(missed(shape)).toEqual([]);
      expect(facts["functions without durations"]).toBe(Math.round((5000 * 622) / 46412));
      expect(facts["apps without memory"]).toBe(Math.round((facts["apps"]! * 422) / 16821));
      expect(facts["average below p50, %"]).toBeGreaterThan(6);
      expect(facts["average below p50, %"]).toBeLessThan(12);
      expect(facts["seconds an invocation"]).toBeGreaterThan(0.1);
      expect(facts["seconds an invocation"]).toBeLessThan(2);
    },
    60_000,
  );
});

describe("a generated day", () => {
  const made = population();
  const functions = functionsOf(made);

  it("has as many functions as asked for, each invoked and under a key of its own", () => {
    expect(functions).toHaveLength(400);
    expect(Math.min(...functions.map(({ counts }) => sum(counts)))).toBeGreaterThanOrEqual(1);
    expect(new Set(functions.map(({ key }) => key)).size).toBe(400);
  });

  it("has timers that tick: most of those alone in their app always after the same time", () => {
    const timers = functions.filter(
      ({ trigger, size, counts }) => trigger === "timer" && size === 1 && sum(counts) > 2,
    );
    const steady = timers.filter(({ counts }) => {
      const at = counts.flatMap((count, minute) => (count > 0 ? [minute] : []));
      return at.every((minute, i) => i < 2 || minute - at[i - 1]! === at[1]! - at[0]!) && new Set(counts).size <= 2;
    });
    expect(timers.length).toBeGreaterThan(25);
    expect(steady.length / timers.length).toBeGreaterThan(0.9);
  });

  it("has most ticks of timers at full hours: many start together", () => {
    const timers = functions.filter(({ trigger }) => trigger === "timer");
    const at = (minute: number) => timers.filter(({ counts }) => counts[minute]! > 0).length;
    const hours = Array.from({ length: 24 }, (_, hour) => at(60 * hour));
    const others = Array.from({ length: 24 }, (_, hour) => at(60 * hour + 7));
    expect(sum(hours)).toBeGreaterThan(2.5 * sum(others));
  });

  it("has percentiles that rise, within Minimum and Maximum, and one value where a function ran once", () => {
    for (const { durations } of functions) {
      for (const { average, count, minimum, maximum, percentiles } of durations) {
        if (average < 0) continue;
        expect([...percentiles].sort((a, b) => a - b)).toEqual(percentiles);
        expect(minimum).toBeLessThanOrEqual(Math.min(percentiles[0]!, average));
        expect(maximum).toBeGreaterThanOrEqual(Math.max(percentiles[6]!, average));
        if (count === 1 && durations.length === 1)
          expect(new Set([...percentiles, average, minimum, maximum]).size).toBe(1);
      }
    }
  });

  it("is the same from the same seed, and another from another", () => {
    expect(functionsOf(population())).toEqual(functions);
    expect(functionsOf(population({ seed: 2 }))[0]).not.toEqual(functions[0]);
  });

  it("is the same whatever the days after it", () => {
    const longer = population({ days: 3 });
    functionsOf(longer, 2);
    expect(functionsOf(longer, 0)).toEqual(functions);
  });

  it("without oddities has durations and memory everywhere, once, and Count is the invocations", () => {
    const clean = population({ oddities: "none" });
    for (const { durations, counts } of functionsOf(clean)) {
      expect(durations.map(({ count }) => count)).toEqual([sum(counts)]);
      expect(durations[0]!.minimum).toBeLessThanOrEqual(durations[0]!.percentiles[0]!);
    }
    expect([...clean.day(0)].every(({ memory }) => memory.length === 1)).toBe(true);
  });

  it("differs little from the day before, has newcomers, and at the weekend 7 % less", () => {
    const week = population({ functions: 1500, days: 6, weekday: 3 });
    const days = [0, 1, 2].map((day) => functionsOf(week, day));
    const [first, second, third] = days.map((functions) => sum(functions.map(({ counts }) => sum(counts))));
    expect(Math.abs(second! / first! - 1)).toBeLessThan(0.1);
    expect(Math.abs(third! / first! - AZURE.weekend)).toBeLessThan(0.1);
    expect(third!).toBeLessThan(second!);
    const known = new Set(days[0]!.map(({ key }) => key));
    const newcomers = days[1]!.filter(({ key }) => !known.has(key)).length / 1500;
    expect(newcomers).toBeGreaterThan(0.02);
    expect(newcomers).toBeLessThan(0.07);
  });

  it("can be made of one function, or of a few", () => {
    for (const functions of [1, 2, 3, 5, 8, 13]) expect(functionsOf(population({ functions }))).toHaveLength(functions);
  });
});

it("arrivals are as many as asked for and have the inter-arrival CV asked for, within 20 % of 1 + CV²", () => {
  const day = fc.record({
    n: fc.oneof(fc.integer({ min: 60, max: 2000 }), fc.integer({ min: 2000, max: 1e7 })),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    daily: fc.constantFrom(0, 1, 1.2),
    key: fc.nat(),
  });
  fc.assert(
    fc.property(day, ({ n, at, daily, key }) => {
      const [least, most] = cvRange(n);
      const cv = Math.max(least, 0.3) * Math.exp(at * Math.log(Math.min(most / 3, 50) / Math.max(least, 0.3)));
      fc.pre(cv >= least);
      const counts = new Uint32Array(1440);
      addArrivals(counts, { n, cv, daily }, draws.derive(1, key));
      expect(sum([...counts])).toBe(n);
      const got = interArrivalCv(counts);
      expect(Math.abs((1 + got * got) / (1 + cv * cv) - 1)).toBeLessThan(0.2);
    }),
    { seed: 3, numRuns: 300 },
  );
});

it("the inter-arrival CV of counts is that of the gaps written out", () => {
  const counts = fc.array(fc.oneof(fc.constant(0), fc.nat(4)), { minLength: 3, maxLength: 40 });
  fc.assert(
    fc.property(counts, (some) => {
      const [ours, plain] = [interArrivalCv(some), gapCv(some)];
      if (Number.isNaN(plain)) expect(ours).toBeNaN();
      else expect(ours).toBeCloseTo(plain, 6);
    }),
    { seed: 3, numRuns: 300 },
  );
  // gaps of 5, 0 and 1 minutes: mean 2, deviation sqrt(14 / 3)
  expect(interArrivalCv([1, 0, 0, 0, 0, 2, 1])).toBeCloseTo(Math.sqrt(14 / 3) / 2, 12);
});

it("splitting an app's invocations among its functions loses none, whatever the shares", () => {
  const app = fc.record({
    counts: fc.array(fc.nat(500), { minLength: 1440, maxLength: 1440 }),
    weights: fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 2, maxLength: 8 }),
    key: fc.nat(),
  });
  fc.assert(
    fc.property(app, ({ counts, weights, key }) => {
      const whole = Uint32Array.from(counts);
      const n = sum(counts);
      fc.pre(n >= weights.length);
      const share = Float64Array.from(weights, (weight) => weight / sum(weights));
      const parts = split(n, share, 0, weights.length);
      expect(sum([...parts])).toBe(n);
      const taken = weights.map(() => new Uint32Array(1440));
      for (let f = 1, left = n; f < weights.length; left -= parts[f++]!) {
        take(whole, left, parts[f]!, taken[f]!, draws.derive(f, key));
        expect(sum([...taken[f]!])).toBe(parts[f]);
      }
      expect(sum([...whole])).toBe(parts[0]);
    }),
    { seed: 3, numRuns: 60 },
  );
});

it("what is left of a population has its quantiles together with what was taken", () => {
  const quantiles = new Quantiles(AZURE.invocationsPerApp);
  const taken = fc.array(fc.constantFrom(1, 24, 96, 288, 1440), { maxLength: 90 });
  fc.assert(
    fc.property(taken, (some) => {
      const values = rest(quantiles, 1000, Float64Array.from(some).sort());
      expect(values).toHaveLength(1000 - some.length);
      const all = [...values, ...some].sort((a, b) => a - b);
      for (const [q, value] of [
        [900, 8573],
        [950, 35946],
        [990, 490000],
      ] as const) {
        expect(all[q - 1]!).toBeLessThanOrEqual(value);
        expect(all[q]!).toBeGreaterThanOrEqual(value * 0.9999);
      }
    }),
    { seed: 3, numRuns: 100 },
  );
});
