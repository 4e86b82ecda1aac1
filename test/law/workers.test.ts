import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parseOptions, resolveTexts } from "../../src/cli/run-options.js";
import { run } from "../../src/run.js";
import { SCHEDULERS } from "../../src/scheduler/schedulers.js";
import { BATCH_ROWS } from "../../src/table/index.js";
import { ingest } from "../../src/trace/ingest.js";
import { openTrace } from "../../src/trace/trace-folder.js";
import { done } from "../cli/built.js";
import { DIFFERS, runFolder, SAMPLE } from "./runs.js";
import { newFolder, sha256Of } from "./tables.js";

it("of several batches a worker per scheduler and a thread for its tables make the bytes that one thread makes", async () => {
  const folder = newFolder();
  const lines = Array.from({ length: 150_000 }, (_, i) => `${i / 64},${((i * 7919) % 1009) / 1000},${i % 5}`);
  writeFileSync(join(folder, "long.csv"), `arrival_s,runtime_s,price_class\n${lines.join("\n")}\n`);
  const flags = { scheduler: Object.keys(SCHEDULERS).join(","), machines: "5", cores: "8", k: "2" };
  const options = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
  await done(["replay", "long.csv", "-o", "run", ...options], folder);
  const expected = sha256Of(await runFolder(join(folder, "long.csv"), flags), DIFFERS);
  expect(sha256Of(join(folder, "run"), DIFFERS)).toEqual(expected);
});

it("of more batches than fit between them, every row written as it ends: threads make the bytes that one makes", async () => {
  const built: { run: typeof run } = await import(join(import.meta.dirname, "../../dist/run.js"));
  const traceFolder = newFolder();
  await ingest([SAMPLE], { onBadRow: "stop" }, traceFolder);
  const flags = { machines: "80", cores: "4", load: "1", scheduler: "random", cut: "0s..40m" };
  const options = parseOptions(resolveTexts({}, flags));
  const sums = [];
  for (const [way, workers] of [
    [run, 0],
    [built.run, 1],
  ] as const) {
    const trace = await openTrace(traceFolder);
    const folder = newFolder();
    const facts = await way(trace, options, folder, { workers, partRows: 2 * BATCH_ROWS });
    await trace.close();
    expect(facts.workload.rows).toBeGreaterThan(14 * BATCH_ROWS);
    sums.push(sha256Of(folder, DIFFERS));
  }
  expect(sums[1]).toEqual(sums[0]);
});
