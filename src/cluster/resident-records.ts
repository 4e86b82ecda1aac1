import { longer } from "./live.js";
import type { Arrivals } from "./observer.js";

/** Float64 fields of a record, a cache line. */
export const FIELDS = 8;
/** What it holds is OFFSET + SLOPE x its machine's clock, MiB; SLOPE is GROWTH while it runs, else 0. */
export const OFFSET = 0;
export const SLOPE = 1;
/** MiB that it grows by in a CPU second. */
export const GROWTH = 2;
/** What it holds at first and at last, MiB, and the latter in bytes. */
export const INITIAL = 3;
export const PEAK = 4;
export const MOST_BYTES = 5;
/** Its sequence number. */
export const SEQUENCE = 6;

const BYTES = 1048576;

/** What grows by more MiB in a CPU second, 100 MiB within 10 us, counts as holding its peak at once. */
const STEEPEST = 1e7;

/**
 * The memory of each placed-and-unfinished invocation, where nothing is swapped. What runs on a machine grows as the
 * machine's clock goes on, which counts the CPU seconds that each of those has got since the clock was last at 0. A
 * record is eight doubles at `data[slot * FIELDS + FIELD]`; slots are the discipline's, small whole numbers.
 */
export class ResidentRecords {
  data = new Float64Array(1024 * FIELDS);
  /** By machine. */
  readonly clock: Float64Array;
  /** The record of an arrival that has no slot yet. It does not run: its SLOPE is 0. */
  readonly coming = new Float64Array(FIELDS);

  constructor(machines: number) {
    this.clock = new Float64Array(machines);
  }

  /** Arrival `i` is the one that is coming. */
  meet(arrivals: Arrivals, i: number): void {
    const { coming } = this;
    const runtime = arrivals.runtime_s[i]!;
    const peak = arrivals.memory_peak_mib[i]!;
    const initial = runtime > 0 ? arrivals.memory_initial_mib[i]! : peak;
    const growth = runtime > 0 ? (peak - initial) / runtime : 0;
    const steep = growth > STEEPEST;
    coming[OFFSET] = steep ? peak : initial;
    coming[GROWTH] = steep ? 0 : growth;
    coming[INITIAL] = initial;
    coming[PEAK] = peak;
    coming[MOST_BYTES] = Math.round(peak * BYTES);
    coming[SEQUENCE] = arrivals.first + i;
  }

  /** The one that is coming gets a slot. */
  keep(slot: number): void {
    const { coming } = this;
    const at = slot * FIELDS;
    while (at >= this.data.length) this.data = longer(this.data, 2 * this.data.length);
    const { data } = this;
    for (let field = 0; field < FIELDS; field++) data[at + field] = coming[field]!;
  }

  /** What one on machine m holds now, in whole bytes. */
  bytes(m: number, slot: number): number {
    const { data } = this;
    const at = slot * FIELDS;
    const mib = data[at + OFFSET]! + data[at + SLOPE]! * this.clock[m]!;
    return Math.min(data[at + MOST_BYTES]!, Math.round(mib * BYTES));
  }

  /** The same of the one that is coming. */
  comingBytes(): number {
    return Math.round(this.coming[OFFSET]! * BYTES);
  }

  /** MiB that one holds which has got `cpu` of the `runtime` seconds that it needs. */
  mibAt(slot: number, cpu: number, runtime: number): number {
    const { data } = this;
    const at = slot * FIELDS;
    const initial = data[at + INITIAL]!;
    return runtime > 0 ? initial + (data[at + PEAK]! - initial) * (cpu / runtime) : initial;
  }
}
