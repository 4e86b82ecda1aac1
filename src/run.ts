import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, hostname } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MessageChannel } from "node:worker_threads";
import { Tinypool } from "tinypool";
import { Invalid } from "./invalid.js";
import type { ReplayResult, ReplayTask } from "./replay.js";
import { replayTask, type WorkerResult, type WorkerTask } from "./replay-worker.js";
import { budgetsOf, described, planned, type XXPlan } from "./scheduler/xx/plan.js";
import { BATCH_ROWS, TABLE_VERSION } from "./table/index.js";
import type { Trace } from "./trace/trace.js";
import type { MiB, Seconds } from "./units.js";
import { VERSION } from "./version.js";
import { prepareWorkload } from "./workload/index.js";
import type { Workload, WorkloadOptions } from "./workload/workload.js";
import { type WorkloadFacts, writeWorkload } from "./workload-file.js";

/** Every option of a run but its trace, resolved. */
export interface RunOptions extends WorkloadOptions {
  readonly schedulers: readonly string[];
  readonly k: number;
  readonly shards: number;
  /** Memory of a machine and its swap space; Infinity: unlimited. See SchedulerConfig. */
  readonly ram: MiB;
  readonly swap: MiB;
  readonly swapInWatermark: number;
  readonly oom: ReplayTask["config"]["oom"];
  readonly xx: XXPlan;
  /** Dollars per unit of price and CPU second. */
  readonly priceUnit: number;
  /** End of the run; null: until nothing is left. */
  readonly until: Seconds | null;
  /** Left out of summaries at the start. */
  readonly warmup: Seconds;
  readonly window: Seconds;
  readonly sampleEvery: Seconds | "auto";
}

/** Told of what goes on: a stage, how far it is, and how far it goes. */
export type Progress = (stage: string, done: number, total: number) => void;

/** What run.json says beside the options: see CONTRACT. */
export interface RunFacts {
  readonly workload: WorkloadFacts;
  readonly offeredLoad: { readonly expected: number; readonly realised: number };
  readonly machines: number;
  readonly from: Seconds;
  readonly to: Seconds;
  readonly sampleEvery: Seconds;
  readonly report: Workload["report"];
  readonly results: readonly ReplayResult[];
  readonly seconds: Readonly<Record<string, number>>;
}

const NICE_SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400] as const;
const SAMPLES_AIMED_AT = 1_000_000;

/**
 * Makes the workload of a trace and replays it through every scheduler, each in a worker of its own (`workers` at a
 * time; 0: all in this thread, as is a workload of one batch, which takes less time than a worker to start). Fills
 * `folder`, which exists, but for run.json.
 */
