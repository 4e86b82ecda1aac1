import type { Column } from "./column.js";

const functionId: Column = { name: "function_id", type: "uint32", unit: "", about: "Row of functions.arrow." };
const ms = (name: string, about: string): Column => ({
  name,
  type: "float64",
  unit: "ms",
  about,
  nulls: "not in the trace",
});
const mib = (name: string, about: string): Column => ({
  name,
  type: "float64",
  unit: "MiB",
  about,
  nulls: "not in the trace",
});
const seconds = (name: string, about: string, nulls: string): Column => ({
  name,
  type: "float64",
  unit: "s",
  about,
  nulls,
});
const unknown = "not in the trace";

/** `functions.arrow`: one row per function; its row number is its function_id. */
export const FUNCTIONS: readonly Column[] = [
  functionId,
  { name: "owner", type: "dictionary", unit: "", about: "The tenant that owns the app.", nulls: unknown },
  { name: "app", type: "dictionary", unit: "", about: "The app that the function belongs to.", nulls: unknown },
  { name: "function", type: "dictionary", unit: "", about: "The function's name in the trace.", nulls: unknown },
  { name: "trigger", type: "dictionary", unit: "", about: "What invokes it: http, timer, queue …", nulls: unknown },
];

/** `counts.arrow` of a count trace, by minute and then function_id; cells that are zero are left out. */
export const COUNTS: readonly Column[] = [
  functionId,
  { name: "minute", type: "int32", unit: "min", about: "Minutes since the trace's start." },
  { name: "count", type: "uint32", unit: "", about: "Invocations of the function recorded in that minute." },
];

/** `durations.arrow` of a count trace: a row per function and day, as the provider has it, by function_id and then day. */
export const DURATIONS: readonly Column[] = [
  functionId,
  { name: "day", type: "int32", unit: "d", about: "Day of the trace the row speaks for; the trace starts in day 0." },
  ms("average_ms", "Mean wall-clock duration; the real data have negative ones."),
  { name: "count", type: "float64", unit: "", about: "Invocations it was taken over.", nulls: unknown },
  ms("minimum_ms", "Shortest; the real data have negative ones."),
  ms("maximum_ms", "Longest."),
  ms("pct0_ms", "Percentile 0 of the 30-second averages, weighted by count."),
  ms("pct1_ms", "Percentile 1 of the same."),
  ms("pct25_ms", "Percentile 25 of the same."),
  ms("pct50_ms", "Percentile 50 of the same."),
  ms("pct75_ms", "Percentile 75 of the same."),
  ms("pct99_ms", "Percentile 99 of the same."),
  ms("pct100_ms", "Percentile 100 of the same."),
];

/** `memory.arrow` of a count trace: a row per app and day (or per function and day where a file has that), as the provider has it. */
export const MEMORY: readonly Column[] = [
  { name: "owner", type: "dictionary", unit: "", about: "The tenant that owns the app.", nulls: unknown },
  { name: "app", type: "dictionary", unit: "", about: "The app.", nulls: unknown },
  {
    name: "function",
    type: "dictionary",
    unit: "",
    about: "The function, in files that give memory per function.",
    nulls: "the row is for the whole app",
  },
  { name: "day", type: "int32", unit: "d", about: "Day of the trace the row speaks for; the trace starts in day 0." },
  { name: "sample_count", type: "float64", unit: "", about: "Samples it was taken over.", nulls: unknown },
  mib("average_mib", "Mean allocated memory."),
  mib("pct1_mib", "Percentile 1 of allocated memory."),
  mib("pct5_mib", "Percentile 5 of the same."),
  mib("pct25_mib", "Percentile 25 of the same."),
  mib("pct50_mib", "Percentile 50 of the same."),
  mib("pct75_mib", "Percentile 75 of the same."),
  mib("pct95_mib", "Percentile 95 of the same."),
  mib("pct99_mib", "Percentile 99 of the same."),
  mib("pct100_mib", "Percentile 100 of the same."),
];

/** `invocations.arrow` of an invocation trace: one row per invocation, sorted by arrival. */
export const TRACE_INVOCATIONS: readonly Column[] = [
  functionId,
  { name: "arrival_s", type: "float64", unit: "s", about: "Arrival, since the trace's start." },
  { name: "runtime_s", type: "float64", unit: "s", about: "Duration as recorded." },
  { name: "price_class", type: "int32", unit: "", about: "Requested price class; 0 is the lowest.", nulls: unknown },
  { name: "memory_initial_mib", type: "float32", unit: "MiB", about: "Memory at the start.", nulls: unknown },
  { name: "memory_peak_mib", type: "float32", unit: "MiB", about: "Memory at the end of the run.", nulls: unknown },
  {
    name: "parent",
    type: "int32",
    unit: "",
    about: "Row of the invocation that called this one; an earlier row.",
    nulls: "nothing in the trace called it",
  },
];

/** Further columns of `invocations.arrow` in a trace of Azure's LLM inference log. */
export const LLM_COLUMNS: readonly Column[] = [
  { name: "context_tokens", type: "int32", unit: "", about: "Tokens of the prompt." },
  { name: "generated_tokens", type: "int32", unit: "", about: "Tokens of the answer." },
];

/** Further columns of `invocations.arrow` in a trace of AWS Lambda's reports; memory_peak_mib is the memory used. */
export const LAMBDA_COLUMNS: readonly Column[] = [
  seconds("billed_s", "Billed duration.", "not in the report"),
  seconds("init_s", "Initialisation before the duration, in a cold start.", "a warm start"),
  seconds("restore_s", "Restoring a snapshot before the duration (SnapStart).", "nothing was restored"),
  seconds("billed_restore_s", "The part of restoring that is billed.", "nothing was restored"),
  { name: "memory_size_mib", type: "float32", unit: "MiB", about: "Memory it may use.", nulls: "not in the report" },
  {
    name: "status",
    type: "dictionary",
    unit: "",
    about: "How it ended: timeout, error …; text reports say so only of what failed.",
    nulls: "not in the report",
  },
];
