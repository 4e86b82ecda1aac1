import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { register } from "../../src/cli/inspect.js";
import { inspectReport } from "../../src/cli/inspect-report.js";
import { type Inspection, inspect } from "../../src/workload/index.js";
import { AS_IS, countTrace } from "../workload/fakes.js";
import { call } from "./call.js";

const folder = mkdtempSync(join(tmpdir(), "inspect-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, lines: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, `${lines.join("\n")}\n`);
  return path;
}

const COUNTS = file("counts.csv", [
  "HashOwner,HashApp,HashFunction,Trigger,480,481,482,483,484,485",
  "o,a,poll,timer,1,1,1,1,1,1",
  "o,a,serve,http,20,60,0,240,20,20",
  "p,b,drain,queue,0,0,30,0,0,0",
]);
const LOG = file("log.csv", [
  "arrival_s,runtime_s,price_class,function",
  "0,1,0,f",
  "30,2,,g",
  "90,2,1,f",
  "150,2,1,f",
]);

describe("replaybook inspect", () => {
  it("says on one screen what is in a count trace", async () => {
    expect(await call(register, "inspect", COUNTS)).toBe(`\
counts: azure-functions-2019, counts by minute
  3 functions, 2 apps, 2 owners, 396 invocations
  6 min, from minute 480 of the release; 1.10 invocations/s

  invocations/s ▁▁▁▂▂▂▁▁▁███▁▁▁▁▁▁  0.35 to 4.02
  each bar 1 min; 21 to 241 invocations by the minute

                                min p10 p25 p50 p75 p90 p99  max
  functions  invocations a day 1.4k   -   -   -   -   -   -  86k
             variation of gaps 0.00   -   -   -   -   -   - 3.32
  gaps: 0 a clock, 1 Poisson, more comes in bursts; - too few to tell

  by trigger      http  queue  timer
    functions    33.3%  33.3%  33.3%
    invocations  90.9%   7.6%   1.5%

  missing   no durations, no memory, no price_class

a replay assumes, without options
  class     by trigger: http 4, queue, event and orchestration 2, others 0
  arrival   anywhere in its minute; timers at its start
  runtime   wall-clock time taken for CPU time, drawn from percentiles of
            Azure's published population
  memory    from percentile 1 up to a draw from percentiles of Azure's published
            population
  CPU       1.68 cores on average with all this: 1 machine of 8 at load 0.9
`);
  });

  it("says what is in a log, and what of it is missing", async () => {
    const text = await call(register, "inspect", LOG);
    expect(text).toContain("  2 functions, 4 invocations\n  2 min 30 s; 1.60 invocations/min\n");
    expect(text).toContain("missing   no owner, no app, no trigger, no memory");
    expect(text).toContain(
      "where it is not told, the papers' shares:\n            35% 25% 2% 15% 23% in classes 0 to 4",
    );
    expect(text).toContain("memory    drawn by app from Azure's published population: 100% of the");
  });

  it.each([
    ["memory_peak_mib", "memory    peak as recorded, start drawn by app from Azure's published population:"],
    ["memory_initial_mib", "memory    start as recorded, peak drawn by app from Azure's published population:"],
  ])("says that only the rest of the memory is drawn where %s is recorded", async (column, line) => {
    const log = file(`${column}.csv`, [`arrival_s,runtime_s,${column}`, "0,1,67", "30,2,67"]);
    expect((await call(register, "inspect", log)).replaceAll(/\n {12}/g, " ")).toContain(
      `${line} 100% of the invocations\n`,
    );
  });

  it("prints all of it as JSON", async () => {
    const found = JSON.parse(await call(register, "inspect", COUNTS, "--json"));
    expect(found).toMatchObject({
      trace: { name: "counts", functions: 3, invocations: 396, first_minute: 479 },
      invocations: [21, 61, 31, 241, 21, 21],
      missing: { functions_without_duration: 3 },
      assumed: { classes: "trigger (default)" },
    });
  });

  it("tells why a replay would refuse the trace", async () => {
    const path = file("classes.csv", ["arrival_s,runtime_s,price_class", "0,1,9", "1,1,0"]);
    expect(await call(register, "inspect", path)).toContain(
      "a replay, without options, refuses it\n  invalid price_class: 9 (row 0",
    );
  });

  it("leaves nothing behind in the folder for temporary files", async () => {
    await call(register, "inspect", COUNTS);
    await expect(call(register, "inspect", join(folder, "none"))).rejects.toThrow("invalid trace: ");
    const left = readdirSync(tmpdir()).filter((name) => name.startsWith(`replaybook-inspect.partial-${process.pid}`));
    expect(left).toEqual([]);
  });

  it("keeps to 80 columns and 46 lines, also where every number is long", async () => {
    const trace = countTrace([{ owner: "o", app: "a", trigger: "http", counts: [1, 2] }]);
    const plain = await inspect(trace, AS_IS);
    const amount = fc.oneof(fc.double({ min: 0, max: 8e7, noNaN: true }), fc.constant(0));
    const count = fc.nat(1e12);
    const label = fc.oneof(fc.constant(null), fc.string({ minLength: 1, maxLength: 64 }), fc.constant("x".repeat(64)));
    const distribution = fc.record({
      known: count,
      quantiles: fc.array(fc.option(amount), { minLength: 6, maxLength: 6 }),
      ...{ least: amount, largest: amount },
    });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const biggest = fc.record({
      ...{ function_id: count, owner: label, app: label, function: label, trigger: label, invocations: count },
      ...{ mean_s: amount, share },
    });
    const name = fc.oneof(fc.constant("n".repeat(200)), fc.string({ minLength: 1 }));
    const bars = fc.integer({ min: 1, max: 48 }).chain((n) => {
      const list = fc.array(amount, { minLength: n, maxLength: n });
      return fc.record({ invocations: list, cpu_s: list });
    });
    const drawn = fc.record({
      distributions: fc.array(distribution, { minLength: 6, maxLength: 6 }),
      triggers: fc.array(fc.record({ trigger: label, functions: count, invocations: count, cpu_s: amount }), {
        minLength: 1,
        maxLength: 9,
      }),
      biggest: fc.array(biggest, { maxLength: 5 }),
      ...{ name, bars, count, mean: amount },
      duration: fc.oneof(fc.constant(0), fc.double({ min: 1e-3, max: 4e7, noNaN: true })),
    });
    fc.assert(
      fc.property(drawn, (of) => {
        const [a, b, c, d, e, f] = of.distributions as [Inspection["functions"]["gaps_cv"]][0][];
        const inspection: Inspection = {
          ...plain,
          trace: { ...plain.trace, name: of.name, duration_s: of.duration, functions: of.count, invocations: of.count },
          ...of.bars,
          owners: of.count,
          apps: of.count,
          mean_cores: of.mean,
          triggers: of.triggers,
          functions: { invocations_per_day: a!, mean_duration_s: b!, memory_mib: c!, gaps_cv: d! },
          by_invocation: { duration_s: e!, memory_mib: f! },
          cpu: { ...plain.cpu, biggest: of.biggest },
        };
        const lines = inspectReport(inspection).split("\n");
        expect(lines.filter((line) => line.length > 80)).toEqual([]);
        expect(lines.length).toBeLessThanOrEqual(46);
      }),
      { seed: 5 },
    );
  });
});

const shared = join(import.meta.dirname, "../../../shared/traces");
const there = existsSync(shared);
if (!there) console.warn("NOT TESTED: ../shared/traces is not there, so no real trace is inspected");

describe.skipIf(!there)("of a real trace", () => {
  it("says that azure2019-500 asks for 53.2 cores, 25.9 to 128 by the minute, a third for one function", async () => {
    const text = await call(register, "inspect", join(shared, "azure2019-500"));
    expect(text).toContain("500 functions, 476 apps, 428 owners, 3,037,902 invocations");
    expect(text).toContain("53.2 cores asked for on average, 25.9 to 128 by the minute");
    expect(text).toMatch(/queue +1,792 +5\.0m +35\.1%/);
  });

  it.each(["azure2019-500", "azure2019-small-40", "azure2021-200", "azure-llm2023"])(
    "fits %s on one screen",
    async (name) => {
      const lines = (await call(register, "inspect", join(shared, name))).split("\n");
      expect(lines.filter((line) => line.length > 80)).toEqual([]);
      expect(lines.length).toBeLessThanOrEqual(46);
    },
  );
});
