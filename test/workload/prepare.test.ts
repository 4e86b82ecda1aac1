import { describe, expect, it } from "vitest";
import { prepareWorkload, type WorkloadOptions } from "../../src/workload/index.js";
import { AS_IS, countTrace, type Row, rowsOf, total } from "./fakes.js";

const FUNCTIONS = [
  { owner: "o1", app: "a1", name: "f1", trigger: "http", counts: [3, 0, 5, 40, 1, 2] },
  { owner: "o1", app: "a1", name: "f2", trigger: "timer", counts: [1, 1, 4, 1, 1, 1] },
  { owner: "o2", app: "a2", name: "f1", trigger: "queue", counts: [0, 0, 900, 0, 7, 0] },
  { owner: "o3", app: "a3", name: "f3", trigger: "storage", counts: [9, 9, 9, 9, 9, 9] },
];
const DURATIONS = [
  { f: 0, average: 120, minimum: 10, maximum: 2000, percentiles: [10, 12, 50, 80, 150, 900, 1500] },
  { f: 1, average: 30, minimum: 30, maximum: 30, percentiles: [30] },
  { f: 2, average: 400, minimum: 0, maximum: 9000, percentiles: [0, 0, 100, 200, 700, 4000, 9000] },
];
const MEMORY = [
  { owner: "o1", app: "a1", percentiles: [100, 102, 110, 120, 130, 160, 180, 250] },
  { owner: "o2", app: "a2", percentiles: [40, 41, 42, 43, 44, 45, 46, 47] },
];
const trace = countTrace(FUNCTIONS, { durations: DURATIONS, memory: MEMORY });
const run = async (options: Partial<WorkloadOptions>, of = trace) =>
  rowsOf(await prepareWorkload(of, { ...AS_IS, ...options }));
const failure = (options: Partial<WorkloadOptions>, of: Parameters<typeof prepareWorkload>[0] = trace) =>
  expect(prepareWorkload(of, { ...AS_IS, ...options })).rejects;

describe("a count trace", () => {
  it("has as many invocations of each function in each minute as the counts say, sorted by arrival", async () => {
    const rows = await run({});
    for (const f of FUNCTIONS) {
      const mine = rows.filter((row) => row.owner === f.owner && row.function === f.name);
      const perMinute = f.counts.map((_, m) => mine.filter((row) => Math.floor(row.arrival / 60) === m).length);
      expect(perMinute).toEqual(f.counts);
    }
    for (let i = 1; i < rows.length; i++) expect(rows[i]!.arrival).toBeGreaterThanOrEqual(rows[i - 1]!.arrival);
  });

  it("keeps owner, app and trigger of each function", async () => {
    const row = (await run({})).find((r) => r.owner === "o2")!;
    expect(row).toMatchObject({ function: "f1", app: "a2", owner: "o2", trigger: "queue", parent: -1 });
  });

  it("put cut is the whole one's rows in the cut, bit for bit", async () => {
    const whole = await run({});
    for (const cut of [
      [60, 240],
      [100, 200],
      [0, 30],
      [150.5, 150.75],
    ] as const) {
      expect(await run({ cut })).toEqual(whole.filter((row) => row.arrival >= cut[0] && row.arrival < cut[1]));
    }
  });

  it("of fewer minutes draws what the cut of the whole draws", async () => {
    const part = countTrace(
      FUNCTIONS.map((f) => ({ ...f, counts: f.counts.slice(2, 5) })),
      {
        durations: DURATIONS,
        memory: MEMORY,
        firstMinute: 2,
      },
    );
    const shifted = (await run({}, part)).map((row) => ({ ...row, arrival: row.arrival + 120 }));
    expect(shifted).toEqual(await run({ cut: [120, 300] }));
  });

  it("draws the same for a function whatever other functions there are", async () => {
    const alone = countTrace([FUNCTIONS[0]!], { durations: [DURATIONS[0]!], memory: [MEMORY[0]!] });
    expect(await run({}, alone)).toEqual((await run({})).filter((row) => row.function === "f1" && row.owner === "o1"));
  });

  it("is the same with the rows of durations and memory in another order", async () => {
    const shuffled = countTrace(FUNCTIONS, { durations: DURATIONS.toReversed(), memory: MEMORY.toReversed() });
    expect(await run({}, shuffled)).toEqual(await run({}));
  });

  it("can be read twice, with the same rows and the same report", async () => {
    const workload = await prepareWorkload(trace, { ...AS_IS, maxRuntime: 0.1 });
    const first = await rowsOf(workload);
    const report = JSON.stringify(workload.report);
    expect(await rowsOf(workload)).toEqual(first);
    expect(JSON.stringify(workload.report)).toBe(report);
    expect(workload.report["put_out"]).toEqual({
      invocations: first.length,
      invocations_at_max_runtime: first.filter((row) => row.runtime === 0.1).length,
    });
  });

  it("has other invocations under another seed", async () => {
    const [a, b] = [await run({ seed: 1 }), await run({ seed: 2 })];
    expect(a.map((row) => row.arrival)).not.toEqual(b.map((row) => row.arrival));
  });

  it("says what it expects of the cut: CPU of all rows over cores and time", async () => {
    const only = countTrace([{ app: "a", counts: [60, 60] }], {
      durations: [{ f: 0, average: 500, percentiles: [500] }],
    });
    const workload = await prepareWorkload(only, { ...AS_IS, machines: 2, cores: 1, prices: [1, 1, 1, 1, 1] });
    expect(workload).toMatchObject({ machines: 2, from: 0, to: 120, invocationsExpected: 120 });
    expect(workload.offeredLoadExpected).toBeCloseTo(60 / 240, 12);
    const part = await prepareWorkload(only, { ...AS_IS, cut: [30, 90], machines: 1, cores: 1 });
    expect(part).toMatchObject({ from: 30, to: 90, invocationsExpected: 60 });
    expect(part.offeredLoadExpected).toBeCloseTo(0.5, 12);
  });
});

