import { parentPort, workerData } from "node:worker_threads";
import type { Batch } from "../table/index.js";
import type { RowData } from "./row-block.js";
import { type Late, type RowSinkOptions, TableSink } from "./row-sink.js";

/** What a ThreadSink asks of its thread. */
export type SinkRequest =
  | { readonly kind: "expect"; readonly batch: Batch; readonly rows: number }
  | { readonly kind: "write"; readonly block: RowData; readonly end: number }
  | { readonly kind: "close"; readonly late: Late };

/** Its answer to a write or a close, in the order of those: done, or why not. */
export interface SinkReply {
  readonly failed: string | null;
}

if (parentPort !== null) {
  const port = parentPort;
  const sink = TableSink.open(workerData as RowSinkOptions);
  const answer = (work: Promise<void>) =>
    work.then(
      () => port.postMessage({ failed: null } satisfies SinkReply),
      (error: Error) => port.postMessage({ failed: error.message } satisfies SinkReply),
    );
  let before: Promise<unknown> = sink;
  port.on("message", (request: SinkRequest) => {
    before = before.then(async () => {
      const opened = await sink;
      if (request.kind === "expect") opened.expect(request.batch, request.rows);
      else if (request.kind === "write") void answer(opened.write(request.block, request.end));
      else await answer(opened.close(request.late));
    });
    before.catch((error: Error) => port.postMessage({ failed: error.message } satisfies SinkReply));
  });
}
