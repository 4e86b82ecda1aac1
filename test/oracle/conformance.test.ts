import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { XX_OFF, type XXOptions } from "../../src/scheduler/xx/options.js";
import { replayInMemory } from "./replay-in-memory.js";

const FOLDER = join(import.meta.dirname, "../../../shared/conformance");

interface Case {
  scheduler: string;
  machines: number;
  cores: number;
  prices: number[];
  ram_mib: number | null;
  swap_mib: number | null;
  swap_in_watermark: number;
  idle_threshold_mib: number | null;
  idle_rule: XXOptions["idleListRule"];
  k: number;
  shards: number;
  until_s: number | null;
}

function rows(path: string): Record<string, string>[] {
  const [header, ...lines] = readFileSync(path, "utf8").trim().split(/\r?\n/);
  const names = header!.split(",");
  return lines.map((line) => Object.fromEntries(line.split(",").map((value, i) => [names[i]!, value])));
}

const cases = existsSync(FOLDER)
  ? readdirSync(FOLDER).filter((name) => existsSync(join(FOLDER, name, "case.json")))
  : [];
const read = (name: string) => JSON.parse(readFileSync(join(FOLDER, name, "case.json"), "utf8")) as Case;

if (cases.length === 0) {
  console.warn("NOT TESTED: ../shared/conformance is absent, so no conformance case was replayed");
  it.skip("replays the conformance cases (../shared/conformance is absent)", () => {});
} else {
  it.each(cases)("%s: every invocation as the independent simulator has it", (name) => {
    const options = read(name);
    const plain = {
      ...options,
      ram: options.ram_mib ?? Number.POSITIVE_INFINITY,
      swap: options.swap_mib ?? Number.POSITIVE_INFINITY,
      swapInWatermark: options.swap_in_watermark,
      ...(options.idle_threshold_mib === null
        ? {}
        : { xx: { ...XX_OFF, idleThreshold: options.idle_threshold_mib, idleListRule: options.idle_rule } }),
    };
    const workload = rows(join(FOLDER, name, "workload.csv"));
    const expected = rows(join(FOLDER, name, "expected.csv"));
    const column = (key: string) => workload.map((row) => Number(row[key]));
    const invocations = {
      arrival_s: column("arrival_s"),
      runtime_s: column("runtime_s"),
      price_class: column("price_class"),
      memory_initial_mib: column("memory_initial_mib"),
      memory_peak_mib: column("memory_peak_mib"),
    };
    // Keeping sandboxes that take no time to start changes nothing, but the machines are those on which things take time.
    const timed = { ...plain, xx: { ...XX_OFF, ...plain.xx, keepAlive: 1 } };
    const variants = options.scheduler === "xx" ? [plain, timed] : [plain];
    for (const [config, chunkRows] of variants.flatMap((of) => [1, 64, 100_000].map((rows) => [of, rows] as const))) {
      const got = replayInMemory(options.scheduler, config, invocations, options.until_s, chunkRows);
      expect(expected.length).toBe(workload.length);
      for (const [i, row] of expected.entries()) {
        const at = `${name} invocation ${i}`;
        if (row["outcome"] === "unfinished" && !got.ended[i]) {
          expect(invocations.arrival_s[i], at).toBeGreaterThan(options.until_s!);
          continue;
        }
        expect(got.machine[i], at).toBe(Number(row["machine"]));
        expect(got.preemptions[i], at).toBe(Number(row["preemptions"]));
        expect(got.swapOuts[i], at).toBe(Number(row["swap_outs"]));
        const outcome = Number.isNaN(got.finish[i]!) ? "unfinished" : got.wasKilled[i] ? "killed" : "finished";
        expect(outcome, at).toBe(row["outcome"]);
        for (const [mine, theirs] of [
          [got.start[i]!, row["start_s"]!],
          [got.finish[i]!, row["finish_s"]!],
        ] as const) {
          if (theirs === "") expect(mine, at).toBeNaN();
          else expect(Math.abs(mine - Number(theirs)), at).toBeLessThanOrEqual(1e-6 * Math.max(1, Number(theirs)));
        }
      }
    }
  });
}
