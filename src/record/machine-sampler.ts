import { BATCH_ROWS, type TableWriter } from "../table/index.js";
import type { Late } from "./row-sink.js";
import { SwapLevels } from "./swap-levels.js";

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

/** Fields of a machine's state: when it was last brought up to date; what runs there and what is there. */
const SINCE = 0;
const RUNNING = 1;
const PRESENT = 2;
/** Core seconds used in the interval; memory held now, its growth in a second at rate 1, its maximum in the interval. */
const BUSY = 3;
const RESIDENT = 4;
const GROWTH = 5;
const RESIDENT_MAX = 6;
const FIELDS = 8;

type SampleBatch = { [name in keyof typeof WIDTHS]: InstanceType<(typeof WIDTHS)[name]> };

/** Rows that a batch has room for at first: a short run has few, and what is never used must be cleared all the same. */
const FIRST_ROOM = 1024;

/** A batch with room for so many rows, which begins with those of another. */
function batchOf(room: number, before?: SampleBatch): SampleBatch {
  const columns = Object.entries(WIDTHS).map(([name, Values]) => {
    const column = new Values(room);
    if (before !== undefined) column.set(before[name as keyof SampleBatch]);
    return [name, column];
  });
  return Object.fromEntries(columns) as SampleBatch;
}

/**
 * Keeps, per machine, the mean of busy cores and the exact memory held, and writes a row per machine and interval.
 * Memory grows linearly while an invocation runs, so between events a machine's memory is a straight line: its value
 * and slope are kept, and its maximum is at an event or at the interval's end. What lasts no time does not count.
 */
export class MachineSampler {
  private readonly cores: number;
  private readonly sharing: boolean;
  private readonly central: boolean;
  private readonly every: number;
  private readonly from: number;
  private readonly writer: TableWriter;
  /** What is in swap, where memory is managed. */
  readonly swap: SwapLevels | null;
  private readonly machines: number;
  /** Eight doubles a machine, a cache line; see the fields above. */
  private readonly state: Float64Array;
  private index = 0;
  private start: number;
  private batch = batchOf(FIRST_ROOM);
  private rows = 0;
  /** End of the current interval. */
  private boundary: number;
  /**
   * Time of the change that is told of next; the MiB it is about, and their growth in a CPU second. See Observer on why they
   * are no arguments. The fourth is not read here.
   */
  readonly change = new Float64Array(4);

  /**
   * `cores` of one machine, or of the whole pool where `machines` is 1 and `central`; `managed`: RAM is finite.
   * Intervals start at `from`.
   */
  constructor(
    shape: {
      machines: number;
      cores: number;
      sharing: boolean;
      central: boolean;
      managed: boolean;
      every: number;
      from: number;
    },
    writer: TableWriter,
  ) {
    this.cores = shape.cores;
    this.sharing = shape.sharing;
    this.central = shape.central;
    this.every = shape.every;
    this.from = shape.from;
    this.writer = writer;
    this.machines = shape.machines;
    this.swap = shape.managed ? new SwapLevels(shape.machines, shape.from) : null;
    this.state = new Float64Array(FIELDS * shape.machines);
    for (let m = 0; m < shape.machines; m++) this.state[m * FIELDS + SINCE] = shape.from;
    this.start = shape.from;
    this.boundary = shape.from + shape.every;
  }

  /** It is placed, and holds `change[1]` MiB from now on. */
  placed(machine: number): void {
    const { change, state } = this;
    const at = this.advance(machine);
    state[at + PRESENT]!++;
    state[at + RESIDENT]! += change[1]!;
  }

  /** Both at once. */
  placedAndStarted(machine: number): void {
    const { change, state } = this;
    const at = this.advance(machine);
    state[at + PRESENT]!++;
    state[at + RUNNING]!++;
    state[at + GROWTH]! += change[2]!;
    state[at + RESIDENT]! += change[1]!;
  }

  /** It runs from now on, growing by `change[2]` MiB a CPU second. */
  started(machine: number): void {
    const { change, state } = this;
    const at = this.advance(machine);
    state[at + RUNNING]!++;
    state[at + GROWTH]! += change[2]!;
  }

  /** It no longer runs; it grew by `change[2]`. */
  preempted(machine: number): void {
    const { change, state } = this;
    const at = this.advance(machine);
    state[at + RUNNING]!--;
    state[at + GROWTH]! -= change[2]!;
  }

  /** It ends; it held `change[1]` MiB at last and grew by `change[2]`. */
  finished(machine: number): void {
    const { change, state } = this;
    const at = this.advance(machine);
    const present = state[at + PRESENT]! - 1;
    state[at + PRESENT] = present;
    state[at + RUNNING]!--;
    state[at + RESIDENT] = present === 0 ? 0 : state[at + RESIDENT]! - change[1]!;
    state[at + GROWTH] = present === 0 ? 0 : state[at + GROWTH]! - change[2]!;
  }

