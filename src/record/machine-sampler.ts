import { BATCH_ROWS, type TableWriter } from "../table/index.js";

const WIDTHS = {
  time_s: Float64Array,
  machine: Int32Array,
  busy_cores: Float64Array,
  running: Uint32Array,
  waiting: Uint32Array,
  resident_mib: Float64Array,
  swapped_mib: Float64Array,
  resident_max_mib: Float64Array,
  swapped_max_mib: Float64Array,
  swap_out_mib: Float64Array,
  swap_in_mib: Float64Array,
};

type SampleBatch = { [name in keyof typeof WIDTHS]: InstanceType<(typeof WIDTHS)[name]> };

function newBatch(): SampleBatch {
  return Object.fromEntries(
    Object.entries(WIDTHS).map(([name, Values]) => [name, new Values(BATCH_ROWS)]),
  ) as SampleBatch;
}

/**
 * Keeps, per machine, the mean of busy cores and the exact memory held, and writes a row per machine and interval.
 * Memory grows linearly while an invocation runs, so between events a machine's memory is a straight line: its value
 * and slope are kept, and its maximum is at an event or at the interval's end.
 */
export class MachineSampler {
  private readonly cores: number;
  private readonly sharing: boolean;
  private readonly central: boolean;
  private readonly every: number;
  private readonly from: number;
  private readonly writer: TableWriter;
  private readonly running: Int32Array;
  private readonly present: Int32Array;
  private readonly since: Float64Array;
  private readonly busy: Float64Array;
  private readonly resident: Float64Array;
  private readonly growth: Float64Array;
  private readonly residentMax: Float64Array;
  private index = 0;
  private start: number;
  private batch = newBatch();
  private rows = 0;
  /** End of the current interval. */
  private boundary: number;
  /** Time of the change that is told of next, and the MiB it is about. See Observer on why they are not arguments. */
  readonly change = new Float64Array(3);

  /** `cores` of one machine, or of the whole pool where `machines` is 1 and `central`. Intervals start at `from`. */
  constructor(
    shape: { machines: number; cores: number; sharing: boolean; central: boolean; every: number; from: number },
    writer: TableWriter,
  ) {
    const { machines } = shape;
    this.cores = shape.cores;
    this.sharing = shape.sharing;
    this.central = shape.central;
    this.every = shape.every;
    this.from = shape.from;
    this.writer = writer;
    this.running = new Int32Array(machines);
    this.present = new Int32Array(machines);
    this.since = new Float64Array(machines).fill(shape.from);
    this.busy = new Float64Array(machines);
    this.resident = new Float64Array(machines);
    this.growth = new Float64Array(machines);
    this.residentMax = new Float64Array(machines);
    this.start = shape.from;
    this.boundary = shape.from + shape.every;
  }

  /** It holds `change[1]` MiB from now on. */
  placed(machine: number): void {
    const m = this.central ? 0 : machine;
    this.advance(m);
    this.present[m]!++;
    const held = this.resident[m]! + this.change[1]!;
    this.resident[m] = held;
    if (held > this.residentMax[m]!) this.residentMax[m] = held;
  }

  /** It runs, growing by `change[1]` MiB a CPU second. */
  started(machine: number): void {
    const m = this.central ? 0 : machine;
    this.advance(m);
    this.running[m]!++;
    this.growth[m]! += this.change[1]!;
  }

  /** It no longer runs; it grew by `change[1]`. */
  preempted(machine: number): void {
    const m = this.central ? 0 : machine;
    this.advance(m);
    this.running[m]!--;
    this.growth[m]! -= this.change[1]!;
  }

  /** It ends; it grew by `change[1]` and held `change[2]` MiB at last. */
  finished(machine: number): void {
    const m = this.central ? 0 : machine;
    this.advance(m);
    this.running[m]!--;
    if (--this.present[m]! === 0) {
      this.resident[m] = 0;
      this.growth[m] = 0;
    } else {
      this.resident[m]! -= this.change[2]!;
      this.growth[m]! -= this.change[1]!;
    }
  }

  /** Writes the rows of every interval that ends before `time`. */
  private sampleTo(time: number): void {
    while (this.boundary < time) {
      this.sample(this.boundary);
      this.index++;
      this.boundary = this.from + (this.index + 1) * this.every;
    }
  }

  /** Writes the last interval, up to `end`, and what is buffered. */
  async close(end: number): Promise<void> {
    this.sampleTo(end);
    if (end > this.start || this.index === 0) this.sample(end);
    this.flush();
    await this.writer.close();
  }

  /** Brings a machine up to the time of the change, which may begin another interval. */
  private advance(m: number): void {
    const time = this.change[0]!;
    if (time > this.boundary) this.sampleTo(time);
    this.advanceTo(m, time);
  }

  private advanceTo(m: number, time: number): void {
    const elapsed = time - this.since[m]!;
    if (elapsed <= 0) return;
    this.since[m] = time;
    const running = this.running[m]!;
    if (running === 0) return;
    const { cores } = this;
    const crowded = running > cores;
    this.busy[m]! += (crowded ? cores : running) * elapsed;
    const rate = this.sharing && crowded ? cores / running : 1;
    const held = this.resident[m]! + this.growth[m]! * rate * elapsed;
    this.resident[m] = held;
    if (held > this.residentMax[m]!) this.residentMax[m] = held;
  }

  private sample(end: number): void {
    const length = end - this.start;
    for (let m = 0; m < this.running.length; m++) {
      this.advanceTo(m, end);
      const { batch } = this;
      const i = this.rows++;
      batch.time_s[i] = end;
      batch.machine[i] = this.central ? -1 : m;
      batch.busy_cores[i] = length > 0 ? this.busy[m]! / length : 0;
      batch.running[i] = this.running[m]!;
      batch.waiting[i] = this.present[m]! - this.running[m]!;
      batch.resident_mib[i] = this.resident[m]!;
      batch.resident_max_mib[i] = this.residentMax[m]!;
      this.busy[m] = 0;
      this.residentMax[m] = this.resident[m]!;
      if (this.rows === BATCH_ROWS) this.flush();
    }
    this.start = end;
  }

  private flush(): void {
    if (this.rows > 0) void this.writer.write(this.batch, this.rows);
    this.batch = newBatch();
    this.rows = 0;
  }
}
