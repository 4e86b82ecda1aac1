import { mkdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { MessageChannel } from "node:worker_threads";
import { Tinypool } from "tinypool";
import type { Checkpoints } from "./checkpoints.js";
import { Invalid } from "./invalid.js";
import { columnsOf, REPLAYED, type ReplayResult, type ReplayTask } from "./replay.js";
import { replayTask, timed, type WorkerNews, type WorkerResult, type WorkerTask } from "./replay-worker.js";
import { budgetsOf, described, planned, type XXPlan } from "./scheduler/xx/plan.js";
import { BATCH_ROWS, PART_ROWS } from "./table/index.js";
import type { Trace } from "./trace/trace.js";
import type { MiB, Seconds } from "./units.js";
import { VERSION } from "./version.js";
import { prepareWorkload } from "./workload/index.js";
import type { Workload, WorkloadOptions } from "./workload/workload.js";
import { type WorkloadFacts, WorkloadStream, writeWorkload } from "./workload-file.js";
import { RingWriter } from "./workload-ring.js";

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
  /** Share of the rows of workload and invocations that are kept, 0 <= record <= 1. Below 1 the run is streamed. */
  readonly record: number;
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

/** How a run is done; none of it changes a value of what comes out. */
export interface RunManner {
  readonly progress?: Progress;
  /**
   * Replays in workers of their own at a time, as many as there are cores by default; those of a streamed run are all at
   * work at once. 0: all in this thread, as is a workload of one batch, which takes less time than a worker to start.
   */
  readonly workers?: number;
  /** Rows of a part of a table, PART_ROWS by default: a run of more is streamed, and its tables are in parts. */
  readonly partRows?: number;
  /** Where a streamed run saves where it is, and goes on from. Null: nowhere. */
  readonly checkpoints?: Checkpoints | null;
}

/**
 * Makes the workload of a trace and replays it through every scheduler, each in a worker of its own. Fills `folder`, which
 * exists, but for run.json.
 */
export async function run(
  trace: Trace,
  options: RunOptions,
  folder: string,
  manner: RunManner = {},
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
  const defaults = { progress: () => {}, workers: availableParallelism(), partRows: PART_ROWS, checkpoints: null };
  const job: Job = { trace, options, folder, workload, common, seconds, ...defaults, ...manner };
  const inParts = workload.invocationsExpected > job.partRows;
  const { written, sampleEvery, results } =
    options.record < 1 || inParts ? await streamed(job) : await materialised(job);
  return {
    workload: written,
    offeredLoad: { expected: workload.offeredLoadExpected, realised: realisedLoad(job, written) },
    machines,
    from: workload.from,
    to: workload.to,
    sampleEvery,
    report: workload.report,
    results,
    seconds,
  };
}

/** A run that is under way. */
interface Job extends Required<RunManner> {
  readonly trace: Trace;
  readonly options: RunOptions;
  readonly folder: string;
  readonly workload: Workload;
  /** Metadata of every table. */
  readonly common: Readonly<Record<string, string>>;
  readonly seconds: Record<string, number>;
}

interface Done {
  readonly written: WorkloadFacts;
  readonly sampleEvery: Seconds;
  readonly results: readonly ReplayResult[];
}

/** Every row is kept: the workload is written, and each scheduler reads it. */
async function materialised(job: Job): Promise<Done> {
  const { options, folder, workload, common, progress, workers, seconds } = job;
  const from = process.hrtime.bigint();
  const written = await writeWorkload(workload, options.prices, folder, common, (rows) =>
    progress("workload", rows, workload.invocationsExpected),
  );
  seconds["workload"] = Number(process.hrtime.bigint() - from) / 1e9;
  checkWorkload(written, options);
  const known = { rows: written.rows, hasParents: (written.children ?? 0) > 0, load: realisedLoad(job, written) };
  const metadata = { workload_sha256: written.sha256 };
  const { tasks, sampleEvery } = tasksOf(job, known, metadata);
  const inThread = workers === 0 || written.rows <= BATCH_ROWS;
  const results: WorkerResult[] = [];
  if (inThread) for (const task of tasks) results.push(await replayTask({ task, from: { folder } }));
  else results.push(...(await inWorkers(job, tasks, written.rows, workers, () => ({ folder }))));
  return { written, sampleEvery, results: timesTaken(results, seconds) };
}

/** The workload is drawn once while all schedulers replay it, and nothing in memory grows with its length. */
async function streamed(job: Job): Promise<Done> {
  const { options, folder, workload, common, workers, seconds, checkpoints, partRows } = job;
  const rows = Math.ceil(workload.invocationsExpected);
  const kept = { share: options.record, seed: options.seed, folder, metadata: common, partRows };
  const resumed = checkpoints?.resumed ?? null;
  const stream =
    resumed === null
      ? new WorkloadStream(workload, options.prices, kept)
      : await WorkloadStream.resume(workload, options.prices, kept, resumed.stream);
  const hasParents = options.xx.children === "follow";
  const { tasks, sampleEvery } = tasksOf(job, { rows, hasParents, load: workload.offeredLoadExpected }, {});
  const late = () => ({ workload_sha256: stream.facts.sha256 });
  const columns = [...new Set(tasks.flatMap(columnsOf))];
  const labels = columns.length > REPLAYED.length;
  const results: WorkerResult[] = [];
  if (workers === 0 || rows <= BATCH_ROWS) {
    for (const [i, task] of tasks.entries()) {
      results.push(await timed(task, i === 0 ? stream.batches(labels) : workload.batches(labels), { late }));
    }
  } else {
    if (rows > PART_ROWS) inlineMore();
    const writer = new RingWriter(columns, tasks.length);
    const from = process.hrtime.bigint();
    const draw = async () => {
      for await (const batch of stream.batches(labels)) {
        const due = (await checkpoints?.due(tasks.length, () => stream.save())) ?? 0;
        if (!(await writer.write(batch, due))) return;
      }
      writer.end(late());
      seconds["workload"] = Number(process.hrtime.bigint() - from) / 1e9;
    };
    const drawn = draw().finally(() => writer.break());
    drawn.catch(() => {});
    const replays = inWorkers(job, tasks, rows, tasks.length, (reader) => ({
      ...{ ring: writer.ring, reader, runFolder: folder, resumed: resumed?.number ?? 0 },
    }));
    try {
      results.push(...(await replays));
    } catch (error) {
      writer.break();
      await drawn;
      throw error;
    }
  }
  checkpoints?.remove();
  checkWorkload(stream.facts, options);
  return { written: stream.facts, sampleEvery, results: timesTaken(results, seconds) };
}

/**
 * Lets V8 inline more into one function than by default, in this process from now on: an event of a replay that is recorded
 * goes through more small functions than fit. Schedulers take 0.93 of the CPU; compiling takes a second or two more, which a
 * short replay does not get back. It changes no result.
 */
function inlineMore(): void {
  setFlagsFromString("--max-inlined-bytecode-size-cumulative=2500");
}

/** Throws Invalid where there is nothing to replay, or something that fits on no machine. */
function checkWorkload({ rows, least_memory_mib }: WorkloadFacts, { ram }: RunOptions): void {
  if (rows === 0) throw new Invalid("workload", "no invocations", "after --cut and --load", "at least one");
  if (ram >= least_memory_mib) return;
  const least = `at least ${least_memory_mib}MiB, the least that an invocation of the workload starts with`;
  throw new Invalid("ram", `${ram}MiB`, "--ram", least);
}

/** NaN where all arrive at one instant. */
function realisedLoad({ options, workload }: Job, { cpu_s }: WorkloadFacts): number {
  const coreSeconds = workload.machines * options.cores * (workload.to - workload.from);
  return coreSeconds > 0 ? cpu_s / coreSeconds : Number.NaN;
}

/** A task for each scheduler, with the length of a row of machines.arrow, which is of a run at this load. */
function tasksOf(
  { options, folder, workload, common, partRows, checkpoints }: Job,
  { rows, hasParents, load }: { rows: number; hasParents: boolean; load: number },
  metadata: Readonly<Record<string, string>>,
): { readonly tasks: readonly ReplayTask[]; readonly sampleEvery: Seconds } {
  const { machines } = workload;
  const length = Math.max(0, (options.until ?? workload.to) - workload.from);
  const drained = options.until === null ? Math.max(1, load || 1) * length + workload.longestRuntime : length;
  const sampleEvery = options.sampleEvery === "auto" ? sampleInterval(machines, drained) : options.sampleEvery;
  const owners = workload.dictionaries["owner"] ?? [];
  const xx = planned(options.xx, { owners, hasParents, from: workload.from, priceUnit: options.priceUnit });
  const { cores, k, shards, prices, seed, ram, swap, swapInWatermark, oom } = options;
  const cluster = { machines, cores, k, shards, prices, seed, ram, swap, swapInWatermark, oom };
  const times = { until_s: options.until, window_s: options.window, sample_every_s: sampleEvery };
  const config = xx === undefined ? cluster : { ...cluster, xx };
  const description = JSON.stringify({ ...cluster, ...(xx === undefined ? {} : { xx: described(xx) }), ...times });
  const kept = { share: options.record, since: workload.from + options.warmup };
  const tasks = options.schedulers.map((scheduler): ReplayTask => {
    const target = join(folder, scheduler);
    mkdirSync(target, { recursive: checkpoints?.resumed != null });
    return {
      scheduler,
      config,
      rows,
      from: workload.from,
      until: options.until,
      window: options.window,
      sampleEvery,
      folder: target,
      metadata: { ...common, ...metadata, scheduler, config: description },
      ...(options.record < 1 ? { kept } : rows > partRows ? { partRows, streamed: true } : { partRows }),
    };
  });
  return { tasks, sampleEvery };
}

/** The shortest nice interval that keeps machines.arrow near a million rows, for a run of `length` seconds. */
export function sampleInterval(machines: number, length: Seconds): Seconds {
  const fits = (every: number) => machines * Math.ceil(length / every) <= SAMPLES_AIMED_AT;
  return NICE_SECONDS.find(fits) ?? Math.ceil((machines * length) / SAMPLES_AIMED_AT);
}

/** Runs tasks each in a worker of its own, at most so many at once; `from` says where its workload comes from. */
async function inWorkers(
  { progress, checkpoints }: Job,
  tasks: readonly ReplayTask[],
  rows: number,
  atOnce: number,
  from: (task: number) => WorkerTask["from"],
): Promise<WorkerResult[]> {
  const filename = fileURLToPath(new URL("./replay-worker.js", import.meta.url));
  const maxThreads = Math.min(atOnce, tasks.length);
  const pool = new Tinypool({ filename, maxThreads, minThreads: maxThreads, isolateWorkers: true });
  const arrived = new Map<string, number>();
  const inWorker = async (task: ReplayTask, i: number): Promise<WorkerResult> => {
    const { port1, port2 } = new MessageChannel();
    port1.on("message", (news: WorkerNews) => {
      if ("checkpoint" in news) {
        checkpoints?.written();
        return;
      }
      arrived.set(task.scheduler, news.arrived);
      const all = [...arrived.values()].reduce((a, b) => a + b, 0);
      progress("replay", all, rows * tasks.length);
    });
    try {
      const job: WorkerTask = { task, from: from(i), port: port2 };
      return (await pool.run(job, { name: "replayTask", transferList: [port2] })) as WorkerResult;
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

/** The results, their times put down by scheduler. */
function timesTaken(results: readonly WorkerResult[], seconds: Record<string, number>): ReplayResult[] {
  for (const { result, seconds: took } of results) seconds[result.scheduler] = took;
  return results.map(({ result }) => result);
}
