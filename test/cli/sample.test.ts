import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { register as registerIngest } from "../../src/cli/ingest.js";
import { register } from "../../src/cli/sample.js";
import { openTrace } from "../../src/trace/trace-folder.js";
import { call } from "./call.js";

const folder = mkdtempSync(join(tmpdir(), "sample-command-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
const SAMPLE = join(import.meta.dirname, "../../traces/azure-functions-sample");

const content = (path: string) =>
  Object.fromEntries(readdirSync(path).map((name) => [name, readFileSync(join(path, name)).toString("base64")]));

describe("replaybook sample", () => {
  it("writes a trace folder, and prints how like the trace it is", async () => {
    const text = await call(register, "sample", SAMPLE, "--functions", "100", "--seed", "7", "-o", at("hundred"));
    const trace = await openTrace(at("hundred"));
    await trace.close();
    expect(trace.manifest).toMatchObject({ name: "azure-functions-sample-100", functions: 100, sample: { seed: 7 } });
    expect(readdirSync(at("hundred")).sort()).toEqual([
      "counts.arrow",
      "durations.arrow",
      "functions.arrow",
      "manifest.json",
      "memory.arrow",
    ]);
    const lines = text.split("\n");
    expect(lines.slice(0, 2)).toEqual([
      "azure-functions-sample-100:",
      "  100 of the 420 functions of azure-functions-sample, seed 7",
    ]);
    expect(lines[2]).toMatch(/^ {2}[\d,]+ of 411,494 invocations \(\d+\.\d%\), \d+\.\d% of the CPU time$/);
    for (const name of ["invocations a day", "mean duration", "memory, MiB", "variation of gaps", "trigger"]) {
      expect(lines.filter((line) => line.startsWith(`  ${name} `))).toHaveLength(1);
    }
    expect(text).toContain(`\nwrote ${at("hundred")}\n`);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  it("writes the same bytes from a provider's files as from the trace folder made of them", async () => {
    await call(registerIngest, "ingest", SAMPLE, "-o", at("whole"));
    await call(register, "sample", SAMPLE, "--functions", "30", "-o", at("a"));
    await call(
      register,
      "sample",
      at("whole"),
      "--functions",
      "30",
      "-o",
      at("b"),
      "--name",
      "azure-functions-sample-30",
    );
    expect(content(at("a"))).toEqual(content(at("b")));
  });

  it("samples a workload table of its functions, and says what none of them has", async () => {
    const path = at("log.csv");
    const rows = Array.from({ length: 60 }, (_, i) => `${i},${1 + (i % 5)},f${i % 6}`);
    writeFileSync(path, `arrival_s,runtime_s,function\n${rows.join("\n")}\n`);
    const text = await call(register, "sample", path, "--functions", "3", "-o", at("log"));
    expect(text).toContain("log-3:\n  3 of the 6 functions of log, seed 1\n  30 of 60 invocations (50.0%)");
    expect(text).toContain("functions without, trace and sample: memory, MiB: 6 and 3");
  });

  it("prints JSON", async () => {
    const report = JSON.parse(await call(register, "sample", SAMPLE, "--functions", "10", "-o", at("json"), "--json"));
    expect(report.distances.map(({ name }: { name: string }) => name)).toContain("burstiness");
    expect(report.triggers[0]).toMatchObject({ trigger: "timer", trace: 158 });
  });

  it("keeps bad rows that were set aside", async () => {
    const path = at("bad.csv");
    writeFileSync(path, "arrival_s,runtime_s,function\n0,1,f\n1,much,f\n2,1,g\n");
    await call(register, "sample", path, "--functions", "1", "-o", at("kept"), "--on-bad-row", "quarantine");
    expect(readdirSync(at("kept"))).toContain("rejects.csv");
  });

  it.each([
    [["--functions", "0"], "invalid functions: 0 (--functions); expected a whole number from 1 to "],
    [
      ["--functions", "421"],
      "invalid functions: 421 (--functions); expected a whole number from 1 to 420, the functions of",
    ],
    [["--functions", "5", "--seed", "-1"], "invalid seed: -1 (--seed); expected a whole number from 0 to "],
  ])("refuses %j, and leaves nothing behind", async (options, message) => {
    await expect(call(register, "sample", SAMPLE, ...options, "-o", at("none"))).rejects.toThrow(message);
    expect(readdirSync(folder).filter((name) => name.startsWith("none"))).toEqual([]);
  });

  it("does not replace what it reads", async () => {
    await call(register, "sample", SAMPLE, "--functions", "5", "-o", at("five"));
    await expect(call(register, "sample", at("five"), "--functions", "2", "-o", at("five"), "--force")).rejects.toThrow(
      "which would replace what is to be read",
    );
  });
});