  /** `change[1]` MiB of it go from RAM to swap; whether it goes on running is told apart. */
  swappedOut(machine: number): void {
    const { change, state } = this;
    const at = this.advance(machine);
    state[at + RESIDENT]! -= change[1]!;
    this.swap!.out(at / FIELDS, change[0]!, change[1]!);
  }

  /** And back. */
  swappedIn(machine: number): void {
    const { change, state } = this;
    const at = this.advance(machine);
    state[at + RESIDENT]! += change[1]!;
    this.swap!.back(at / FIELDS, change[0]!, change[1]!);
  }

  /** It is gone, and with it the `change[1]` MiB it held; if it `ran`, it grew by `change[2]`. */
  killed(machine: number, ran: boolean): void {
    const { change, state } = this;
    const at = this.advance(machine);
    const present = state[at + PRESENT]! - 1;
    state[at + PRESENT] = present;
    state[at + RESIDENT] = present === 0 ? 0 : state[at + RESIDENT]! - change[1]!;
    if (!ran) return;
    state[at + RUNNING]!--;
    state[at + GROWTH] = present === 0 ? 0 : state[at + GROWTH]! - change[2]!;
  }

  /** Writes the rows of every interval that ends before `time`. */
  private sampleTo(time: number): void {
    while (this.boundary < time) {
      this.sample(this.boundary);
      this.index++;
      this.boundary = this.from + (this.index + 1) * this.every;
    }
  }

  /** Writes the last interval, up to `end`, and what is buffered; and to `occupancy` what has been how long in swap. */
  async close(end: number, occupancy: TableWriter, late: Late): Promise<void> {
    this.sampleTo(end);
    if (end > this.start || this.index === 0) this.sample(end);
    this.flush();
    this.writer.annotate(late);
    await this.writer.close();
    await (this.swap ?? new SwapLevels(this.machines, this.from)).write(occupancy, end, this.central);
  }

  /** Brings a machine up to the time of the change, which may begin another interval. Returns where its state is. */
  private advance(machine: number): number {
    if (this.change[0]! > this.boundary) this.sampleTo(this.change[0]!);
    const at = this.central ? 0 : machine * FIELDS;
    this.advanceState(at);
    return at;
  }

  private advanceState(at: number): void {
    const { cores, state } = this;
    const time = this.change[0]!;
    const elapsed = time - state[at + SINCE]!;
    if (elapsed <= 0) return;
    state[at + SINCE] = time;
    const running = state[at + RUNNING]!;
    let held = state[at + RESIDENT]!;
    if (running > 0) {
      const crowded = running > cores;
      state[at + BUSY]! += (crowded ? cores : running) * elapsed;
      const rate = this.sharing && crowded ? cores / running : 1;
      held += state[at + GROWTH]! * rate * elapsed;
      state[at + RESIDENT] = held;
    }
    if (held > state[at + RESIDENT_MAX]!) state[at + RESIDENT_MAX] = held;
  }

  private sample(end: number): void {
    const { change, state } = this;
    const length = end - this.start;
    const time = change[0]!;
    change[0] = end;
    for (let m = 0; m < this.machines; m++) {
      const at = m * FIELDS;
      this.advanceState(at);
      if (this.rows === this.batch.time_s.length) this.makeRoom();
      const { batch } = this;
      const i = this.rows++;
      batch.time_s[i] = end;
      batch.machine[i] = this.central ? -1 : m;
      batch.busy_cores[i] = length > 0 ? state[at + BUSY]! / length : 0;
      batch.running[i] = state[at + RUNNING]!;
      batch.waiting[i] = state[at + PRESENT]! - state[at + RUNNING]!;
      batch.resident_mib[i] = state[at + RESIDENT]!;
      batch.resident_max_mib[i] = Math.max(state[at + RESIDENT_MAX]!, state[at + RESIDENT]!);
      state[at + BUSY] = 0;
      state[at + RESIDENT_MAX] = 0;
      if (this.swap !== null) {
        const swap = this.swap.sample(m, end);
        batch.swapped_mib[i] = swap.swapped;
        batch.swapped_max_mib[i] = swap.most;
        batch.swap_out_mib[i] = swap.out;
        batch.swap_in_mib[i] = swap.in;
      }
    }
    change[0] = time;
    this.start = end;
  }

  /** For one more row in the batch, which is full. */
  private makeRoom(): void {
    if (this.rows < BATCH_ROWS) this.batch = batchOf(2 * this.rows, this.batch);
    else {
      this.flush();
      this.batch = batchOf(BATCH_ROWS);
    }
  }

  private flush(): void {
    if (this.rows > 0) void this.writer.write(this.batch, this.rows);
    this.rows = 0;
  }
}