export async function run(
  trace: Trace,
  options: RunOptions,
  folder: string,
  progress: Progress = () => {},
  workers: number = availableParallelism(),
): Promise<RunFacts> {
  const seconds: Record<string, number> = {};
  const workload = await prepareWorkload(trace, options);
  const { machines } = workload;
  if (options.until !== null && options.until <= workload.from) {
    const after = `a time after ${workload.from}s, where the part of the trace that is replayed begins`;
    throw new Invalid("until", `${options.until}s`, "--until", after);
  }
  const owners = workload.dictionaries["owner"] ?? [];
  if (options.xx.budgets !== null) budgetsOf(options.xx.budgets, owners);
  if (options.xx.keepAlive > 0 && (workload.dictionaries["function"] ?? []).length === 0) {
    const expected = "a trace with functions, which this has not";
    throw new Invalid("keep-alive", `${options.xx.keepAlive}s`, "--keep-alive", expected);
  }
  const common = {
    replaybook: VERSION,
    seed: String(options.seed),
    trace_sha256: trace.manifest.sha256,
  };
  const from = process.hrtime.bigint();
  const written = await writeWorkload(workload, options.prices, folder, common, (rows) =>
    progress("workload", rows, workload.invocationsExpected),
  );
  seconds["workload"] = Number(process.hrtime.bigint() - from) / 1e9;
  if (written.rows === 0) throw new Invalid("workload", "no invocations", "after --cut and --load", "at least one");
  if (options.ram < written.least_memory_mib) {
    const least = `at least ${written.least_memory_mib}MiB, the least that an invocation of the workload starts with`;
    throw new Invalid("ram", `${options.ram}MiB`, "--ram", least);
  }
  const realised = written.cpu_s / (machines * options.cores * (workload.to - workload.from));
  const length = (options.until ?? workload.to) - workload.from;
  const drained = Math.max(1, realised) * Math.max(0, length);
  const sampleEvery = options.sampleEvery === "auto" ? sampleInterval(machines, drained) : options.sampleEvery;

  const hasParents = (written.children ?? 0) > 0;
  const xx = planned(options.xx, { owners, hasParents, from: workload.from, priceUnit: options.priceUnit });

  const tasks = options.schedulers.map((scheduler): ReplayTask => {
    const { cores, k, shards, prices, seed, ram, swap, swapInWatermark, oom } = options;
    const cluster = { machines, cores, k, shards, prices, seed, ram, swap, swapInWatermark, oom };
    const times = { until_s: options.until, window_s: options.window, sample_every_s: sampleEvery };
    const config = xx === undefined ? cluster : { ...cluster, xx };
    const description = JSON.stringify({ ...cluster, ...(xx === undefined ? {} : { xx: described(xx) }), ...times });
    const target = join(folder, scheduler);
    mkdirSync(target);
    return {
      scheduler,
      config,
      rows: written.rows,
      from: workload.from,
      until: options.until,
      window: options.window,
      sampleEvery,
      folder: target,
      metadata: { ...common, workload_sha256: written.sha256, scheduler, config: description },
    };
  });
  const results = await replayAll(tasks, folder, written.rows, progress, workers, seconds);
  return {
    workload: written,
    offeredLoad: { expected: workload.offeredLoadExpected, realised },
    machines,
    from: workload.from,
    to: workload.to,
    sampleEvery,
    report: workload.report,
    results,
    seconds,
  };
}

/** The shortest nice interval that keeps machines.arrow near a million rows, for a run of `length` seconds. */
export function sampleInterval(machines: number, length: Seconds): Seconds {
  const fits = (every: number) => machines * Math.ceil(length / every) <= SAMPLES_AIMED_AT;
  return NICE_SECONDS.find(fits) ?? Math.ceil((machines * length) / SAMPLES_AIMED_AT);
}

async function replayAll(
  tasks: readonly ReplayTask[],
  workloadFolder: string,
  rows: number,
  progress: Progress,
  workers: number,
  seconds: Record<string, number>,
): Promise<ReplayResult[]> {
  const done = (task: ReplayTask, { result, seconds: took }: WorkerResult): ReplayResult => {
    seconds[task.scheduler] = took;
    return result;
  };
  if (workers === 0 || rows <= BATCH_ROWS) {
    const results: ReplayResult[] = [];
    for (const task of tasks) results.push(done(task, await replayTask({ task, workloadFolder })));
    return results;
  }
  const filename = fileURLToPath(new URL("./replay-worker.js", import.meta.url));
  const maxThreads = Math.min(workers, tasks.length);
  const pool = new Tinypool({ filename, maxThreads, minThreads: maxThreads, isolateWorkers: true });
  const arrived = new Map<string, number>();
  const inWorker = async (task: ReplayTask): Promise<ReplayResult> => {
    const { port1, port2 } = new MessageChannel();
    port1.on("message", (count: number) => {
      arrived.set(task.scheduler, count);
      const all = [...arrived.values()].reduce((a, b) => a + b, 0);
      progress("replay", all, rows * tasks.length);
    });
    try {
      const job: WorkerTask = { task, workloadFolder, port: port2 };
      return done(task, await pool.run(job, { name: "replayTask", transferList: [port2] }));
    } finally {
      port1.close();
    }
  };
  try {
    return await Promise.all(tasks.map(inWorker));
  } finally {
    await pool.destroy();
  }
}

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
