import { category, cumulative, exponential, keyed, normal, PURPOSE, pareto, Stream } from "../../random/index.js";
import { BATCH_ROWS, type Batch, type Column, WORKLOAD } from "../../table/index.js";
import type { MiB, Seconds } from "../../units.js";
import { PAPER_SHARES } from "../class-rules.js";

/** What the papers' workload is drawn from; times in ticks. */
export interface PaperConstants {
  readonly tail: number;
  readonly minimumMean: number;
  readonly minimumDeviation: number;
  readonly minimumFloor: number;
  readonly minimumCeiling: number;
  readonly shares: readonly number[];
  readonly memoryInitial: MiB;
  readonly memoryMost: MiB;
}

/** The papers' own. */
export const PAPER: PaperConstants = {
  /** Runtime: Pareto with this tail index over a minimum from a normal distribution, clipped to [floor, ceiling]. */
  tail: 25,
  minimumMean: 2,
  minimumDeviation: 5,
  minimumFloor: 0.2,
  minimumCeiling: 100,
  /** Weights of 100 for classes 0 to 3; class 4 gets its 5 and the 18 that are left over. */
  shares: PAPER_SHARES,
  /** 100 MB at the start; at the end uniform from there to 10 GB = 10,000 MB. Their MB are read as MiB. */
  memoryInitial: 100,
  memoryMost: 10000,
};

/** The columns of the papers' workload: the others of a workload table are unknown. */
export const PAPER_COLUMNS: readonly Column[] = WORKLOAD.slice(0, 5);

export interface PaperOptions {
  readonly seed: number;
  /** Invocations per tick: exactly with batch, in the mean with poisson. */
  readonly load: number;
  readonly ticks: number;
  readonly tick: Seconds;
  /** All at the tick's beginning, or by a Poisson process. */
  readonly arrivals: "batch" | "poisson";
  /** Another load from tick `from` up to, not including, tick `to`. */
  readonly step: { readonly from: number; readonly to: number; readonly load: number } | null;
  /** Those of PAPER that are not the papers' own. */
  readonly constants?: Partial<PaperConstants>;
}

/**
 * The workload of the papers' simulator (crowding-problem, section Simulator), sorted by arrival, in batches of BATCH_ROWS
 * rows but the last. An invocation's draws are keyed by its tick and its index there, so that a longer run begins with the
 * shorter one, and a step changes no tick outside it.
 */
export function* paperBatches(options: PaperOptions): Generator<{ readonly rows: number; readonly columns: Batch }> {
  const { seed, ticks, tick } = options;
  const of = { ...PAPER, ...options.constants };
  const keys = keyed(seed, PURPOSE.synthetic);
  const ends = cumulative(of.shares);
  let batch = newBatch();
  let rows = 0;
  for (let t = 0; t < ticks; t++) {
    const { step } = options;
    const load = step && t >= step.from && t < step.to ? step.load : options.load;
    let place = 0;
    for (let j = 0; ; j++) {
      const draws = keys.derive(t, j);
      if (options.arrivals === "batch" && j === load) break;
      if (options.arrivals === "poisson") place += exponential(draws.uniform(3, 0)) / load;
      if (place >= 1) break;
      const minimum = of.minimumMean + of.minimumDeviation * normal(new Stream(draws.derive(4, 0)));
      const clipped = Math.min(Math.max(minimum, of.minimumFloor), of.minimumCeiling);
      batch.arrival_s[rows] = (t + place) * tick;
      batch.runtime_s[rows] = pareto(draws.uniform(0, 0), clipped, of.tail) * tick;
      batch.price_class[rows] = category(ends, draws.uniform(1, 0));
      batch.memory_initial_mib[rows] = of.memoryInitial;
      batch.memory_peak_mib[rows] = of.memoryInitial + (of.memoryMost - of.memoryInitial) * draws.uniform(2, 0);
      if (++rows < BATCH_ROWS) continue;
      yield { rows, columns: batch };
      batch = newBatch();
      rows = 0;
    }
  }
  if (rows > 0) yield { rows, columns: batch };
}

function newBatch() {
  return {
    arrival_s: new Float64Array(BATCH_ROWS),
    runtime_s: new Float64Array(BATCH_ROWS),
    price_class: new Uint8Array(BATCH_ROWS),
    memory_initial_mib: new Float32Array(BATCH_ROWS),
    memory_peak_mib: new Float32Array(BATCH_ROWS),
  };
}
