import type { Trace } from "../trace/trace.js";
import { prepareCounts } from "./prepare-counts.js";
import { prepareLog } from "./prepare-log.js";
import type { Workload, WorkloadOptions } from "./workload.js";

/**
 * Turns a trace into the invocations that every scheduler replays. Arrivals are in seconds since the trace's start, a cut
 * or not. Every draw is keyed, so no option changes a draw that it does not speak of. Throws Invalid.
 */
export function prepareWorkload(trace: Trace, options: WorkloadOptions): Promise<Workload> {
  return trace.kind === "counts" ? prepareCounts(trace, options) : prepareLog(trace, options);
}
