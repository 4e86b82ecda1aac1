import type { MessagePort } from "node:worker_threads";
import { columnsOf, type ReplayResult, type ReplayTask, replay } from "./replay.js";
import { batchesOf, partsOf } from "./table/index.js";

/** A replay for a worker of its own: the workload is read from a run folder. */
export interface WorkerTask {
  readonly task: ReplayTask;
  /** Folder that has workload.arrow or its parts. */
  readonly workloadFolder: string;
  /** Is told how many invocations have arrived. Only where this is a worker. */
  readonly port?: MessagePort;
}

/** What a replay came to, and how long it took. */
export interface WorkerResult {
  readonly result: ReplayResult;
  readonly seconds: number;
}

/** Runs the task. A fresh worker for each: code compiled for one scheduler is slower for the next. */
export async function replayTask({ task, workloadFolder, port }: WorkerTask): Promise<WorkerResult> {
  const from = process.hrtime.bigint();
  const workload = batchesOf(partsOf(workloadFolder, "workload"), columnsOf(task));
  const progress = (arrived: number) => port?.postMessage(arrived);
  const result = await replay(task, workload, { progress, threads: port !== undefined });
  return { result, seconds: Number(process.hrtime.bigint() - from) / 1e9 };
}
