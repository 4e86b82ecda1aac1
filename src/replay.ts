import { join } from "node:path";
import { drain, feed } from "./engine/simulation.js";
import { MachineSampler } from "./record/machine-sampler.js";
import { Recorder } from "./record/recorder.js";
import { TableSink } from "./record/row-sink.js";
import { ThreadSink } from "./record/thread-sink.js";
import type { SchedulerConfig } from "./scheduler/scheduler.js";
import { schedulerNamed } from "./scheduler/schedulers.js";
import { MACHINES, PART_ROWS, type Rows, TableWriter } from "./table/index.js";
import type { Seconds } from "./units.js";

/** One replay: a workload, a scheduler, and how its tables are to be. Plain data: it can go to a worker. */
export interface ReplayTask {
  readonly scheduler: string;
  readonly config: SchedulerConfig;
  /** Rows of the workload. */
  readonly rows: number;
  /** Start of the run, and its end; null: until nothing is left. */
  readonly from: Seconds;
  readonly until: Seconds | null;
  /** Length of a row of windows.arrow and of machines.arrow. */
  readonly window: Seconds;
  readonly sampleEvery: Seconds;
  /** Folder for the tables; it exists. */
  readonly folder: string;
  /** Metadata of every table. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Rows of a part of invocations, PART_ROWS by default; with more rows they come in parts, in order of finish. */
  readonly partRows?: number;
}

/** What a replay came to. */
export interface ReplayResult {
  readonly scheduler: string;
  readonly arrived: number;
  readonly finished: number;
  readonly unfinished: number;
  readonly preemptions: number;
  /** CPU seconds delivered. */
  readonly cpu_s: number;
  /** `until`, or the time of the last event. */
  readonly end_s: number;
  /** Messages between the scheduler's parts. */
  readonly control_traffic: Readonly<Record<string, number>>;
}

/** How a replay is run; none of it changes a byte of what comes out. */
export interface ReplayManner {
  /** Is told how many invocations have arrived. */
  readonly progress?: (arrived: number) => void;
  /** Statistics and writing in a thread of their own. Only from built code: a thread needs a .js file. */
  readonly threads?: boolean;
}

/** Columns of the workload that a replay reads. */
export const REPLAYED = ["arrival_s", "runtime_s", "price_class", "memory_initial_mib", "memory_peak_mib"] as const;

const STEPS_AT_ONCE = 1_000_000;

/**
 * Replays a workload (batches of REPLAYED columns, sorted by arrival, BATCH_ROWS rows each but the last) and writes
 * invocations, machines and windows. The same task and batches give the same bytes.
 */
export async function replay(
  task: ReplayTask,
  workload: AsyncIterable<Rows>,
  { progress, threads = false }: ReplayManner = {},
): Promise<ReplayResult> {
  const { config, folder, metadata } = task;
  const entry = schedulerNamed(task.scheduler);
  const { partRows = PART_ROWS } = task;
  const ordered = task.rows <= partRows;
  const { sharing, central } = entry;
  const { window } = task;
  const drained = task.until === null;
  const classes = config.prices.length;
  const sink = { folder, inParts: !ordered, partRows, ordered, drained, sharing, window, classes, metadata };
  const path = join(folder, "machines.arrow");
  const machines = await TableWriter.create(path, MACHINES, { ...metadata, table: "machines" });
  const shape = {
    machines: central ? 1 : config.machines,
    cores: central ? config.machines * config.cores : config.cores,
    sharing,
    central,
    every: task.sampleEvery,
    from: task.from,
  };
  const recorder = new Recorder({
    ordered,
    drained,
    rows: threads ? new ThreadSink(sink) : await TableSink.open(sink),
    machines: new MachineSampler(shape, machines),
  });
  const scheduler = entry.create(config, recorder);
  const until = task.until ?? Number.POSITIVE_INFINITY;

  let first = 0;
  let arrived = 0;
  for await (const { rows, columns } of workload) {
    await recorder.open(first, columns, rows);
    const arrival_s = columns["arrival_s"] as Float64Array;
    const runtime_s = columns["runtime_s"] as Float64Array;
    const price_class = columns["price_class"] as Uint8Array;
    scheduler.open({ rows, first, arrival_s, runtime_s, price_class });
    arrived += feed(scheduler, arrival_s, rows, until);
    first += rows;
    progress?.(first);
  }
  while (drain(scheduler, until, STEPS_AT_ONCE)) await recorder.settle();
  const end = task.until ?? (Number.isNaN(recorder.lastFinish) ? task.from : recorder.lastFinish);
  scheduler.stop(end);
  for (let invocation = arrived; invocation < first; invocation++) recorder.absent(invocation, end);
  await recorder.close(end);
  return {
    scheduler: task.scheduler,
    arrived,
    finished: recorder.finishedCount,
    unfinished: recorder.unfinishedCount - (first - arrived),
    preemptions: recorder.preemptionCount,
    cpu_s: recorder.cpu,
    end_s: end,
    control_traffic: scheduler.traffic(),
  };
}
