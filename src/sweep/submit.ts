import { setTimeout } from "node:timers/promises";
import type { Progress } from "../run.js";
import type { CellTrace } from "./cell-worker.js";
import type { SweepFolder } from "./folder.js";
import type { Cell } from "./grid.js";
import { type CellJob, jobId, jobOf } from "./jobs.js";
import type { CellsDone } from "./local.js";
import { Cancellation, type CellQueue, type QueuedCell } from "./queue.js";
import type { Store } from "./store.js";

/** A sweep on its way through a queue. */
export interface Submission {
  readonly queue: CellQueue;
  readonly store: Store;
  /** The sweep's folder, in the store. */
  readonly sweep: string;
  /** sha256 of the plan. */
  readonly plan: string;
  readonly force: boolean;
  /** The trace of each cell, in the store. */
  readonly traceOf: (cell: Cell) => CellTrace;
  /** Is told of runs: done, a part of those that are under way included, and to do. */
  readonly progress: Progress;
  readonly note: (text: string) => void;
}

const TRIES = 3;
const RETRY_MS = 1_000;
/** How often the folder and the queue are looked at, and jobs are looked for that should be there. */
const LOOK_MS = 250;
const SEEK_MS = 3_000;
const BULK = 1_000;

/**
 * Has the workers of a queue replay those cells that a sweep's folder lacks, and waits for them. The folder says what is
 * done; jobs that a queue has lost are submitted again. Throws where the sweep is cancelled meanwhile.
 */
export async function replayQueued(cells: readonly Cell[], into: SweepFolder, by: Submission): Promise<CellsDone> {
  const { queue, sweep, force, progress } = by;
  if (force) for (const cell of cells) into.forget(cell);
  const toReplay = cells.filter((cell) => !into.has(cell)).length;
  const finished = new Set(into.finished(cells));
  const pending = new Map(cells.filter((cell) => !finished.has(cell)).map((cell) => [cell.name, cell]));
  const todo = pending.size;
  if (todo === 0) return { replayed: 0, failures: [] };
  const cancellation = new Cancellation(queue);
  await cancellation.takeBack(sweep);
  for (const job of await jobsOf(queue, sweep, ["failed"])) await job.remove();
  await submit([...pending.values()], by);

  const messages = new Map<string, string>();
  let parts = 0;
  let sought = Date.now();
  const said = new Set<string>();
  const once = (text: string) => {
    if (!said.has(text)) by.note(text);
    said.add(text);
  };
  const look = async (): Promise<void> => {
    if (await cancellation.said(sweep)) throw new Error(`cancelled with ${todo - pending.size} of ${todo} runs done`);
    parts = 0;
    let underWay = 0;
    for (const { data, failedReason, progress: told, finishedOn, id } of await jobsOf(queue, sweep, STATES)) {
      const run = `runs/${data.run}`;
      if (typeof told === "object" && "refused" in told) once(`a worker refused ${run}: ${told.refused}`);
      if (typeof told === "number") parts += told;
      if (finishedOn !== undefined) {
        if (pending.delete(data.run)) messages.set(data.run, plainly(failedReason));
        await queue.remove(id!);
        continue;
      }
      if (failedReason) once(`${run} failed and is tried again: ${plainly(failedReason)}`);
      underWay++;
    }
    if (Date.now() - sought < SEEK_MS) return;
    const lost = await withoutJob([...pending.values()], by);
    const since = new Set(into.finished(lost));
    await submit(
      lost.filter((cell) => !since.has(cell)),
      by,
    );
    if (underWay === 0 && (await workers(queue)) === 0) once(`no worker takes jobs of ${by.store.path}: ${HOW}`);
    sought = Date.now();
  };

  let looking: Promise<void> | null = null;
  const failed: unknown[] = [];
  for (;;) {
    for (const cell of into.finished(pending.values())) pending.delete(cell.name);
    progress("sweep", todo - pending.size + Math.min(parts, pending.size), todo);
    if (pending.size === 0) break;
    looking ??= look()
      .catch((error) => failed.push(error))
      .then(() => {
        looking = null;
      });
    await Promise.race([looking, setTimeout(LOOK_MS)]);
    if (failed.length > 0) throw failed[0];
    await setTimeout(LOOK_MS);
  }
  const failures = cells.flatMap((cell) => {
    const message = messages.get(cell.name);
    return message === undefined ? [] : [{ cell, message }];
  });
  return { replayed: toReplay, failures };
}

const STATES = ["active", "delayed", "failed"] as const;
const HOW = "start some with `replaybook worker --store DIR`";

/** Removes a sweep's jobs, has workers stop those under way, and waits until none is left. Returns how many there were. */
export async function cancelQueued(queue: CellQueue, sweep: string): Promise<number> {
  await new Cancellation(queue).say(sweep);
  const gone = new Set<string>();
  for (;;) {
    const jobs = await jobsOf(queue, sweep, ["waiting", "paused", "prioritized", "delayed", "active", "failed"]);
    if (jobs.length === 0) return gone.size;
    for (const { id } of jobs) {
      gone.add(id!);
      // A job that a living worker has cannot be removed: the worker ends it, or the next round finds its lock gone.
      await queue.remove(id!).catch(() => {});
    }
    await setTimeout(LOOK_MS);
  }
}

async function submit(cells: readonly Cell[], { queue, sweep, plan, store, traceOf }: Submission): Promise<void> {
  for (let from = 0; from < cells.length; from += BULK) {
    const jobs = cells.slice(from, from + BULK).map((cell) => {
      const opts = {
        ...{ jobId: jobId(sweep, cell.name), attempts: TRIES, backoff: { type: "fixed", delay: RETRY_MS } },
        ...{ removeOnComplete: true, stackTraceLimit: 0 },
      };
      return { name: cell.name, data: jobOf(cell, traceOf(cell), sweep, plan, store), opts };
    });
    await queue.addBulk(jobs);
  }
}

async function withoutJob(cells: readonly Cell[], { queue, sweep }: Submission): Promise<Cell[]> {
  const client = await queue.backend.client;
  const lost: Cell[] = [];
  for (let from = 0; from < cells.length; from += BULK) {
    const some = cells.slice(from, from + BULK);
    const names = await Promise.all(some.map(({ name }) => client.hexists(queue.toKey(jobId(sweep, name)), "name")));
    lost.push(...some.filter((_, i) => names[i] === 0));
  }
  return lost;
}

type States = NonNullable<Parameters<CellQueue["getJobs"]>[0]>;

async function jobsOf(queue: CellQueue, sweep: string, states: readonly string[]): Promise<QueuedCell[]> {
  const jobs = (await queue.getJobs([...states] as States)) as (QueuedCell | undefined)[];
  return jobs.filter((job) => job !== undefined && (job.data as CellJob | undefined)?.sweep === sweep) as QueuedCell[];
}

/** How many workers a queue has; 1 where its server does not tell. */
async function workers(queue: CellQueue): Promise<number> {
  return queue.getWorkersCount().catch(() => 1);
}

function plainly(reason: string | undefined): string {
  return reason === "job stalled more than allowable limit"
    ? "its workers were killed again and again: too little memory?"
    : (reason ?? "");
}
