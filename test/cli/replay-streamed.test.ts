import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { summarise } from "../../src/analysis/latency.js";
import { openRun } from "../../src/analysis/run-folder.js";
import type { Estimate } from "../../src/analysis/summary.js";
import { register as registerLatency } from "../../src/cli/latency.js";
import { register as registerReplay } from "../../src/cli/replay.js";
import { register as registerSummary } from "../../src/cli/summary.js";
import { SKETCH_ERROR } from "../../src/statistics/sketch.js";
import { BATCH_ROWS, readTable } from "../../src/table/index.js";
import { checksums, done } from "./built.js";
import { call } from "./call.js";

const here = mkdtempSync(join(tmpdir(), "replaybook-streamed-"));
const at = (...path: string[]) => join(here, ...path);
const sample = join(import.meta.dirname, "../../traces/azure-functions-sample");
// Some wait, some are preempted, some have not ended.
const SHARED = ["--machines", "3", "--cores", "2", "--load", "1.1", "--cut", "0s..10m", "--warmup", "90s"];
const OPTIONS = [sample, ...SHARED, "--until", "11m", "--scheduler", "xx,hermod,edf", "--window", "100s"];
const replayInThread = (name: string, ...more: string[]) =>
  call(registerReplay, "replay", ...OPTIONS, ...more, "-o", at(name));
const rowsOf = (...path: string[]) =>
  readTable(at(...path))
    .toArray()
    .map((row) => row.toJSON() as Record<string, unknown>);
const manifest = (name: string) => JSON.parse(readFileSync(at(name, "run.json"), "utf8"));

beforeAll(async () => {
  await replayInThread("all");
  await replayInThread("none", "--record", "none");
  await done(["replay", ...OPTIONS, "--record", "sample=0.05", "-o", "sampled"], here);
});
afterAll(() => rmSync(here, { recursive: true }));

describe.each(["none", "sampled"])("a replay of which not every row is kept (%s)", (name) => {
  it("is of the same workload and comes to the same counts", () => {
    const [kept, all] = [manifest(name), manifest("all")];
    expect(kept.workload).toEqual(all.workload);
    expect(kept.schedulers).toEqual(all.schedulers);
    expect(kept.workload.rows).toBeGreaterThan(1000);
  });

  it("has a summary whose counts are exact and whose quantiles are within 1/256", async () => {
    const [kept, all] = [await summarise(openRun(at(name))), await summarise(openRun(at("all")))];
    for (const [s, exact] of all.schedulers.entries()) {
      const sketched = kept.schedulers[s]!;
      expect(sketched.utilisation).toEqual(exact.utilisation);
      for (const [i, of] of [...exact.classes, exact.all].entries()) {
        const found = [...sketched.classes, sketched.all][i]!;
        const counts = ({ latency_s: _, slowdown: __, ...rest }: typeof of) => rest;
        expect(counts(found)).toEqual(counts(of));
        const near = (a: Estimate, b: Estimate, floor: number) => {
          if (b.value === null) return expect(a.value).toBeNull();
          return expect(Math.abs(a.value! - b.value)).toBeLessThanOrEqual(SKETCH_ERROR * (b.value - floor) + 1e-12);
        };
        for (const q of ["p50", "p99", "p999"] as const) {
          near(found.latency_s[q], of.latency_s[q], 0);
          near(found.slowdown[q], of.slowdown[q], 1);
        }
        expect(found.slowdown.mean.value ?? 0).toBeCloseTo(of.slowdown.mean.value ?? 0, 9);
      }
    }
    const some = kept.schedulers.flatMap(({ classes }) => classes.map(({ slowdown }) => slowdown.p50.value));
    expect(some).toContain(1);
  });

  it("has the windows of the whole, their quantiles within 1/256", () => {
    for (const scheduler of ["xx", "hermod", "edf"]) {
      const [kept, all] = [rowsOf(name, scheduler, "windows.arrow"), rowsOf("all", scheduler, "windows.arrow")];
      expect(kept.length).toBe(all.length);
      for (const [i, row] of all.entries()) {
        for (const [column, value] of Object.entries(row)) {
          const found = kept[i]![column];
          const close = typeof value === "number" && /_(mean|p\d+|max)/.test(column);
          if (!close) expect(found).toBe(value);
          else expect(Math.abs((found as number) - value)).toBeLessThanOrEqual(SKETCH_ERROR * value + 1e-12);
        }
      }
    }
  });

  it("has the machines' table of the whole", () => {
    for (const scheduler of ["xx", "hermod", "edf"])
      expect(rowsOf(name, scheduler, "machines.arrow")).toEqual(rowsOf("all", scheduler, "machines.arrow"));
  });

  it("says in every table which workload it was", () => {
    const { metadata } = readTable(at(name, "xx", "machines.arrow")).schema;
    expect(metadata.get("workload_sha256")).toBe(manifest("all").workload.sha256);
  });

  it("is summed up on the terminal, which says that quantiles are sketched", async () => {
    const text = await call(registerSummary, "summary", at(name));
    expect(text).toContain("quantiles are from sketches (--record");
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });
});

