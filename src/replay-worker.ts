import type { MessagePort } from "node:worker_threads";
import { type ReplayResult, type ReplayTask, REPLAYED, replay } from "./replay.js";
import { batchesOf, partsOf } from "./table/index.js";

/** A replay for a worker of its own: the workload is read from a run folder. */
export interface WorkerTask {
  readonly task: ReplayTask;
  /** Folder that has workload.arrow or its parts. */
  readonly workloadFolder: string;
  /** Is told how many invocations have arrived. */
  readonly port?: MessagePort;
}

/** Runs the task. A fresh worker for each: code compiled for one scheduler is slower for the next. */
export default async function run({ task, workloadFolder, port }: WorkerTask): Promise<ReplayResult> {
  const workload = batchesOf(partsOf(workloadFolder, "workload"), REPLAYED);
  return replay(task, workload, (arrived) => port?.postMessage(arrived));
}
