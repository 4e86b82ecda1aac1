import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ingest } from "../../src/trace/ingest.js";
import type { Trace } from "../../src/trace/trace.js";
import { openTrace } from "../../src/trace/trace-folder.js";
import { prepareWorkload, type Workload } from "../../src/workload/index.js";
import { AS_IS } from "./fakes.js";

const SHARED = join(import.meta.dirname, "../../../shared/traces");
const there = existsSync(SHARED);
if (!there) console.warn("NOT TESTED: ../shared/traces is absent, so no real trace was expanded");

/** Rows, CPU seconds and their squares' sum; throws where rows are not sorted. */
async function sums(workload: Workload): Promise<{ rows: number; cpu: number; squares: number }> {
  const sum = { rows: 0, cpu: 0, squares: 0 };
  let last = 0;
  for await (const { rows, columns } of workload.batches()) {
    const arrival = columns["arrival_s"]!;
    const runtime = columns["runtime_s"]!;
    for (let i = 0; i < rows; i++) {
      if (arrival[i]! < last) throw new Error("not sorted by arrival");
      last = arrival[i]!;
      sum.cpu += runtime[i]!;
      sum.squares += runtime[i]! * runtime[i]!;
    }
    sum.rows += rows;
  }
  return sum;
}

describe.skipIf(!there)("azure2019-500 (../shared/traces)", () => {
  const folder = mkdtempSync(join(tmpdir(), "azure2019-"));
  let trace: Trace;
  beforeAll(async () => {
    await ingest([join(SHARED, "azure2019-500")], { onBadRow: "stop" }, folder);
    trace = await openTrace(folder);
  });
  afterAll(async () => {
    await trace?.close();
    rmSync(folder, { recursive: true });
  });

  it("keeps 53.2 cores busy over its 480 minutes: a third of 20 machines of 8", async () => {
    const workload = await prepareWorkload(trace, { ...AS_IS, machines: 20 });
    expect(workload.to).toBe(28_800);
    expect(workload.offeredLoadExpected * 160).toBeCloseTo(53.2, 1);
    const { rows, cpu, squares } = await sums(workload);
    expect(rows).toBe(3_037_902);
    expect(Math.abs(cpu - workload.offeredLoadExpected * 160 * 28_800)).toBeLessThan(4 * Math.sqrt(squares));
  });

  it("fits 8 machines at a load of 0.9 as it is, and 20 with 8.2 M invocations", async () => {
    expect((await prepareWorkload(trace, { ...AS_IS, machines: "auto", load: 0.9 })).machines).toBe(8);
    const workload = await prepareWorkload(trace, { ...AS_IS, machines: 20, load: 0.9 });
    const { rows, cpu, squares } = await sums(workload);
    expect(Math.abs(rows - workload.invocationsExpected)).toBeLessThan(4 * Math.sqrt(0.25 * 500 * 480));
    expect(Math.round(rows / 1e5)).toBe(82);
    expect(Math.abs(cpu - 0.9 * 160 * 28_800)).toBeLessThan(4 * Math.sqrt(squares));
  });
});
