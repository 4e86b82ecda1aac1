import { BATCH_ROWS, type TableWriter } from "../table/index.js";

/** Fields of a machine: MiB in swap now, how many invocations, since when; and in the sampling interval: see `sample`. */
const LEVEL = 0;
const COUNT = 1;
const SINCE = 2;
const MOST = 3;
const OUT = 4;
const IN = 5;
const FIELDS = 8;

/** Bins of a doubling; below twice as many MiB bins are 1 MiB wide. */
const PER_DOUBLING = 128;
const BITS = 7;

/** Bin of so many MiB, >= 0 and below 2^31. Bin 0 is exactly none; see `binFrom`. */
export function binOf(mib: number): number {
  if (mib <= 0) return 0;
  const shift = Math.max(0, 31 - Math.clz32(mib) - BITS);
  return 1 + shift * PER_DOUBLING + Math.floor(mib / (1 << shift));
}

/** Lower end of a bin, MiB; the upper one is that of the next. Bin 1 holds what is above 0 and below 1. */
export function binFrom(bin: number): number {
  if (bin === 0) return 0;
  const shift = Math.max(0, Math.floor((bin - 1) / PER_DOUBLING) - 1);
  return (bin - 1 - shift * PER_DOUBLING) * (1 << shift);
}

/**
 * What each machine has in swap: how much now, the most that lasted, the traffic, and for how long how much, which is
 * occupancy.arrow. The level is constant between moves, so all of it is exact.
 */
export class SwapLevels {
  private readonly machines: number;
  private readonly state: Float64Array;
  /** Per machine, once it has been at other than 0: time and MiB s by bin. */
  private readonly histograms: (Float64Array | undefined)[] = [];
  private readonly from: number;
  /** MiB moved out and back by all machines, in all. */
  outMib = 0;
  inMib = 0;

  /** The run begins at `from` seconds with nothing in swap. */
  constructor(machines: number, from: number) {
    this.machines = machines;
    this.from = from;
    this.state = new Float64Array(machines * FIELDS);
    for (let m = 0; m < machines; m++) this.state[m * FIELDS + SINCE] = from;
  }

  /** Something of `mib` is moved to the machine's swap at `time`. */
  out(machine: number, time: number, mib: number): void {
    const { state } = this;
    const at = machine * FIELDS;
    this.advance(machine, time);
    state[at + LEVEL]! += mib;
    state[at + COUNT]!++;
    state[at + OUT]! += mib;
    this.outMib += mib;
  }

  /** And back. */
  back(machine: number, time: number, mib: number): void {
    const { state } = this;
    const at = machine * FIELDS;
    this.advance(machine, time);
    const left = state[at + COUNT]! - 1;
    state[at + COUNT] = left;
    state[at + LEVEL] = left === 0 ? 0 : state[at + LEVEL]! - mib;
    state[at + IN]! += mib;
    this.inMib += mib;
  }

  /** At the end of a sampling interval: what is in swap, the most that was, and the traffic; a new interval begins. */
  sample(machine: number, time: number): { swapped: number; most: number; out: number; in: number } {
    const { state } = this;
    const at = machine * FIELDS;
    this.advance(machine, time);
    const swapped = state[at + LEVEL]!;
    const sampled = { swapped, most: Math.max(state[at + MOST]!, swapped), out: state[at + OUT]!, in: state[at + IN]! };
    state[at + MOST] = 0;
    state[at + OUT] = 0;
    state[at + IN] = 0;
    return sampled;
  }

  /** Writes occupancy.arrow, the run having ended at `end`; `central`: the only machine is the pool, -1. */
  async write(writer: TableWriter, end: number, central: boolean): Promise<void> {
    const rows: number[][] = [];
    const flush = async () => {
      const column = (c: number) => Float64Array.from(rows, (row) => row[c]!);
      const batch = {
        machine: Int32Array.from(rows, (row) => row[0]!),
        swapped_from_mib: column(1),
        swapped_to_mib: column(2),
        time_s: column(3),
        swapped_mib_s: column(4),
      };
      await writer.write(batch, rows.splice(0).length);
    };
    for (let m = 0; m < this.machines; m++) {
      this.advance(m, end);
      const bins = this.histograms[m];
      const name = central ? -1 : m;
      if (bins === undefined) rows.push([name, 0, 0, end - this.from, 0]);
      else {
        for (let bin = 0; bin < bins.length / 2; bin++) {
          if (bins[2 * bin]! === 0) continue;
          rows.push([name, binFrom(bin), bin === 0 ? 0 : binFrom(bin + 1), bins[2 * bin]!, bins[2 * bin + 1]!]);
        }
      }
      if (rows.length >= BATCH_ROWS) await flush();
    }
    if (rows.length > 0) await flush();
    await writer.close();
  }

  /** Accounts for the time since the machine's last move. A level that lasted no time never was. */
  private advance(machine: number, time: number): void {
    const { state } = this;
    const at = machine * FIELDS;
    const elapsed = time - state[at + SINCE]!;
    if (elapsed <= 0) return;
    state[at + SINCE] = time;
    const level = state[at + LEVEL]!;
    if (level > state[at + MOST]!) state[at + MOST] = level;
    let bins = this.histograms[machine];
    if (bins === undefined) {
      if (level === 0) return;
      bins = new Float64Array(64);
      // Until now it was at 0, of which nothing has been written down.
      bins[0] = time - elapsed - this.from;
      this.histograms[machine] = bins;
    }
    const bin = binOf(level);
    if (2 * bin >= bins.length) {
      const longer = new Float64Array(Math.max(2 * bins.length, 2 * bin + 2));
      longer.set(bins);
      bins = longer;
      this.histograms[machine] = bins;
    }
    bins[2 * bin]! += elapsed;
    bins[2 * bin + 1]! += level * elapsed;
  }
}
