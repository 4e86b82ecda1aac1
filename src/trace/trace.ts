import type { Column, Rows } from "../table/index.js";

/** The functions of a trace; the index into each list is the function_id. Null where the trace does not say. */
export interface Functions {
  readonly owner: readonly (string | null)[];
  readonly app: readonly (string | null)[];
  readonly function: readonly (string | null)[];
  readonly trigger: readonly (string | null)[];
}

/** A source file of a trace, in the manifest: its name without folders, bytes as stored, and their sha256. */
export interface SourceFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** `manifest.json` of a trace folder. It does not depend on the order of rows in the source files, except through `sources`. */
export interface TraceManifest {
  readonly replaybook: string;
  readonly table_version: string;
  readonly name: string;
  readonly kind: "counts" | "invocations";
  readonly format: string;
  /** sha256 of the trace's content (tables in canonical order), the same however its files' rows were ordered or packed. */
  readonly sha256: string;
  readonly sources: readonly SourceFile[];
  /**
   * What draws are keyed by: a function's (owner, app, function), or, in a plain workload table, the order in which
   * functions first appear, so that relabelling them changes nothing but the labels.
   */
  readonly keyed_by: "labels" | "order";
  /** Provider's minute (of the release, 0 = its first) that is this trace's minute 0; 0 where that has no meaning. */
  readonly first_minute: number;
  /** Length in seconds: whole minutes of a count trace; up to the last arrival of an invocation trace. */
  readonly duration_s: number;
  /** The provider's clock when the trace starts, ISO 8601 in UTC, where the files say it. */
  readonly starts_at?: string;
  /** What ingest's options made of what the files say, by name with its unit: the rates that turn tokens into seconds. */
  readonly conversion?: Readonly<Record<string, number>>;
  readonly functions: number;
  readonly invocations: number;
  /** Rows by source family: kept, filled and quarantined; and what was merged, per the reader. */
  readonly rows: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** What the trace lacks and a workload will have to assume: "trigger", "durations", "memory" … */
  readonly lacks: readonly string[];
  /** One line each: what the reader noticed and did (merged duplicates, unsorted rows …). */
  readonly notes: readonly string[];
  /** Who uses the CPU. */
  readonly cpu?: CpuShares;
  /** Of a sample: what it was drawn from, and how. */
  readonly sample?: SampleOrigin;
}

/** Where a sample of a trace's functions comes from: enough to draw it again, and how close it is to the whole. */
export interface SampleOrigin {
  /** The trace it was drawn from; `sample` where that was a sample itself. */
  readonly from: Pick<TraceManifest, "name" | "sha256" | "functions" | "invocations" | "sample">;
  readonly functions: number;
  readonly seed: number;
  /** By marginal: Wasserstein-1 distance to the trace, over that of the trace's median alone. */
  readonly distances: Readonly<Record<string, number>>;
}

/**
 * Who uses the CPU, as the trace says; durations are wall-clock time and taken for CPU time. In a count trace a function
 * has, day by day, its invocations times its Average; without one, or with one below 0, its duration is unknown.
 */
export interface CpuShares {
  /** CPU seconds of all invocations whose duration is known. */
  readonly cpu_s: number;
  /** Functions with invocations of unknown duration, and those invocations. */
  readonly unknown: { readonly functions: number; readonly invocations: number };
  /** The ten functions with most CPU time, the biggest first. */
  readonly biggest: readonly FunctionShare[];
}

/** A function's part of a trace's CPU time. */
export interface FunctionShare {
  readonly function_id: number;
  readonly owner: string | null;
  readonly app: string | null;
  readonly function: string | null;
  readonly trigger: string | null;
  readonly invocations: number;
  /** Mean duration in seconds, over its invocations of known duration. */
  readonly mean_s: number;
  /** Of `cpu_s`; 0 … 1. */
  readonly share: number;
}

/** One minute of a count trace: parallel arrays of `length` entries, by ascending function_id, counts above zero. */
export interface MinuteCounts {
  /** Minutes since the trace's start. */
  readonly minute: number;
  readonly functionId: Uint32Array;
  readonly count: Uint32Array;
  readonly length: number;
}

/** Percentile rows of durations (ms) or memory (MiB): row r has `percentiles[r * levels + i]`. NaN where not in the trace. */
export interface DurationRows {
  readonly length: number;
  readonly functionId: Uint32Array;
  readonly day: Int32Array;
  readonly average: Float64Array;
  readonly count: Float64Array;
  readonly minimum: Float64Array;
  readonly maximum: Float64Array;
  /** 7 levels a row: 0, 1, 25, 50, 75, 99, 100. */
  readonly percentiles: Float64Array;
}

/** Memory by app and day, or by function and day where `function` is not null. */
export interface MemoryRows {
  readonly length: number;
  readonly owner: readonly (string | null)[];
  readonly app: readonly (string | null)[];
  readonly function: readonly (string | null)[];
  readonly day: Int32Array;
  readonly sampleCount: Float64Array;
  readonly average: Float64Array;
  /** 8 levels a row: 1, 5, 25, 50, 75, 95, 99, 100. */
  readonly percentiles: Float64Array;
}

/** Levels, in percent, of DurationRows.percentiles. */
export const DURATION_LEVELS = [0, 1, 25, 50, 75, 99, 100] as const;
/** Levels, in percent, of MemoryRows.percentiles. */
export const MEMORY_LEVELS = [1, 5, 25, 50, 75, 95, 99, 100] as const;

/** How many invocations each function had in each minute, and what is known of their durations and memory. */
export interface CountTrace {
  readonly kind: "counts";
  readonly manifest: TraceManifest;
  readonly functions: Functions;
  readonly durations: DurationRows;
  readonly memory: MemoryRows;
  /** Every minute of fromMinute <= minute < toMinute that has invocations, in order; one minute in memory at a time. */
  minutes(fromMinute: number, toMinute: number): AsyncGenerator<MinuteCounts>;
  close(): Promise<void>;
}

/** Every invocation, sorted by arrival. */
export interface InvocationTrace {
  readonly kind: "invocations";
  readonly manifest: TraceManifest;
  readonly functions: Functions;
  /** What the batches' columns are where there are more than TRACE_INVOCATIONS: some formats have further ones. */
  readonly table?: LogTable;
  /** Batches of TRACE_INVOCATIONS columns in order of arrival, null as NaN or -1. */
  batches(): AsyncGenerator<Rows>;
  close(): Promise<void>;
}

/** Columns of a log, and the strings of one that is a dictionary, known once a batch has been read. */
export interface LogTable {
  readonly columns: readonly Column[];
  dictionary(column: string): readonly string[];
}

export type Trace = CountTrace | InvocationTrace;
