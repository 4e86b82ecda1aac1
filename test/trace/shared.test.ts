import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { cells, openCounts, openLog, read } from "./helpers.js";

const shared = join(import.meta.dirname, "../../../shared/traces");
const there = existsSync(shared);
if (!there) console.warn("../shared/traces is not there: the real traces are not tested");
const real = it.skipIf(!there);

real("reads azure2019-500: 500 functions, 3,037,902 invocations, 53 cores on average", async () => {
  const { folder, manifest } = await read(join(shared, "azure2019-500"));
  expect(manifest).toMatchObject({
    format: "azure-functions-2019",
    functions: 500,
    invocations: 3037902,
    first_minute: 479,
    duration_s: 480 * 60,
    lacks: ["price_class"],
    rows: { invocations: { kept: 500 }, durations: { kept: 500 }, memory: { kept: 500 } },
    notes: [],
  });
  const { functions, minutes, close, durations, memory } = await openCounts(folder);
  expect([new Set(functions.app).size, new Set(functions.owner).size]).toEqual([476, 428]);
  expect([durations.length, memory.length]).toEqual([500, 500]);
  let sum = 0;
  let seen = 0;
  for await (const { count, length } of minutes(0, 480)) {
    seen++;
    for (let i = 0; i < length; i++) sum += count[i]!;
  }
  await close();
  expect([seen, sum]).toEqual([480, 3037902]);
  expect(manifest.cpu!.cpu_s / manifest.duration_s).toBeCloseTo(53.2, 1);
  const shares = manifest.cpu!.biggest.map(({ share }) => share);
  expect(shares[0]).toBeCloseTo(0.35, 2);
  expect(shares[0]! + shares[1]! + shares[2]!).toBeCloseTo(0.76, 2);
});

real("reads azure2019-small-40, and leaves aside the file that says why", async () => {
  const { folder, manifest } = await read(join(shared, "azure2019-small-40"));
  expect(manifest).toMatchObject({ functions: 40, rows: { invocations: { kept: 40 } } });
  expect(manifest.notes).toEqual(["left aside, no table of azure-functions-2019: WHY.csv"]);
  expect((await cells(folder)).length).toBeGreaterThan(1000);
});

real("reads azure2021-200: 199 invocations of 31 functions in 13 apps", async () => {
  const { folder, manifest } = await read(join(shared, "azure2021-200"));
  expect(manifest).toMatchObject({ format: "azure-functions-2021", functions: 31, invocations: 199, notes: [] });
  const { functions, batches, close } = await openLog(folder);
  expect(new Set(functions.app).size).toBe(13);
  let last = 0;
  for await (const { rows, columns } of batches()) {
    for (let i = 0; i < rows; i++) {
      expect(columns["arrival_s"]![i]).toBeGreaterThanOrEqual(last);
      last = columns["arrival_s"]![i]!;
    }
  }
  await close();
  expect(last).toBe(manifest.duration_s);
});

real("reads azure-llm2023: 8,819 requests in 57 minutes, 2.5 instances busy at the rates assumed", async () => {
  const { folder, manifest } = await read(join(shared, "azure-llm2023"));
  expect(manifest).toMatchObject({
    format: "azure-llm-2023",
    functions: 1,
    invocations: 8819,
    starts_at: "2023-11-16T18:17:03.97996Z",
    duration_s: 3435.948056,
  });
  expect(manifest.cpu!.biggest[0]!.function).toBe("code");
  expect(manifest.cpu!.cpu_s / manifest.duration_s).toBeCloseTo(2.51, 2);
  const { batches, close } = await openLog(folder);
  let [context, generated, last] = [0, 0, 0];
  for await (const { rows, columns } of batches()) {
    for (let i = 0; i < rows; i++) {
      context += columns["context_tokens"]![i]!;
      generated += columns["generated_tokens"]![i]!;
      expect(columns["arrival_s"]![i]).toBeGreaterThanOrEqual(last);
      last = columns["arrival_s"]![i]!;
    }
  }
  await close();
  expect(context * 0.00007 + generated * 0.03).toBeCloseTo(manifest.cpu!.cpu_s, 6);
});
