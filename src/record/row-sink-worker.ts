import { parentPort, workerData } from "node:worker_threads";
import type { Batch } from "../table/index.js";
import type { RowData } from "./row-block.js";
import { type Late, type RowSinkOptions, TableSink } from "./row-sink.js";
import type { Saved } from "./tables.js";

/** What a ThreadSink asks of its thread. */
export type SinkRequest =
  | { readonly kind: "expect"; readonly batch: Batch; readonly rows: number }
  | { readonly kind: "write"; readonly block: RowData; readonly end: number }
  | { readonly kind: "save" }
  | { readonly kind: "close"; readonly late: Late };

/** What its thread begins with. */
export interface SinkStart {
  readonly options: RowSinkOptions;
  readonly saved: Saved | null;
}

/** Its answer to all but `expect`, in the order of those: done, or why not; and what was to be saved. */
export interface SinkReply {
  readonly failed: string | null;
  readonly saved: Saved | null;
}

if (parentPort !== null) {
  const port = parentPort;
  const { options, saved } = workerData as SinkStart;
  const sink = TableSink.open(options, saved);
  const reply = (failed: string | null, told: Saved | null = null) =>
    port.postMessage({ failed, saved: told } satisfies SinkReply);
  const answer = (work: Promise<unknown>) =>
    work.then(
      (told) => reply(null, (told ?? null) as Saved | null),
      (error: Error) => reply(error.message),
    );
  let before: Promise<unknown> = sink;
  port.on("message", (request: SinkRequest) => {
    before = before.then(async () => {
      const opened = await sink;
      if (request.kind === "expect") opened.expect(request.batch, request.rows);
      else if (request.kind === "write") void answer(opened.write(request.block, request.end));
      else if (request.kind === "save") await answer(opened.save());
      else await answer(opened.close(request.late));
    });
    before.catch((error: Error) => reply(error.message));
  });
}
