import type { MessagePort } from "node:worker_threads";
import { columnsOf, type ReplayManner, type ReplayResult, type ReplayTask, replay } from "./replay.js";
import { batchesOf, partsOf, type Rows } from "./table/index.js";
import { type Ring, RingReader } from "./workload-ring.js";

/** A replay for a worker of its own: the workload is read from a run folder, or while another thread draws it. */
export interface WorkerTask {
  readonly task: ReplayTask;
  readonly from: { readonly folder: string } | { readonly ring: Ring; readonly reader: number };
  /** Is told how many invocations have arrived. Only where this is a worker. */
  readonly port?: MessagePort;
}

/** What a replay came to, and how long it took. */
export interface WorkerResult {
  readonly result: ReplayResult;
  readonly seconds: number;
}

/** Runs the task. A fresh worker for each: code compiled for one scheduler is slower for the next. */
export async function replayTask({ task, from, port }: WorkerTask): Promise<WorkerResult> {
  const progress = (arrived: number) => port?.postMessage(arrived);
  if ("folder" in from) {
    const workload = batchesOf(partsOf(from.folder, "workload"), columnsOf(task));
    return timed(task, workload, { progress, threads: port !== undefined });
  }
  const reader = new RingReader(from.ring, from.reader);
  return timed(task, reader.batches(), { progress, late: () => reader.told() });
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
