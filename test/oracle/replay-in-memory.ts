import { type Arrivals, Observer, SWAP_INS, SWAP_OUTS, SWAPPED } from "../../src/cluster/observer.js";
import { drain, feed } from "../../src/engine/simulation.js";
import { type SchedulerConfig, UNLIMITED_MEMORY } from "../../src/scheduler/scheduler.js";
import { schedulerNamed } from "../../src/scheduler/schedulers.js";

/** Invocations to replay, as parallel lists sorted by arrival. */
export interface Invocations {
  readonly arrival_s: ArrayLike<number>;
  readonly runtime_s: ArrayLike<number>;
  readonly price_class: ArrayLike<number>;
  /** MiB; none: 0. */
  readonly memory_initial_mib?: ArrayLike<number>;
  readonly memory_peak_mib?: ArrayLike<number>;
}

/** What became of them, by sequence. Null is NaN. */
export class Outcomes extends Observer {
  override readonly wantsProgress = true;
  readonly machine: Int32Array;
  readonly start: Float64Array;
  readonly finish: Float64Array;
  readonly preemptions: Uint32Array;
  readonly cpu: Float64Array;
  readonly progress: Float64Array;
  readonly ended: Uint8Array;
  readonly wasKilled: Uint8Array;
  readonly swapOuts: Uint32Array;
  readonly swapIns: Uint32Array;
  /** Integral of memory in swap, MiB s. */
  readonly swapped: Float64Array;
  readonly runtime: Float64Array;
  finishedCount = 0;
  unfinishedCount = 0;
  lastTime = Number.NEGATIVE_INFINITY;

  constructor(invocations: Invocations) {
    super();
    const n = invocations.arrival_s.length;
    this.runtime = Float64Array.from(invocations.runtime_s);
    this.machine = new Int32Array(n).fill(-2);
    this.start = new Float64Array(n).fill(Number.NaN);
    this.finish = new Float64Array(n).fill(Number.NaN);
    this.preemptions = new Uint32Array(n);
    this.cpu = new Float64Array(n);
    this.progress = new Float64Array(n);
    this.ended = new Uint8Array(n);
    this.wasKilled = new Uint8Array(n);
    this.swapOuts = new Uint32Array(n);
    this.swapIns = new Uint32Array(n);
    this.swapped = new Float64Array(n);
  }

  override finished(i: number, machine: number, start: number, time: number, preemptions: number, progress: number) {
    if (time < this.lastTime) throw new Error(`time went back to ${time}`);
    this.lastTime = time;
    this.finish[i] = time;
    this.finishedCount++;
    this.end(i, machine, start, preemptions, progress, this.runtime[i]!);
  }

  override killed(i: number, m: number, start: number, time: number, preempted: number, progress: number, cpu: number) {
    if (time < this.lastTime) throw new Error(`time went back to ${time}`);
    this.lastTime = time;
    this.finish[i] = time;
    this.wasKilled[i] = 1;
    this.end(i, m, start, preempted, progress, cpu);
  }

  override unfinished(
    i: number,
    m: number,
    start: number,
    _t: number,
    preempted: number,
    progress: number,
    cpu: number,
  ) {
    this.unfinishedCount++;
    this.end(i, m, start, preempted, progress, cpu);
  }

  private end(i: number, machine: number, start: number, preemptions: number, progress: number, cpu: number) {
    if (this.ended[i]) throw new Error(`invocation ${i} ended twice`);
    this.ended[i] = 1;
    this.machine[i] = machine;
    this.start[i] = start;
    this.preemptions[i] = preemptions;
    this.progress[i] = progress;
    this.cpu[i] = cpu;
    this.swapOuts[i] = this.facts[SWAP_OUTS]!;
    this.swapIns[i] = this.facts[SWAP_INS]!;
    this.swapped[i] = this.facts[SWAPPED]!;
  }
}

/** Cuts invocations into chunks of `rows`. */
export function* chunks(invocations: Invocations, rows: number): Generator<Arrivals> {
  const n = invocations.arrival_s.length;
  for (let first = 0; first < n; first += rows) {
    const to = Math.min(n, first + rows);
    const part = (list: ArrayLike<number>) => Array.prototype.slice.call(list, first, to) as number[];
    yield {
      rows: to - first,
      first,
      arrival_s: Float64Array.from(part(invocations.arrival_s)),
      runtime_s: Float64Array.from(part(invocations.runtime_s)),
      price_class: Uint8Array.from(part(invocations.price_class)),
      memory_initial_mib: Float32Array.from(part(invocations.memory_initial_mib ?? new Float32Array(n))),
      memory_peak_mib: Float32Array.from(part(invocations.memory_peak_mib ?? new Float32Array(n))),
    };
  }
}

export const DEFAULTS: SchedulerConfig = {
  ...UNLIMITED_MEMORY,
  ...{ machines: 1, cores: 1, k: 3, shards: 1, prices: [1], seed: 1 },
};

/** Replays without tables. `until` null: until nothing is left. */
export function replayInMemory(
  name: string,
  config: Partial<SchedulerConfig>,
  invocations: Invocations,
  until: number | null = null,
  chunkRows = 1000,
): Outcomes {
  const outcomes = new Outcomes(invocations);
  const scheduler = schedulerNamed(name).create({ ...DEFAULTS, ...config }, outcomes);
  const end = until ?? Number.POSITIVE_INFINITY;
  for (const chunk of chunks(invocations, chunkRows)) {
    scheduler.open(chunk);
    if (feed(scheduler, chunk.arrival_s, chunk.rows, end) < chunk.rows) break;
  }
  drain(scheduler, end);
  scheduler.stop(until ?? outcomes.lastTime);
  return outcomes;
}
