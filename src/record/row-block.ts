import * as Fact from "../cluster/observer.js";
import { BATCH_ROWS, type Batch } from "../table/index.js";

/** Doubles of a row's record, a cache line: what a replay reads and writes of an invocation lies together. */
export const FIELDS = 8;
/** Memory that it holds from its arrival until it runs, and when it ends, MiB; growth in a CPU second. */
export const HELD = 0;
export const PEAK = 1;
export const GROWTH = 2;
/** CPU seconds it needs. */
export const NEEDED = 3;
/** When it has ended, in the place of PEAK: the integral of its memory while in swap, MiB s. */
export const SWAPPED = 1;
/** What became of it. FINISH is NaN where it has not ended; see Observer on progress. */
export const STARTED = 4;
export const FINISH = 5;
export const PROGRESS = 6;
/** Int32 fields of a record, in the place of its last double. */
export const INTS = 16;
export const MACHINE = 14;
export const PREEMPTIONS = 15;
/** When it has ended, in the place of NEEDED. */
export const SWAP_OUTS = 6;
export const SWAP_INS = 7;

/** Indices of OUTCOMES. */
export const FINISHED = 0;
export const KILLED = 1;
export const REJECTED = 2;
export const UNFINISHED = 3;

/** MACHINE of a row that has not ended. */
export const OPEN = -2;

/** The data of a block, which a thread that shares its memory can read. */
export interface RowData {
  readonly arrival: Float64Array;
  readonly runtime: Float64Array;
  readonly priceClass: Uint8Array;
  /** FIELDS doubles a row, and the same memory as INTS integers a row. */
  readonly record: Float64Array;
  readonly ints: Int32Array;
  /** Index into OUTCOMES. */
  readonly outcome: Uint8Array;
  /** Sequence number of row 0, where rows are in workload order. */
  readonly first: number;
  readonly rows: number;
  /** Sequence numbers, where they are not. */
  readonly sequence: Float64Array | null;
  /** CPU seconds received, where that is not the runtime: made for what has not finished. */
  readonly cpu: Float64Array | null;
  /** What is told of a row that was not on a machine from its arrival to its end; made for the first of those. */
  readonly detours: Detours | null;
}

/** By row. */
export interface Detours {
  /** Seconds on no machine. */
  readonly away: Float64Array;
  /** CPU seconds of attempts that were killed before the last one, and the sum of their squares. */
  readonly lost: Float64Array;
  readonly lostSquared: Float64Array;
}

function shared<T>(Values: new (buffer: SharedArrayBuffer) => T, bytes: number): T {
  return new Values(new SharedArrayBuffer(BATCH_ROWS * bytes));
}

/** Up to BATCH_ROWS invocations that have arrived, with what became of them. */
export class RowBlock implements RowData {
  readonly arrival = shared(Float64Array, 8);
  readonly runtime = shared(Float64Array, 8);
  readonly priceClass = shared(Uint8Array, 1);
  readonly record = shared(Float64Array, 8 * FIELDS);
  readonly ints: Int32Array;
  readonly outcome = shared(Uint8Array, 1);
  /** Rows that have not ended. */
  openCount = 0;
  first = 0;
  rows = 0;
  readonly sequence: Float64Array | null;
  cpu: Float64Array | null = null;
  detours: Detours | null = null;

  /** `ordered`: rows are in workload order. */
  constructor(ordered: boolean) {
    this.ints = new Int32Array(this.record.buffer);
    this.sequence = ordered ? null : shared(Float64Array, 8);
  }

  /** Empties it, to be filled row by row. */
  reset(): void {
    this.outcome.fill(0, 0, this.rows);
    this.rows = 0;
    this.detours = null;
  }

  /** Makes room for `cpu`. */
  makeCpu(): Float64Array {
    this.cpu ??= shared(Float64Array, 8);
    return this.cpu;
  }

  /** Keeps what Detours has of a row. */
  detour(row: number, away: number, lost: number, lostSquared: number): void {
    if (this.detours === null) {
      if (away === 0 && lost === 0) return;
      this.detours = {
        away: shared(Float64Array, 8),
        lost: shared(Float64Array, 8),
        lostSquared: shared(Float64Array, 8),
      };
    }
    this.detours.away[row] = away;
    this.detours.lost[row] = lost;
    this.detours.lostSquared[row] = lostSquared;
  }

  /** Takes a batch of the workload as rows that are all open. */
  fill(first: number, batch: Batch, rows: number): void {
    this.reset();
    this.first = first;
    this.rows = rows;
    this.openCount = rows;
    const runtime = batch["runtime_s"]!;
    const initial = batch["memory_initial_mib"]!;
    const peak = batch["memory_peak_mib"]!;
    this.arrival.set(batch["arrival_s"]!.subarray(0, rows));
    this.runtime.set(runtime.subarray(0, rows));
    this.priceClass.set(batch["price_class"]!.subarray(0, rows));
    const { record, ints } = this;
    for (let i = 0; i < rows; i++) {
      const at = i * FIELDS;
      const needed = runtime[i]!;
      const most = peak[i]!;
      const least = needed > 0 ? initial[i]! : most;
      record[at + HELD] = least;
      record[at + PEAK] = most;
      record[at + GROWTH] = needed > 0 ? (most - least) / needed : 0;
      record[at + NEEDED] = needed;
      ints[i * INTS + MACHINE] = OPEN;
    }
  }

  /** Copies what arrived in a row of another block over a row of this one. */
  copy(row: number, from: RowBlock, fromRow: number): void {
    this.arrival[row] = from.arrival[fromRow]!;
    this.runtime[row] = from.runtime[fromRow]!;
    this.priceClass[row] = from.priceClass[fromRow]!;
    for (let field = HELD; field <= NEEDED; field++) {
      this.record[row * FIELDS + field] = from.record[fromRow * FIELDS + field]!;
    }
  }

  /**
   * Writes down what became of a row, but for its detours, as an observer's facts have it. `outcome` as in OUTCOMES.
   * Swapping is told where memory is `managed`.
   */
  tell(row: number, facts: Float64Array, outcome: number, machine: number, preempted: number, managed: boolean): void {
    const { record, ints } = this;
    const at = row * FIELDS;
    record[at + STARTED] = facts[Fact.START]!;
    record[at + FINISH] = outcome === UNFINISHED ? Number.NaN : facts[Fact.TIME]!;
    record[at + PROGRESS] = facts[Fact.PROGRESS]!;
    ints[row * INTS + MACHINE] = machine;
    ints[row * INTS + PREEMPTIONS] = preempted;
    if (outcome !== FINISHED) {
      this.outcome[row] = outcome;
      this.makeCpu()[row] = facts[Fact.CPU]!;
    }
    if (!managed) return;
    record[at + SWAPPED] = facts[Fact.SWAPPED]!;
    ints[row * INTS + SWAP_OUTS] = facts[Fact.SWAP_OUTS]!;
    ints[row * INTS + SWAP_INS] = facts[Fact.SWAP_INS]!;
  }
}
