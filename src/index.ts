// Traces
export { generate, ingest, sample } from "./notebook/make.js";
export { openTraceFolder, TraceFolder } from "./notebook/trace.js";
export { FORMATS } from "./trace/formats.js";
export type { CountTrace, InvocationTrace, Trace, TraceManifest } from "./trace/trace.js";
export { isTraceFolder, openTrace } from "./trace/trace-folder.js";

// Workloads
export { inspect, prepareWorkload, sampleTrace, type Workload, type WorkloadOptions } from "./workload/index.js";

// Replays and sweeps
export { type ReplayOptions, replay } from "./notebook/replay.js";
export { openSweep, Sweep, type SweepPlan, sweep } from "./notebook/sweep.js";
export { type RunFacts, type RunOptions, run } from "./run.js";
export type { Scheduler, SchedulerConfig, SchedulerEntry } from "./scheduler/scheduler.js";
export { SCHEDULERS } from "./scheduler/schedulers.js";

// Tables
export * as arrow from "apache-arrow";
export {
  INVOCATIONS,
  MACHINES,
  OCCUPANCY,
  ParquetTableWriter,
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
export { capacity } from "./analysis/capacity.js";
export type { CostAnalysis, CostQuestion } from "./analysis/cost/answer.js";
export { bills } from "./analysis/cost/bills.js";
export { type ClassChoice, cheapestClasses, choiceRows } from "./analysis/cost/cheapest-class.js";
export { analyseCost } from "./analysis/cost/cost-analysis.js";
export { frontierRows } from "./analysis/cost/frontier.js";
export { parseObjective } from "./analysis/cost/objective.js";
export { alternativeRows, costRows, readingRows } from "./analysis/cost/rows.js";
export { readDrives } from "./analysis/swap/drives.js";
export { groupRuns } from "./analysis/swap/runs.js";
export { analyseSwap } from "./analysis/swap/swap-analysis.js";
export { CHARTS, chart } from "./chart/charts.js";
export { toPng, toSvg } from "./chart/render.js";
export { type MadeChart, runCharts } from "./chart/run-charts.js";
export { swapRateRows } from "./chart/swap-rates.js";
export type { Spec } from "./chart/theme.js";
export { Cost, cheapest, cost, frontier } from "./notebook/cost.js";
export { type AnyTable, toArquero, toArrow, toDanfo } from "./notebook/frames.js";
export { ccdf, compare, crowding, latency, shares, starvation, warmUp } from "./notebook/latency.js";
export { open, Run } from "./notebook/run.js";
export { show } from "./notebook/show.js";
export { machineSwap, memoryMap, Swap, type SwapQuestions, swap } from "./notebook/swap.js";
export { validated } from "./notebook/validation.js";

// Errors and the version
export { Failed } from "./notebook/child.js";
export { Invalid } from "./invalid.js";
export { VERSION } from "./version.js";
