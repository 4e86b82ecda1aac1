import type { Batch, Dictionaries } from "../table/index.js";
import type { Seconds } from "../units.js";
import type { RowSampling } from "./row-sampling.js";

/** Arrivals of a count trace inside their minute. `gamma` has gaps with that coefficient of variation. */
export type ArrivalPattern =
  | { readonly kind: "uniform" | "equidistant" | "batch" }
  | { readonly kind: "gamma"; readonly cv: number };

/** Which price class an invocation asks for. */
export type ClassRule =
  | { readonly kind: "trigger" }
  | { readonly kind: "weights"; readonly weights: readonly number[]; readonly per: "function" | "invocation" }
  | { readonly kind: "mapping"; readonly path: string };

/** Everything that turns a trace into a workload. All of it stands in run.json. */
export interface WorkloadOptions {
  readonly seed: number;
  /** Part of the trace to replay, seconds since its start; null: all of it. */
  readonly cut: readonly [Seconds, Seconds] | null;
  /** Offered CPU, expected over the cut, as a fraction of the cluster's cores; null: the trace as it is. */
  readonly load: number | null;
  /** "auto" picks the fewest machines that carry the trace as it is at `load` or less. */
  readonly machines: number | "auto";
  readonly cores: number;
  readonly arrivals: ArrivalPattern;
  readonly timers: "aligned" | "spread";
  /** CPU seconds per second of recorded (wall-clock) duration, 0 < fraction <= 1. */
  readonly cpuFraction: number;
  /** Longest runtime; longer ones are cut to it. Infinity: none. */
  readonly maxRuntime: Seconds;
  readonly appMemory: "per-invocation" | "divide-by-functions";
  /** null: by trigger where the trace has triggers, else the papers' shares. */
  readonly classes: ClassRule | null;
  readonly prices: readonly number[];
}

/** A workload ready to be replayed; what was decided and assumed on the way stands in `report`. */
export interface Workload {
  readonly machines: number;
  /** Seconds since the trace's start: the cut's ends. */
  readonly from: Seconds;
  readonly to: Seconds;
  /** Offered CPU as expected from the trace and the options, over machines x cores. */
  readonly offeredLoadExpected: number;
  /** Invocations expected; the real number differs a little where counts are rounded at random. */
  readonly invocationsExpected: number;
  /** No runtime is longer. */
  readonly longestRuntime: Seconds;
  /** The strings of the function, app, owner and trigger columns. */
  readonly dictionaries: Dictionaries;
  /** What was scaled, drawn, filled, left unscaled, capped: names with numbers, for run.json. */
  readonly report: WorkloadReport;
  /**
   * Batches of the WORKLOAD columns but deadline_s, sorted by arrival, each of BATCH_ROWS rows but the last.
   * A batch's arrays are used again for the next but one: it can be written while the next is drawn. The counts of `report`
   * are complete when it has ended. The function, app, owner and trigger columns may hold anything without `labels`, and
   * with a sampling in all rows but those it keeps, which saves time. With `from`, a position of this workload or of one
   * made from the same trace and options, those batches that come after it, and `report` as if all had come.
   */
  batches(
    labels?: boolean | RowSampling,
    from?: WorkloadPosition,
  ): AsyncGenerator<{ readonly rows: number; readonly columns: Batch }>;
  /**
   * The position after the batch that came last; before the first, that where `batches` began. To go on from it, a count
   * trace draws one minute again and reads nothing of earlier ones; a log is read and drawn from its start up to there,
   * since a caller may be any earlier row.
   */
  position(): WorkloadPosition;
}

/** A place between two batches of a workload. Plain JSON. */
export interface WorkloadPosition {
  /** Rows before it. */
  readonly rows: number;
  /** Of a count trace, minute since the trace's start in which the next row is searched, and its place in the minute's order. */
  readonly minute: number;
  readonly place: number;
  /** Of a count trace, rows before it that have the longest runtime. */
  readonly at_max_runtime: number;
}

/** The position of the first row. */
export const START: WorkloadPosition = { rows: 0, minute: 0, place: 0, at_max_runtime: 0 };

/** Plain JSON for run.json, keys in a fixed order. */
export interface WorkloadReport {
  /** Factor on the trace's counts or invocations. */
  readonly scale: number;
  /** The class rule used, as given or by default. */
  readonly classes: string;
  readonly [name: string]: unknown;
}
