// Traces
export { FORMATS } from "./trace/formats.js";
export { type IngestOptions, ingest } from "./trace/ingest.js";
export type { CountTrace, InvocationTrace, Trace, TraceManifest } from "./trace/trace.js";
export { isTraceFolder, openTrace } from "./trace/trace-folder.js";

// Workloads
export { inspect, prepareWorkload, sampleTrace, type Workload, type WorkloadOptions } from "./workload/index.js";

// Replays
export { type RunFacts, type RunOptions, run } from "./run.js";
export type { Scheduler, SchedulerConfig, SchedulerEntry } from "./scheduler/scheduler.js";
export { SCHEDULERS } from "./scheduler/schedulers.js";

// Sweeps
export { type SweepManner, type SweepResult, sweep } from "./cli/sweep-run.js";
export type { Plan } from "./sweep/plan.js";

// Tables
export * as arrow from "apache-arrow";
export {
  INVOCATIONS,
  MACHINES,
  OCCUPANCY,
  readTable,
  SWAPS,
  TableReader,
  WINDOWS,
  WORKLOAD,
} from "./table/index.js";

// Analysis, charts and notebooks
export { summarise } from "./analysis/latency.js";
export { openRun } from "./analysis/run-folder.js";
export { summaryRows } from "./analysis/summary.js";
export { capacity } from "./analysis/swap/capacity.js";
export { readDrives } from "./analysis/swap/drives.js";
export { groupRuns } from "./analysis/swap/runs.js";
export { analyseSwap } from "./analysis/swap/swap-analysis.js";
export { CHARTS, chart } from "./chart/charts.js";
export { toPng, toSvg } from "./chart/render.js";
export type { Spec } from "./chart/theme.js";
export { type AnyTable, toArquero, toArrow, toDanfo } from "./notebook/frames.js";
export { open, Run } from "./notebook/run.js";
export { show } from "./notebook/show.js";

// Errors and the version
export { Invalid } from "./invalid.js";
export { VERSION } from "./version.js";
