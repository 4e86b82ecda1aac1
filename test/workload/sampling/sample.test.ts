import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ingest } from "../../../src/trace/ingest.js";
import type { Trace } from "../../../src/trace/trace.js";
import { openTrace } from "../../../src/trace/trace-folder.js";
import { prepareWorkload } from "../../../src/workload/index.js";
import { sampleTrace } from "../../../src/workload/sampling/sample.js";
import { AS_IS, rowsOf } from "../fakes.js";

const scratch = mkdtempSync(join(tmpdir(), "sampling-"));
let folders = 0;
let trace: Trace;
beforeAll(async () => {
  trace = await opened(join(import.meta.dirname, "../../../traces/azure-functions-sample"));
});
afterAll(async () => {
  await trace.close();
  rmSync(scratch, { recursive: true });
});

async function opened(path: string): Promise<Trace> {
  const folder = emptyFolder();
  await ingest([path], { onBadRow: "stop" }, folder);
  return openTrace(folder);
}

function emptyFolder(): string {
  const folder = join(scratch, String(folders++));
  mkdirSync(folder);
  return folder;
}

async function drawn(from: Trace, functions: number, seed = 1) {
  const folder = emptyFolder();
  const report = await sampleTrace(from, { functions, seed }, folder);
  const sample = await openTrace(folder);
  await sample.close();
  return { folder, report, names: sample.functions.function };
}

const content = (folder: string) =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name)).toString("base64")]));

describe("a sample of a trace", () => {
  it("of 100 functions lies inside that of 200 of the same seed, and another seed draws others", async () => {
    const [few, many, others] = [await drawn(trace, 100), await drawn(trace, 200), await drawn(trace, 100, 2)];
    expect([few.names.length, many.names.length]).toEqual([100, 200]);
    expect(few.names.every((name) => many.names.includes(name))).toBe(true);
    expect(others.names.filter((name) => few.names.includes(name)).length).toBeLessThan(60);
  });

  it("is the same, byte for byte, from the same seed", async () => {
    const [a, b] = [await drawn(trace, 60, 9), await drawn(trace, 60, 9)];
    expect(content(a.folder)).toEqual(content(b.folder));
  });

  it("says in its manifest what it was drawn from, and how close it is", async () => {
    const { report } = await drawn(trace, 50, 3);
    const { name, sha256, functions, invocations } = trace.manifest;
    expect(report.manifest).toMatchObject({
      name: `${name}-50`,
      functions: 50,
      duration_s: trace.manifest.duration_s,
      sample: { from: { name, sha256, functions, invocations }, functions: 50, seed: 3 },
    });
    const { distances } = report.manifest.sample!;
    expect(Object.keys(distances)).toEqual(["rate", "duration", "memory", "burstiness", "trigger", "pairs"]);
    for (const distance of Object.values(distances)) expect(distance).toBeLessThan(0.5);
    expect(report.distances.find(({ name: of }) => of === "rate")!.distance).toBe(distances["rate"]);
  });

  it("of a sample remembers both", async () => {
    const first = await drawn(trace, 100);
    const sample = await openTrace(first.folder);
    const { manifest } = (await drawn(sample, 10)).report;
    await sample.close();
    expect(manifest.sample!.from.sha256).toBe(first.report.manifest.sha256);
    expect(manifest.sample!.from.sample!.from.sha256).toBe(trace.manifest.sha256);
  });

  it("has the same arrivals in a replay as the whole has for its functions, and the same runtimes where they are its own", async () => {
    const { folder, names } = await drawn(trace, 60);
    const sample = await openTrace(folder);
    if (sample.kind !== "counts") throw new Error("not a count trace");
    const own = new Set(Array.from(sample.durations.functionId, (f) => names[f]));
    const lines = async (of: Trace) => {
      const rows = (await rowsOf(await prepareWorkload(of, AS_IS))).filter((row) => names.includes(row.function));
      return rows.map((row) => `${row.function} ${row.arrival} ${own.has(row.function) ? row.runtime : ""}`).toSorted();
    };
    const [part, whole] = [await lines(sample), await lines(trace)];
    await sample.close();
    expect(part.length).toBe(sample.manifest.invocations);
    expect(part.filter((line, i) => line !== whole[i])).toEqual([]);
  });

  it("cannot be larger than the trace", async () => {
    await expect(drawn(trace, 421)).rejects.toThrow(
      /^invalid functions: 421 \(--functions\); expected a whole number from 1 to 420, the functions of /,
    );
  });
});

const shared = join(import.meta.dirname, "../../../../shared/traces");
const there = existsSync(shared);
if (!there) console.warn("NOT TESTED: ../shared/traces is not there, so no sample is drawn from real traces");

describe.skipIf(!there)("a sample of a real trace", () => {
  it("of 100 of 500 Azure functions keeps triggers within 2 functions and is closer than random ones in most", async () => {
    const real = await opened(join(shared, "azure2019-500"));
    const { report } = await drawn(real, 100, 1);
    await real.close();
    for (const { trace: all, sample } of report.triggers) expect(Math.abs(sample - all / 5)).toBeLessThan(2);
    expect(report.distances.filter(({ distance, random }) => distance < random).length).toBeGreaterThanOrEqual(4);
  });

  it("of a log keeps all invocations of its functions", async () => {
    const real = await opened(join(shared, "azure2021-200"));
    const { report, folder } = await drawn(real, 31);
    await real.close();
    expect(report.manifest.sha256).toBe(real.manifest.sha256);
    expect(report.manifest.invocations).toBe(199);
    expect(readdirSync(folder).sort()).toEqual(["functions.arrow", "invocations.arrow", "manifest.json"]);
  });
});