it("keeps the same sampled rows under every scheduler, each as it is in the whole", () => {
  const workload = rowsOf("sampled", "workload.arrow");
  const whole = rowsOf("all", "workload.arrow");
  const numbers = workload.map((row) => row["invocation"] as number);
  expect(numbers.length / whole.length).toBeGreaterThan(0.03);
  expect(numbers.length / whole.length).toBeLessThan(0.07);
  for (const { invocation, ...row } of workload) expect(row).toEqual(whole[invocation as number]);
  for (const scheduler of ["xx", "hermod", "edf"]) {
    const rows = rowsOf("all", scheduler, "invocations.arrow");
    const kept = rowsOf("sampled", scheduler, "invocations.arrow");
    for (const row of kept) expect(row).toEqual(rows[row["invocation"] as number]);
    expect(kept.map((row) => row["invocation"] as number).sort((a, b) => a - b)).toEqual(numbers);
  }
});

it("is the same when a thread for each scheduler reads what another draws, more than fits between them", async () => {
  await done(["generate", "paper", "--ticks", "3200", "--load", "190", "-o", "paper.arrow"], here);
  const replay = (name: string, record: string) =>
    done(["replay", "paper.arrow", "--scheduler", "xx,edf", "--record", record, "-o", name], here);
  await replay("rows", "all");
  await replay("no-rows", "none");
  await replay("again", "none");
  expect(manifest("no-rows").workload).toEqual(manifest("rows").workload);
  expect(manifest("no-rows").workload.rows).toBeGreaterThan(9 * BATCH_ROWS);
  expect(manifest("no-rows").schedulers).toEqual(manifest("rows").schedulers);
  expect(checksums(at("again"))).toEqual(checksums(at("no-rows")));
});

it("has no table of rows where none were kept", () => {
  expect(existsSync(at("none", "workload.arrow"))).toBe(false);
  expect(existsSync(at("none", "xx", "invocations.arrow"))).toBe(false);
});

it.each([
  ["none", "none were kept"],
  ["sampled", "only sample=0.05 of them were kept"],
])("is refused by what needs every row (%s)", async (name, kept) => {
  await expect(call(registerLatency, "latency", at(name))).rejects.toThrow(
    `invalid run: ${at(name)} (xx/invocations has a row per invocation, and ${kept}); expected a run with --record all`,
  );
});

it.each(["some", "sample=0", "sample=1", "sample=", "sample=x", "sample=-0.1"])("refuses --record %s", async (text) => {
  await expect(replayInThread("wrong", "--record", text)).rejects.toThrow(
    `invalid record: ${text} (--record); expected all, none or sample= and a fraction between 0 and 1, such as sample=0.01`,
  );
});

it("refuses memory that is too small for the workload, and leaves nothing", async () => {
  const small = replayInThread("small", "--record", "none", "--ram", "1MiB");
  await expect(small).rejects.toThrow(/^invalid ram: 1MiB \(--ram\); expected at least /);
  expect(existsSync(at("small"))).toBe(false);
});
