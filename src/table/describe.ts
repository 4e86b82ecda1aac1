import { BILLS } from "./bill-tables.js";
import type { Column } from "./column.js";
import { CLASSES, INVOCATIONS, MACHINES, OCCUPANCY, SKETCHES, SWAPS, WINDOWS, WORKLOAD } from "./run-tables.js";
import { SUMMARY, SUMMARY_RUN } from "./sweep-tables.js";
import {
  COUNTS,
  DURATIONS,
  FUNCTIONS,
  LAMBDA_COLUMNS,
  LLM_COLUMNS,
  MEMORY,
  TRACE_INVOCATIONS,
} from "./trace-tables.js";

const TABLES: readonly [string, string, readonly Column[]][] = [
  ["RUN/workload.arrow", "One row per invocation as replayed, sorted by arrival.", WORKLOAD],
  ["RUN/SCHEDULER/invocations.arrow", "What became of each. Metadata `order` says how rows are sorted.", INVOCATIONS],
  ["RUN/SCHEDULER/machines.arrow", "One row per machine and interval of `sample_every_s`.", MACHINES],
  [
    "RUN/SCHEDULER/swaps.arrow",
    "One row per move to swap, move back and kill, in order of time: all traffic, and with it the swap in use after any instant. Moves of one instant belong together: what makes room comes before what comes back.",
    SWAPS,
  ],
  [
    "RUN/SCHEDULER/occupancy.arrow",
    "How long each machine's swap held how much, kept during the run and not from samples. Bins are 1 MiB wide below 256 MiB and 128 to 255 per doubling above.",
    OCCUPANCY,
  ],
  ["RUN/SCHEDULER/windows.arrow", "One row per window of arrival and price class that has arrivals.", WINDOWS],
  [
    "RUN/SCHEDULER/classes.arrow",
    "With `--record none` or a sample: counts and sums over all invocations, one row per price class.",
    CLASSES,
  ],
  [
    "RUN/SCHEDULER/sketches.arrow",
    "With `--record none` or a sample: histograms of all latencies and slowdowns. A quantile taken from the bins is within 1/256 of the exact one.",
    SKETCHES,
  ],
  [
    "SWEEP/summary.arrow",
    "One row per run of a sweep, scheduler and price class. Between trace and scheduler comes a column for each other option that the plan varies: a number, its unit in its name (`ram_mib`), or a dictionary of utf8 where a value is none.",
    [...SUMMARY_RUN, ...SUMMARY],
  ],
  [
    "bills.arrow, as `replaybook cost RUN -o` writes it",
    "What every invocation is billed, a row per scheduler and invocation. Its metadata say the prices.",
    BILLS,
  ],
  ["TRACE/functions.arrow", "One row per function of a trace.", FUNCTIONS],
  ["TRACE/counts.arrow", "A count trace's invocations per function and minute, without zeros.", COUNTS],
  ["TRACE/durations.arrow", "A count trace's durations, per function and day.", DURATIONS],
  ["TRACE/memory.arrow", "A count trace's memory, per app (or function) and day.", MEMORY],
  ["TRACE/invocations.arrow", "An invocation trace's rows, sorted by arrival.", TRACE_INVOCATIONS],
  ["TRACE/invocations.arrow of azure-llm-2023", "Further columns.", LLM_COLUMNS],
  ["TRACE/invocations.arrow of aws-lambda-report", "Further columns.", LAMBDA_COLUMNS],
];

/** data/README.md: every table's columns, as Markdown. */
export function dataReadme(): string {
  const parts = TABLES.map(([path, about, columns]) => {
    const rows = columns.map(({ name, type, unit, about: says, nulls }) => {
      const kind = type === "dictionary" ? "dictionary of utf8" : type;
      return `| ${name} | ${kind} | ${unit} | ${says}${nulls === undefined ? "" : ` Null: ${nulls}.`} |`;
    });
    return [`## ${path}`, "", about, "", "| column | type | unit | meaning |", "|---|---|---|---|", ...rows, ""].join(
      "\n",
    );
  });
  return [
    "# data",
    "",
    "Runs land in `data/runs/` and trace folders in `data/traces/` (neither is kept in git). All tables are Arrow IPC files;",
    "above 16,777,216 rows a table `NAME.arrow` is a folder `NAME/` of `part-00000.arrow` ….",
    "Times are float64 seconds since the trace's start, memory is in MiB (2^20 bytes). Every table's metadata say what it is:",
    "scheduler, its resolved config, seed, sha256 of trace and workload; every field's metadata hold its unit and meaning.",
    "",
    "This file is written by `scripts/data-readme.mjs` from the schemas in `src/table/`.",
    "",
    ...parts,
  ].join("\n");
}
