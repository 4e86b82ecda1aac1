import { writeFileSync } from "node:fs";
import { availableParallelism, cpus, hostname } from "node:os";
import { join } from "node:path";
import type { RunFacts } from "./run.js";
import { TABLE_VERSION } from "./table/index.js";
import type { Trace } from "./trace/trace.js";
import { VERSION } from "./version.js";

/**
 * Writes run.json, which is the same for equal runs, and timings.json, which is not; returns the former. `texts` are
 * the options as their flags have them, `reading` is how the trace's files were read.
 */
export function writeManifests(
  folder: string,
  trace: Trace,
  reading: Readonly<Record<string, unknown>>,
  texts: Readonly<Record<string, string>>,
  facts: RunFacts,
  circumstances: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const { name, kind, format, sha256 } = trace.manifest;
  const { results, workload } = facts;
  const manifest = {
    replaybook: VERSION,
    table_version: TABLE_VERSION,
    trace: { name, kind, format, sha256, ...reading },
    seed: Number(texts["seed"]),
    options: texts,
    machines: facts.machines,
    from_s: facts.from,
    to_s: facts.to,
    sample_every_s: facts.sampleEvery,
    offered_load: facts.offeredLoad,
    workload: { ...workload, ...facts.report },
    schedulers: Object.fromEntries(results.map(({ scheduler, ...result }) => [scheduler, result])),
    checks: {
      every_arrival_ended_once_or_is_unfinished: results.every(
        (r) => r.arrived === r.finished + r.killed + r.rejected + r.unfinished,
      ),
      cpu_delivered_is_cpu_needed: results.every(
        (r) => r.finished < workload.rows || (r.options?.retries ?? 0) > 0 || near(r.cpu_s, workload.cpu_s),
      ),
    },
  };
  writeFileSync(join(folder, "run.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  const timings = {
    ...circumstances,
    host: hostname(),
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    node: process.version,
    seconds: facts.seconds,
  };
  writeFileSync(join(folder, "timings.json"), `${JSON.stringify(timings, null, 2)}\n`);
  return manifest;
}

function near(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(b));
}
