import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ingest } from "../../src/trace/ingest.js";
import type { Trace } from "../../src/trace/trace.js";
import { openTrace } from "../../src/trace/trace-folder.js";
import { prepareWorkload } from "../../src/workload/index.js";
import { AS_IS, type Row, rowsOf, total } from "./fakes.js";

const ROOT = join(import.meta.dirname, "../..");
const SAMPLE = join(ROOT, "traces/azure-functions-sample");
const folder = mkdtempSync(join(tmpdir(), "sample-"));
let trace: Trace;
beforeAll(async () => {
  await ingest([SAMPLE], { onBadRow: "stop" }, folder);
  trace = await openTrace(folder);
});
afterAll(async () => {
  await trace.close();
  rmSync(folder, { recursive: true });
});

describe("the embedded sample", () => {
  const built = existsSync(join(ROOT, "dist/random/distributions.js"));
  if (!built) console.warn("NOT TESTED: dist is absent, so the sample was not made again; npm test builds it");

  it.skipIf(!built)("is what its script writes, byte for byte", async () => {
    const again = mkdtempSync(join(tmpdir(), "sample-again-"));
    const { makeSample } = await import("../../scripts/make-sample.mjs");
    makeSample(again);
    expect(readdirSync(again)).toEqual(readdirSync(SAMPLE));
    for (const name of readdirSync(SAMPLE)) {
      expect(readFileSync(join(again, name)).equals(readFileSync(join(SAMPLE, name)))).toBe(true);
    }
    rmSync(again, { recursive: true });
  });

  it("is under 1 MB", () => {
    expect(total(readdirSync(SAMPLE).map((name) => statSync(join(SAMPLE, name)).size))).toBeLessThan(1e6);
  });

  it("has the size that its README says", () => {
    const { manifest, functions } = trace;
    expect(manifest).toMatchObject({ format: "azure-functions-2019", functions: 420, invocations: 411_494 });
    expect(new Set(functions.app).size).toBe(166);
    expect(new Set(functions.owner).size).toBe(95);
  });

  it("fills five machines to 88 %, asks for more than they have in some minutes and for less in most", async () => {
    const workload = await prepareWorkload(trace, { ...AS_IS, machines: "auto", load: 0.95 });
    expect(workload.machines).toBe(5);
    expect(workload.offeredLoadExpected).toBeCloseTo(0.883, 2);
    const demand = new Array<number>(120).fill(0);
    for (const row of await rowsOf(workload)) demand[Math.floor(row.arrival / 60)]! += row.runtime / 60;
    const over = demand.filter((cores) => cores > 40).length;
    expect(over).toBeGreaterThan(5);
    expect(over).toBeLessThan(40);
  });

  it("has no function that needs more than 5 % of the CPU", async () => {
    const cpu = new Map<string, number>();
    for (const row of await rowsOf(await prepareWorkload(trace, AS_IS))) {
      cpu.set(row.function!, (cpu.get(row.function!) ?? 0) + row.runtime);
    }
    expect(Math.max(...cpu.values()) / total(cpu.values())).toBeLessThan(0.05);
  });

  it("starts its timers at full minutes, forty and more at one instant", async () => {
    const workload = await prepareWorkload(trace, AS_IS);
    const timers = (await rowsOf(workload)).filter((row: Row) => row.trigger === "timer");
    const atOnce = new Map<number, number>();
    for (const row of timers) atOnce.set(row.arrival, (atOnce.get(row.arrival) ?? 0) + 1);
    expect(timers.every((row) => row.arrival % 60 === 0)).toBe(true);
    expect(Math.max(...atOnce.values())).toBeGreaterThan(40);
  });

  it("lacks a few rows as the real files do, and they are filled and counted", async () => {
    const { report } = await prepareWorkload(trace, AS_IS);
    expect(report["durations"]).toMatchObject({ from: { own: { function_days: 416 }, donor: { function_days: 4 } } });
    const { from } = report["memory"] as { from: Record<string, { function_days: number }> };
    expect(from["donor"]!.function_days).toBeGreaterThan(0);
    expect(from["published"]!.function_days).toBe(0);
  });
});
