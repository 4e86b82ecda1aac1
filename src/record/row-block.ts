import * as Fact from "../cluster/observer.js";
import { BATCH_ROWS, type Batch } from "../table/index.js";
import type { ArrivedRows, InvocationRecords } from "./open-invocations.js";

/** Indices of OUTCOMES. */
export const FINISHED = 0;
export const KILLED = 1;
export const REJECTED = 2;
export const UNFINISHED = 3;

/** The data of a block, by row, which a thread that shares its memory can read. */
export interface RowData extends ArrivedRows {
  /** NaN where it never ran. */
  readonly start: Float64Array;
  /** NaN where it has not ended. */
  readonly finish: Float64Array;
  /** See Observer. */
  readonly progress: Float64Array;
  readonly machine: Int32Array;
  readonly preemptions: Uint32Array;
  /** Index into OUTCOMES. */
  readonly outcome: Int32Array;
  /** Sequence number of row 0, where rows are in workload order. */
  readonly first: number;
  readonly rows: number;
  /** Sequence numbers, where they are not. */
  readonly sequence: Uint32Array | null;
  /** CPU seconds received, where that is not the runtime: made for what has not finished. */
  readonly cpu: Float64Array | null;
  /** Made where memory is managed. */
  readonly swapping: Swapping | null;
  /** What is told of a row that was not on a machine from its arrival to its end; made for the first of those. */
  readonly detours: Detours | null;
}

/** By row. */
export interface Swapping {
  /** The integral of its memory while in swap, MiB s. */
  readonly swapped: Float64Array;
  readonly outs: Uint32Array;
  readonly ins: Uint32Array;
}

/** By row. */
export interface Detours {
  /** Seconds on no machine. */
  readonly away: Float64Array;
  /** CPU seconds of attempts that were killed before the last one, and the sum of their squares. */
  readonly lost: Float64Array;
  readonly lostSquared: Float64Array;
}

function shared<T>(Values: { new (buffer: SharedArrayBuffer): T; readonly BYTES_PER_ELEMENT: number }): T {
  return new Values(new SharedArrayBuffer(BATCH_ROWS * Values.BYTES_PER_ELEMENT));
}

/** Up to BATCH_ROWS invocations that have arrived, with what became of them. */
export class RowBlock implements RowData {
  readonly arrival = shared(Float64Array);
  readonly runtime = shared(Float64Array);
  readonly priceClass = shared(Uint8Array);
  readonly initial = shared(Float32Array);
  readonly peak = shared(Float32Array);
  readonly start = shared(Float64Array);
  readonly finish = shared(Float64Array);
  readonly progress = shared(Float64Array);
  readonly machine = shared(Int32Array);
  readonly preemptions = shared(Uint32Array);
  readonly outcome = shared(Int32Array);
  /** Rows that have not ended. */
  openCount = 0;
  first = 0;
  rows = 0;
  readonly sequence: Uint32Array | null;
  cpu: Float64Array | null = null;
  readonly swapping: Swapping | null;
  detours: Detours | null = null;

  /** `ordered`: rows are in workload order. `managed`: RAM is finite. */
  constructor(ordered: boolean, managed: boolean) {
    this.sequence = ordered ? null : shared(Uint32Array);
    this.swapping = managed
      ? { swapped: shared(Float64Array), outs: shared(Uint32Array), ins: shared(Uint32Array) }
      : null;
  }

  /** Empties it, to be filled row by row. */
  reset(): void {
    if (this.cpu !== null) this.outcome.fill(FINISHED);
    this.rows = 0;
    this.cpu = null;
    this.detours = null;
  }

  /** Takes a batch of the workload, into a block that is empty, as rows that are all open. */
  fill(first: number, batch: Batch, rows: number): void {
    this.first = first;
    this.rows = rows;
    this.openCount = rows;
    this.arrival.set(batch["arrival_s"]!.subarray(0, rows));
    this.runtime.set(batch["runtime_s"]!.subarray(0, rows));
    this.priceClass.set(batch["price_class"]!.subarray(0, rows));
    this.initial.set(batch["memory_initial_mib"]!.subarray(0, rows));
    this.peak.set(batch["memory_peak_mib"]!.subarray(0, rows));
  }

  /** Adds an invocation as the next row, with what arrived with it. Returns the row. */
  add(invocation: number, known: InvocationRecords, record: number): number {
    const row = this.rows++;
    this.sequence![row] = invocation;
    known.tellRow(record, this, row);
    return row;
  }

  /** Writes down what became of a row, but for its detours, as an observer's facts have it. `outcome` as in OUTCOMES. */
  tell(row: number, facts: Float64Array, outcome: number, machine: number, preempted: number): void {
    this.start[row] = facts[Fact.START]!;
    this.finish[row] = outcome === UNFINISHED ? Number.NaN : facts[Fact.TIME]!;
    this.progress[row] = facts[Fact.PROGRESS]!;
    this.machine[row] = machine;
    this.preemptions[row] = preempted;
    if (outcome !== FINISHED) this.tellOutcome(row, facts, outcome);
    if (this.swapping === null) return;
    this.swapping.swapped[row] = facts[Fact.SWAPPED]!;
    this.swapping.outs[row] = facts[Fact.SWAP_OUTS]!;
    this.swapping.ins[row] = facts[Fact.SWAP_INS]!;
  }

  /** Keeps what Detours has of a row. */
  detour(row: number, facts: Float64Array): void {
    const away = facts[Fact.AWAY]!;
    const lost = facts[Fact.LOST]!;
    if (this.detours === null) {
      if (away === 0 && lost === 0) return;
      this.detours = { away: shared(Float64Array), lost: shared(Float64Array), lostSquared: shared(Float64Array) };
    }
    this.detours.away[row] = away;
    this.detours.lost[row] = lost;
    this.detours.lostSquared[row] = facts[Fact.LOST_SQUARED]!;
  }

  private tellOutcome(row: number, facts: Float64Array, outcome: number): void {
    this.outcome[row] = outcome;
    this.cpu ??= shared(Float64Array);
    this.cpu[row] = facts[Fact.CPU]!;
  }
}
