import type { Arrivals } from "./cluster/observer.js";
import { capture } from "./engine/capture.js";
import type { Captured } from "./engine/captured.js";
import { restore } from "./engine/restore.js";
import { drain, feed } from "./engine/simulation.js";
import { openRecorder } from "./record/open-recorder.js";
import type { Late } from "./record/row-sink.js";
import type { Saved } from "./record/tables.js";
import { MADE_LATER } from "./scheduler/made-later.js";
import type { SchedulerConfig, SchedulerReport } from "./scheduler/scheduler.js";
import { schedulerNamed } from "./scheduler/schedulers.js";
import { type Batch, PART_ROWS, type Rows } from "./table/index.js";
import type { Seconds } from "./units.js";
import { FUNCTION_LABELS, FunctionIdentities } from "./workload/function-identities.js";
import { RowSampling } from "./workload/row-sampling.js";

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
  /** The workload is drawn as it is replayed: rows come in order of finish, and memory holds little but what has not ended. */
  readonly streamed?: boolean;
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

/** The state of a replay between two batches of its workload. `v8.serialize` carries it. */
export interface ReplayState {
  /** Rows of the workload so far. */
  readonly first: number;
  readonly scheduler: Captured;
  readonly identities: Captured;
  readonly recorder: Saved;
}

/** A batch of a workload, and the number of the checkpoint that is to be written after it, if any is. */
export interface MarkedRows extends Rows {
  readonly checkpoint?: number;
}

/** How a replay is run; none of it changes a byte of what comes out. */
export interface ReplayManner {
  /** Is told how many invocations have arrived. */
  readonly progress?: (arrived: number) => void;
  /** Statistics and writing in a thread of their own. Only from built code: a thread needs a .js file. */
  readonly threads?: boolean;
  /** Metadata of every table that are known when the workload has ended. */
  readonly late?: () => Late;
  /** Goes on from here; the workload is what comes after it. */
  readonly resumed?: ReplayState | null;
  /** Writes a checkpoint. */
  readonly checkpoint?: (number: number, state: ReplayState) => void;
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

/**
 * Replays a workload (batches of `columnsOf(task)`, sorted by arrival, BATCH_ROWS rows each but the last) and writes
 * invocations, machines and windows. The same task and batches give the same bytes.
 */
export async function replay(
  task: ReplayTask,
  workload: AsyncIterable<MarkedRows>,
  { progress, threads = false, late = () => ({}), resumed = null, checkpoint }: ReplayManner = {},
): Promise<ReplayResult> {
  const { config, kept, partRows = PART_ROWS } = task;
  const entry = schedulerNamed(task.scheduler);
  const ordered = kept === undefined && !task.streamed && task.rows <= partRows;
  const managed = config.ram < Number.POSITIVE_INFINITY;
  const told = entry.tellsArrivals?.(config) ?? false;
  const options = {
    ...{ folder: task.folder, metadata: task.metadata, threads },
    ...{ inParts: !ordered, partRows, ordered, managed, told, slots: !told && entry.tellsSlots(config) },
    allFinish: task.until === null && !managed && !told,
    ...{ machines: config.machines, cores: config.cores, classes: config.prices.length },
    ...{ sharing: entry.sharing, central: entry.central },
    ...{ from: task.from, window: task.window, sampleEvery: task.sampleEvery },
    ...(kept === undefined ? {} : { kept: { ...kept, prices: config.prices } }),
  };
  const recorder = await openRecorder(options, resumed?.recorder);
  const scheduler = entry.create(config, recorder);
  const until = task.until ?? Number.POSITIVE_INFINITY;
  const identities = new FunctionIdentities();
  const labelled = columnsOf(task).length > REPLAYED.length;
  const sampling = kept !== undefined && kept.share > 0 ? new RowSampling(kept.share, config.seed) : null;

  let first = 0;
  if (resumed !== null) {
    ({ first } = resumed);
    restore(scheduler, resumed.scheduler, [recorder, config], MADE_LATER);
    restore(identities, resumed.identities);
  }
  for await (const { rows, columns, checkpoint: due = 0 } of workload) {
    sampling?.open(first, rows);
    const marks = sampling?.marks ?? null;
    await recorder.open(first, columns, rows, marks);
    const arrival_s = columns["arrival_s"] as Float64Array;
    const runtime_s = columns["runtime_s"] as Float64Array;
    const price_class = columns["price_class"] as Uint8Array;
    const memory_initial_mib = columns["memory_initial_mib"] as Float32Array;
    const memory_peak_mib = columns["memory_peak_mib"] as Float32Array;
    const read = { rows, first, arrival_s, runtime_s, price_class, memory_initial_mib, memory_peak_mib, kept: marks };
    const arrivals = labelled ? { ...read, ...labelsOf(columns, rows, identities) } : read;
    scheduler.open(arrivals);
    const fed = feed(scheduler, arrival_s, rows, until);
    for (let i = fed; i < rows; i++) recorder.absent(first + i, until);
    first += rows;
    if (due > 0) {
      const given = [recorder, config, arrivals];
      const states = { scheduler: capture(scheduler, given), identities: capture(identities) };
      checkpoint?.(due, { first, ...states, recorder: await recorder.save() });
    }
    progress?.(first);
  }
  while (drain(scheduler, until, STEPS_AT_ONCE)) await recorder.settle();
  const end = task.until ?? (Number.isNaN(recorder.lastFinish) ? task.from : recorder.lastFinish);
  scheduler.stop(end);
  await recorder.close(end, late());
  const report = scheduler.report?.();
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
    ...(report === undefined ? {} : { options: report }),
  };
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
