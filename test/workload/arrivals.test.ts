import { describe, expect, it } from "vitest";
import {
  type ArrivalPattern,
  formatArrivals,
  parseArrivals,
  prepareWorkload,
  type WorkloadOptions,
} from "../../src/workload/index.js";
import { AS_IS, countTrace, rowsOf, total } from "./fakes.js";

async function places(
  counts: readonly number[],
  options: Partial<WorkloadOptions>,
  trigger = "http",
  name = "f",
): Promise<number[]> {
  const trace = countTrace([{ app: "a", name, trigger, counts }], {
    durations: [{ f: 0, average: 1, percentiles: [1] }],
  });
  return (await rowsOf(await prepareWorkload(trace, { ...AS_IS, ...options }))).map((row) => row.arrival);
}
const gaps = (times: readonly number[]) => times.slice(1).map((time, i) => time - times[i]!);

describe("arrivals inside a minute", () => {
  it("uniform fill it evenly: chi-square of 60 seconds within 4 standard deviations", async () => {
    const n = 60_000;
    const times = await places([0, n], { arrivals: { kind: "uniform" } });
    const cells = new Array(60).fill(0);
    for (const time of times) cells[Math.floor(time) - 60]++;
    const chi = total(cells.map((c: number) => ((c - n / 60) * (c - n / 60)) / (n / 60)));
    expect(Math.abs(chi - 59)).toBeLessThan(4 * Math.sqrt(2 * 59));
  });

  it("equidistant are 60/n s apart, from a place that differs by minute", async () => {
    const times = await places([7, 7], { arrivals: { kind: "equidistant" } });
    for (const minute of [times.slice(0, 7), times.slice(7)]) {
      for (const gap of gaps(minute)) expect(gap).toBeCloseTo(60 / 7, 7);
      expect(minute[0]! % 60).toBeLessThan(60 / 7);
    }
    expect(times[7]! - times[0]!).not.toBeCloseTo(60, 3);
  });

  it("batch are all at one instant of the minute", async () => {
    const times = await places([40, 40], { arrivals: { kind: "batch" } });
    expect([...new Set(times)]).toHaveLength(2);
  });

  it.each([0.5, 1, 3])("gamma have gaps with a coefficient of variation of %d", async (cv) => {
    const n = 40_000;
    const all = gaps(await places([n], { arrivals: { kind: "gamma", cv } }));
    const mean = total(all) / all.length;
    const variance = total(all.map((gap) => (gap - mean) * (gap - mean))) / all.length;
    const kurtosis = 3 + 6 * cv * cv;
    const error = (cv / 2) * Math.sqrt((kurtosis - 1) / n + (cv * cv) / n) + cv * (cv / Math.sqrt(n));
    expect(Math.abs(Math.sqrt(variance) / mean - cv)).toBeLessThan(4 * error);
  });

  it("gamma are not pinned to the minute's start, and a wild one stays in its minute", async () => {
    const calm = await places([3], { arrivals: { kind: "gamma", cv: 1 } });
    expect(calm[0]).toBeGreaterThan(0);
    const wild = await places(new Array(30).fill(20), { arrivals: { kind: "gamma", cv: 1000 } });
    wild.forEach((time, i) => {
      expect(Math.floor(time / 60)).toBe(Math.floor(i / 20));
    });
  });
});

describe("timers", () => {
  it("aligned fire at the minute's start and evenly from there, whatever the pattern", async () => {
    for (const kind of ["uniform", "batch"] as const) {
      expect(await places([1, 1, 4], { arrivals: { kind } }, "timer")).toEqual([0, 60, 120, 135, 150, 165]);
    }
  });

  it("spread have the same spacing with a phase of the function's own", async () => {
    const times = await places([1, 1, 4], { timers: "spread" }, "timer");
    const [first] = times;
    expect(first).toBeGreaterThan(0);
    const places4 = [0, 15, 30, 45].map((at) => 120 + at + first! / 4);
    [first!, 60 + first!, ...places4].forEach((time, i) => {
      expect(times[i]).toBeCloseTo(time, 9);
    });
    expect((await places([1], { timers: "spread" }, "timer", "g"))[0]).not.toBe(first);
  });
});

describe("the name of a pattern", () => {
  it.each(["uniform", "equidistant", "batch", "gamma:2.5"])("%s reads and prints", (text) => {
    expect(formatArrivals(parseArrivals(text))).toBe(text);
  });

  it("of gamma holds its coefficient of variation", () => {
    expect(parseArrivals("gamma:.5")).toEqual({ kind: "gamma", cv: 0.5 } satisfies ArrivalPattern);
  });

  it.each(["poisson", "gamma", "gamma:", "gamma:0", "gamma:-1", "gamma:x", "gamma:1001", ""])(
    "%s is refused",
    (text) => {
      expect(() => parseArrivals(text)).toThrow(
        `invalid arrivals: ${text || '""'} (--arrivals); expected uniform, equidistant, batch or gamma:CV with 0 < CV <= 1000, such as gamma:2.5`,
      );
    },
  );
});