describe("load", () => {
  const big = countTrace(
    [
      { app: "a", trigger: "http", counts: new Array(60).fill(13) },
      { app: "b", trigger: "queue", counts: new Array(60).fill(1) },
    ],
    {
      durations: [
        { f: 0, average: 1000, percentiles: [1000] },
        { f: 1, average: 3000, percentiles: [3000] },
      ],
    },
  );

  it("scales counts by random rounding to the load asked for, within 4 standard errors", async () => {
    for (const load of [0.05, 0.9, 3.7]) {
      const workload = await prepareWorkload(big, { ...AS_IS, load, machines: 1, cores: 2 });
      const factor = (load * 2) / ((13 + 3) / 60);
      expect(workload.report.scale).toBeCloseTo(factor, 9);
      expect(workload.offeredLoadExpected).toBeCloseTo(load, 12);
      const cpu = total((await rowsOf(workload)).map((row) => row.runtime));
      const variance = (x: number) => (x - Math.floor(x)) * (1 - x + Math.floor(x));
      const error = Math.sqrt(60 * (variance(13 * factor) + 9 * variance(factor)));
      expect(Math.abs(cpu - load * 2 * 3600)).toBeLessThan(4 * error + 1e-6);
    }
  });

  it("with machines auto takes the fewest machines that carry the trace as it is", async () => {
    for (const [load, machines] of [
      [0.9, 1],
      [0.1, 2],
      [0.01, 14],
    ] as const) {
      const workload = await prepareWorkload(big, { ...AS_IS, load, machines: "auto", cores: 2 });
      expect(workload.machines).toBe(machines);
      expect(workload.report.scale).toBe(1);
      expect(workload.offeredLoadExpected).toBeLessThanOrEqual(load);
      expect(workload.offeredLoadExpected).toBeCloseTo(16 / 60 / (machines * 2), 12);
    }
  });

  it("counts the CPU fraction and the longest runtime", async () => {
    const workload = await prepareWorkload(big, { ...AS_IS, cores: 1, cpuFraction: 0.5, maxRuntime: 0.75 });
    expect(workload.offeredLoadExpected).toBeCloseTo((13 * 0.5 + 0.75) / 60, 12);
    const rows = await rowsOf(workload);
    expect(new Set(rows.map((row) => row.runtime))).toEqual(new Set([0.5, 0.75]));
    expect(workload.report["put_out"]).toEqual({ invocations: 840, invocations_at_max_runtime: 60 });
  });
});

describe("what cannot be", () => {
  it.each([
    [
      { machines: "auto" } as const,
      "invalid machines: auto (--machines); expected --load with it, or a number of machines",
    ],
    [{ load: 0 }, "invalid load: 0 (--load); expected a fraction of the cluster's cores above 0, such as 0.9"],
    [
      { cut: [400, 500] } as const,
      "invalid cut: 400s..500s (--cut); expected a part of the trace, which is 360 s long",
    ],
    [
      { prices: [1, 2], classes: { kind: "weights", weights: [1], per: "function" } } as const,
      "invalid classes: weights:1 (--classes); expected 2 weights, one for each price",
    ],
  ])("%o is refused in one line", async (options, message) => {
    await failure(options).toThrow(message);
  });

  it("a cut without invocations", async () => {
    await failure({ cut: [60, 120] }, countTrace([{ counts: [1, 0, 1] }])).toThrow(
      "invalid cut: 60s..120s (--cut); expected a part of the trace that has invocations",
    );
    await failure({}, countTrace([{ counts: [0] }])).toThrow(
      "invalid trace: fake (no invocations); expected at least one",
    );
  });

  it("a load of a trace that needs no CPU time", async () => {
    const idle = countTrace([{ counts: [5] }], { durations: [{ f: 0, average: 0, percentiles: [0] }] });
    await failure({ load: 0.5 }, idle).toThrow(
      "invalid load: 0.5 (--load); expected as-is, or a cut whose invocations need CPU time",
    );
    expect(await run({}, idle)).toHaveLength(5);
  });

  it("the papers' shares for a number of prices that is not theirs", async () => {
    await failure({ prices: [1, 2, 3] }, countTrace([{ counts: [1] }])).toThrow(
      "invalid classes: default (--classes); expected weights:… with 3 weights, as the trace has no triggers and the papers' shares are for 5 prices",
    );
  });
});

it("rows of one instant go by function and then by index", async () => {
  const timers = countTrace(
    [0, 1, 2].map((f) => ({ app: `a${f}`, trigger: f === 1 ? "http" : "timer", counts: [30] })),
    { durations: [0, 1, 2].map((f) => ({ f, average: 100 + f, percentiles: [100 + f] })) },
  );
  const rows: Row[] = await run({ arrivals: { kind: "equidistant" } }, timers);
  const atStart = rows.filter((row) => row.arrival === 2);
  expect(atStart.map((row) => row.function)).toEqual(["f0", "f2"]);
});
