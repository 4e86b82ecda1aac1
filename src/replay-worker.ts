import type { MessagePort } from "node:worker_threads";
import { readState, writeState } from "./checkpoints.js";
import { columnsOf, type ReplayManner, type ReplayResult, type ReplayTask, replay } from "./replay.js";
import { batchesOf, partsOf, type Rows } from "./table/index.js";
import { type Ring, RingReader } from "./workload-ring.js";

/** A replay for a worker of its own: the workload is read from a run folder, or while another thread draws it. */
export interface WorkerTask {
  readonly task: ReplayTask;
  readonly from: { readonly folder: string } | Streamed;
  /** Is told what goes on. Only where this is a worker. */
  readonly port?: MessagePort;
}

/** A workload that another thread draws, and where checkpoints go: `resumed` is the number of the one to go on from, 0: none. */
export interface Streamed {
  readonly ring: Ring;
  readonly reader: number;
  readonly runFolder: string;
  readonly resumed: number;
}

/** How many invocations have arrived, or that a checkpoint is written. */
export type WorkerNews = { readonly arrived: number } | { readonly checkpoint: number };

/** What a replay came to, and how long it took. */
export interface WorkerResult {
  readonly result: ReplayResult;
  readonly seconds: number;
}

/** Runs the task. A fresh worker for each: code compiled for one scheduler is slower for the next. */
export async function replayTask({ task, from, port }: WorkerTask): Promise<WorkerResult> {
  const tell = (news: WorkerNews) => port?.postMessage(news);
  const progress = (arrived: number) => tell({ arrived });
  if ("folder" in from) {
    const workload = batchesOf(partsOf(from.folder, "workload"), columnsOf(task));
    return timed(task, workload, { progress, threads: port !== undefined });
  }
  const { scheduler } = task;
  const { runFolder, resumed } = from;
  const reader = new RingReader(from.ring, from.reader);
  return timed(task, reader.batches(), {
    progress,
    threads: port !== undefined,
    late: () => reader.told(),
    resumed: resumed > 0 ? readState(runFolder, resumed, scheduler) : null,
    checkpoint: (number, state) => {
      writeState(runFolder, number, scheduler, state);
      tell({ checkpoint: number });
    },
  });
}

/** Runs the task on these batches, in this thread. */
export async function timed(
  task: ReplayTask,
  workload: AsyncIterable<Rows>,
  manner: ReplayManner,
): Promise<WorkerResult> {
  const from = process.hrtime.bigint();
  const result = await replay(task, workload, manner);
  return { result, seconds: Number(process.hrtime.bigint() - from) / 1e9 };
}
