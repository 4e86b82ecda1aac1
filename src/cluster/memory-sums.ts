import { MEMORY, type MemoryRecords } from "./memory-records.js";

/**
 * A sum of memory by machine, each kept with the rounding errors of its additions (Neumaier's sum): what was added and
 * taken away again leaves nothing behind, however often that happens.
 */
export class MemorySums {
  /** The sum of machine m is total[m] + error[m], MiB. */
  readonly total: Float64Array;
  readonly error: Float64Array;
  private readonly live: MemoryRecords;

  constructor(machines: number, live: MemoryRecords) {
    this.total = new Float64Array(machines);
    this.error = new Float64Array(machines);
    this.live = live;
  }

  /** Adds an invocation's memory. */
  add(m: number, id: number): void {
    const { error, total } = this;
    const mib = this.live.data[id + MEMORY]!;
    const before = total[m]!;
    const after = before + mib;
    const added = after - before;
    error[m]! += before - (after - added) + (mib - added);
    total[m] = after;
  }

  /** Takes away an invocation's memory, which is what it was when it was added. */
  subtract(m: number, id: number): void {
    const { error, total } = this;
    const mib = -this.live.data[id + MEMORY]!;
    const before = total[m]!;
    const after = before + mib;
    const added = after - before;
    error[m]! += before - (after - added) + (mib - added);
    total[m] = after;
  }
}
