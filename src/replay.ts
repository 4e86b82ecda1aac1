import type { Arrivals } from "./cluster/observer.js";
import { drain, feed } from "./engine/simulation.js";
import { openRecorder } from "./record/open-recorder.js";
import type { Late } from "./record/row-sink.js";
import type { SchedulerConfig, SchedulerReport } from "./scheduler/scheduler.js";
import { schedulerNamed } from "./scheduler/schedulers.js";
import { type Batch, PART_ROWS, type Rows } from "./table/index.js";
import type { Seconds } from "./units.js";
import { FUNCTION_LABELS, FunctionIdentities } from "./workload/function-identities.js";
import { rowSampling } from "./workload/row-sampling.js";

/** One replay: a workload, a scheduler, and how its tables are to be. Plain data: it can go to a worker. */
export interface ReplayTask {
  readonly scheduler: string;
  readonly config: SchedulerConfig;
  /** Rows of the workload; where not every row is kept, as many as are expected. */
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
  /** Where not every row is kept: the share that is, 0 <= share < 1, and until when a summary leaves arrivals out. */
  readonly kept?: { readonly share: number; readonly since: Seconds };
}

/** What a replay came to. */
export interface ReplayResult {
  readonly scheduler: string;
  readonly arrived: number;
  readonly finished: number;
  readonly killed: number;
  readonly rejected: number;
  readonly unfinished: number;
  readonly preemptions: number;
  /** Moves to swap and back, and MiB moved. */
  readonly swap_outs: number;
  readonly swap_ins: number;
  readonly swap_out_mib: number;
  readonly swap_in_mib: number;
  /** CPU seconds delivered. */
  readonly cpu_s: number;
  /** `until`, or the time of the last event. */
  readonly end_s: number;
  /** Messages between the scheduler's parts. */
  readonly control_traffic: Readonly<Record<string, number>>;
  /** What the scheduler's options came to, where it has any that are on. */
  readonly options?: SchedulerReport;
}

/** How a replay is run; none of it changes a byte of what comes out. */
export interface ReplayManner {
  /** Is told how many invocations have arrived. */
  readonly progress?: (arrived: number) => void;
  /** Statistics and writing in a thread of their own. Only from built code: a thread needs a .js file. */
  readonly threads?: boolean;
  /** Metadata of every table that are known when the workload has ended. */
  readonly late?: () => Late;
}

/** Columns of the workload that every replay reads. */
export const REPLAYED = ["arrival_s", "runtime_s", "price_class", "memory_initial_mib", "memory_peak_mib"] as const;

/** Columns that a task reads. */
export function columnsOf({ config }: ReplayTask): readonly string[] {
  const { children = "none", budgets = null, startup = 0 } = config.xx ?? {};
  const asked = [
    ...(children === "none" ? [] : ["parent"]),
    ...(budgets === null ? [] : ["owner"]),
    ...(startup > 0 ? FUNCTION_LABELS : []),
  ];
  return [...REPLAYED, ...new Set(asked)];
}

const STEPS_AT_ONCE = 1_000_000;
/** Blocks of arrivals that a streamed replay keeps whole, 5 MB each; what is open in older ones is kept row by row. */
const BLOCKS_STREAMED = 12;

/**
 * Replays a workload (batches of `columnsOf(task)`, sorted by arrival, BATCH_ROWS rows each but the last) and writes
 * invocations, machines and windows. The same task and batches give the same bytes.
 */
export async function replay(
  task: ReplayTask,
  workload: AsyncIterable<Rows>,
  { progress, threads = false, late = () => ({}) }: ReplayManner = {},
): Promise<ReplayResult> {
  const { config, kept, partRows = PART_ROWS } = task;
  const entry = schedulerNamed(task.scheduler);
  const ordered = kept === undefined && task.rows <= partRows;
  const managed = config.ram < Number.POSITIVE_INFINITY;
  const told = entry.tellsArrivals?.(config) ?? false;
  const recorder = await openRecorder({
    ...{ folder: task.folder, metadata: task.metadata, threads },
    ...{ inParts: !ordered, partRows, ordered, managed, told },
    allFinish: task.until === null && !managed && !told,
    ...{ machines: config.machines, cores: config.cores, classes: config.prices.length },
    ...{ sharing: entry.sharing, central: entry.central },
    ...{ from: task.from, window: task.window, sampleEvery: task.sampleEvery },
    ...(kept === undefined
      ? {}
      : { blocksKept: BLOCKS_STREAMED, kept: { keeps: keepsOf(kept.share, config), ...kept, prices: config.prices } }),
  });
  const scheduler = entry.create(config, recorder);
  const until = task.until ?? Number.POSITIVE_INFINITY;
  const identities = new FunctionIdentities();
  const labelled = columnsOf(task).length > REPLAYED.length;

  let first = 0;
  let arrived = 0;
  for await (const { rows, columns } of workload) {
    await recorder.open(first, columns, rows);
    const arrival_s = columns["arrival_s"] as Float64Array;
    const runtime_s = columns["runtime_s"] as Float64Array;
    const price_class = columns["price_class"] as Uint8Array;
    const memory_initial_mib = columns["memory_initial_mib"] as Float32Array;
    const memory_peak_mib = columns["memory_peak_mib"] as Float32Array;
    const arrivals = { rows, first, arrival_s, runtime_s, price_class, memory_initial_mib, memory_peak_mib };
    scheduler.open(labelled ? { ...arrivals, ...labelsOf(columns, rows, identities) } : arrivals);
    arrived += feed(scheduler, arrival_s, rows, until);
    first += rows;
    progress?.(first);
  }
  while (drain(scheduler, until, STEPS_AT_ONCE)) await recorder.settle();
  const end = task.until ?? (Number.isNaN(recorder.lastFinish) ? task.from : recorder.lastFinish);
  scheduler.stop(end);
  for (let invocation = arrived; invocation < first; invocation++) recorder.absent(invocation, end);
  await recorder.close(end, late());
  const options = scheduler.report?.();
  return {
    scheduler: task.scheduler,
    arrived: first - recorder.absentCount,
    finished: recorder.finishedCount,
    killed: recorder.killedCount,
    rejected: recorder.rejectedCount,
    unfinished: recorder.unfinishedCount - recorder.absentCount,
    preemptions: recorder.preemptionCount,
    ...recorder.swapping,
    cpu_s: recorder.cpu,
    end_s: end,
    control_traffic: scheduler.traffic(),
    ...(options === undefined ? {} : { options }),
  };
}

function keepsOf(share: number, { seed }: SchedulerConfig): ((invocation: number) => boolean) | null {
  return share > 0 ? rowSampling(share, seed) : null;
}

/** Who called and who owns the invocations of a batch, and their functions, where it has that. */
function labelsOf(
  batch: Batch,
  rows: number,
  identities: FunctionIdentities,
): Partial<Pick<Arrivals, "parent" | "owner" | "function">> {
  const { parent, owner, function: func } = batch;
  return {
    ...(parent === undefined ? {} : { parent: parent as Int32Array }),
    ...(owner === undefined ? {} : { owner: owner as Int32Array }),
    ...(func === undefined ? {} : { function: identities.of(batch, rows) }),
  };
}
