import { availableParallelism } from "node:os";
import { Invalid } from "../invalid.js";
import type { Progress } from "../run.js";
import { clearAttempts } from "../sweep/attempt.js";
import { SweepFolder } from "../sweep/folder.js";
import { type Cell, cellsOf } from "../sweep/grid.js";
import { type Failure, replayCells } from "../sweep/local.js";
import { FolderLock } from "../sweep/lock.js";
import { type SweepManifest, sweepManifest, writeRows, writeSweep } from "../sweep/merge.js";
import { type Plan, parsePlan, variedBy } from "../sweep/plan.js";
import { type Shard, shardOf } from "../sweep/shard.js";
import { PROCESS } from "../sweep/store.js";
import { type Column, SUMMARY, SUMMARY_RUN } from "../table/index.js";
import { SUMMARY_DIGEST } from "./sweep-digest.js";
import { SWEEP_OPTIONS } from "./sweep-options.js";
import type { QueueManner } from "./sweep-queue.js";
import { checkTraces, readTraces, type Traces } from "./sweep-traces.js";

/** How a sweep is run; none of it changes a byte of what comes out. */
export interface SweepManner {
  /** Cells at a time, each in a worker; 0: all in this thread. As many as there are cores by default. */
  readonly workers?: number | undefined;
  /** Replays again what is there already. */
  readonly force?: boolean | undefined;
  /** Is told what reading a trace took for granted. */
  readonly note?: ((text: string) => void) | undefined;
  /** Only one of several parts; whoever finishes the last of them sums all of it up. Not with `force`. */
  readonly shard?: Shard | undefined;
  /** Leaves the replays to the workers of a queue. */
  readonly queue?: QueueManner | undefined;
  /** What errors in the plan call it; "plan" by default. */
  readonly where?: string | undefined;
}

/** What a sweep came to. */
export interface SweepResult {
  /** sweep.json. */
  readonly manifest: SweepManifest;
  /** Runs that were replayed now, failures included; the others were there already. */
  readonly replayed: number;
  readonly failures: readonly Failure[];
  /** Rows of summary.arrow; null: not written, as other shards are not done. */
  readonly rows: number | null;
}

/** The cells of a plan: one per run folder. Throws Invalid, naming the combination, for what replay would refuse. */
export function sweepCells(plan: unknown, where = "plan"): Cell[] {
  return cellsOf(parsePlan(plan, ["trace", ...SWEEP_OPTIONS.names], where), SWEEP_OPTIONS, where);
}

/**
 * Replays every cell of a plan (what PLAN.json has) that `folder` lacks, and writes there sweep.json, summary.arrow and
 * runs/CELL/, each byte of which but timings.json is what `replaybook replay` with the cell's options writes. A cell
 * that fails does not stop the others. Throws Invalid for a bad plan or trace, or a folder that is no sweep's.
 */
export async function sweep(
  plan: Plan,
  folder: string,
  progress: Progress = () => {},
  manner: SweepManner = {},
): Promise<SweepResult> {
  const { workers = availableParallelism(), force = false, note = () => {}, where = "plan", shard, queue } = manner;
  const cells = sweepCells(plan, where);
  if (shard !== undefined) return sweepShard(plan, cells, folder, shard, { workers, note, progress });
  const submit = queue === undefined ? null : await (await import("./sweep-queue.js")).submitter(folder, queue);
  const varied = variedBy(plan);
  const into = SweepFolder.open(folder, force);
  try {
    writeSweep(into, plan, varied, cells, () => undefined);
    const traceOf = await readTraces(cells, into, progress, note).catch((error) => {
      into.abandon();
      throw error;
    });
    if (!force) checkTraces(cells, into, traceOf);
    const by = { force, traceOf, progress };
    const done =
      submit === null
        ? await replayCells(cells, into, { ...by, digest: SUMMARY_DIGEST, workers })
        : await submit(plan, cells, into, { ...by, note });
    clearAttempts(into, cells);
    const rows = await writeSummary(into, varied, cells);
    return { manifest: writeSweep(into, plan, varied, cells, traceOf), ...done, rows };
  } finally {
    into.close();
  }
}

interface ShardManner {
  readonly workers: number;
  readonly note: (text: string) => void;
  readonly progress: Progress;
}

/** The folder is this process's alone while it reads the traces and while it sums up; the cells of its shard are throughout. */
async function sweepShard(
  plan: Plan,
  cells: readonly Cell[],
  folder: string,
  shard: Shard,
  { workers, note, progress }: ShardManner,
): Promise<SweepResult> {
  const varied = variedBy(plan);
  const open = () =>
    SweepFolder.openShared(folder, (holder) => note(`waiting for ${holder}, which is writing to ${folder}`));
  SweepFolder.prepare(folder, false);
  const lock = await lockShard(folder, shard);
  try {
    const before = await open();
    let traceOf: Traces;
    try {
      writeSweep(before, plan, varied, cells, () => undefined);
      traceOf = await readTraces(cells, before, progress, note);
      checkTraces(cells, before, traceOf);
    } finally {
      before.close();
    }
    const own = shardOf(cells, shard);
    const how = { force: false, traceOf, digest: SUMMARY_DIGEST, workers, progress, shared: PROCESS };
    const done = await replayCells(own, SweepFolder.at(folder), how);
    if (SweepFolder.at(folder).finished(cells).length < cells.length) {
      return { manifest: sweepManifest(SweepFolder.at(folder), plan, varied, cells, traceOf), ...done, rows: null };
    }
    const after = await open();
    try {
      clearAttempts(after, cells);
      const rows = await writeSummary(after, varied, cells);
      return { manifest: writeSweep(after, plan, varied, cells, traceOf), ...done, rows };
    } finally {
      after.close();
    }
  } finally {
    lock.release();
  }
}

async function lockShard(folder: string, { index, count }: Shard): Promise<FolderLock> {
  try {
    return await FolderLock.takePart(folder, `sweep.shard-${index}-of-${count}.lock`);
  } catch (error) {
    throw error instanceof Invalid ? error.within(`shard ${index}/${count}`) : error;
  }
}

/** summary.arrow: what the records say of the cells that have been replayed. Returns its rows. */
async function writeSummary(into: SweepFolder, varied: readonly string[], cells: readonly Cell[]): Promise<number> {
  const columns = variedColumns(varied, cells);
  const there = cells.filter((cell) => into.has(cell));
  const rows = there.flatMap((cell) => {
    const own = columns.map(({ option, column: { name, type } }) => [
      name,
      type === "dictionary" ? cell.texts[option] : SWEEP_OPTIONS.valueIn(option, cell),
    ]);
    const run = { run: cell.name, trace: cell.trace.path, ...Object.fromEntries(own) };
    return (into.record(cell)?.rows ?? []).map((row) => ({ ...run, ...row }));
  });
  await writeRows(into, "summary", [...SUMMARY_RUN, ...columns.map(({ column }) => column), ...SUMMARY], rows);
  return rows.length;
}

/** The columns of the options that a plan varies and the summary does not have anyway; labels where one is no number. */
function variedColumns(varied: readonly string[], cells: readonly Cell[]): { option: string; column: Column }[] {
  const there = [...SUMMARY_RUN, ...SUMMARY].map(({ name }) => name);
  return varied
    .filter((option) => !there.includes(option))
    .map((option) => {
      const column = SWEEP_OPTIONS.column(option);
      const numbers = cells.every((cell) => typeof SWEEP_OPTIONS.valueIn(option, cell) === "number");
      if (numbers) return { option, column };
      const name = option.replaceAll("-", "_");
      return { option, column: { ...column, name, unit: "", type: "dictionary" } };
    });
}
