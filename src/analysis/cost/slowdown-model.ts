import { quantiles } from "../../statistics/quantile.js";
import { batchesOf } from "../../table/index.js";
import type { Seconds } from "../../units.js";
import type { RunFolder } from "../run-folder.js";
import { SLOWNESS_COLUMNS, Slowness, slowdownOf } from "./ended.js";

/** Bins of slowdown per factor e, half a percent each, up to e^25; the first is of those that never waited. */
const PER_E = 200;
const BINS = 25 * PER_E + 1;
const DECILES = 10;

/** The slowdowns seen of some invocations: how many were within a slowdown. */
class Seen {
  count = 0;
  private readonly bins = new Float64Array(BINS);

  add(slowdown: number): void {
    this.count++;
    if (slowdown < Number.POSITIVE_INFINITY) this.bins[Math.min(BINS - 1, binOf(slowdown))]!++;
  }

  /** Makes each bin the number in it and in those below. */
  accumulate(): void {
    for (let i = 1; i < BINS; i++) this.bins[i]! += this.bins[i - 1]!;
  }

  /** Share in a bin and below. */
  share(bin: number): number {
    return bin < 0 ? 0 : this.bins[Math.min(BINS - 1, bin)]! / this.count;
  }
}

/** The bin of a slowdown: what is in it is at most its upper edge, exp(bin / PER_E). */
function binOf(slowdown: number): number {
  return slowdown <= 1 + 1e-9 ? 0 : Math.ceil(Math.log(slowdown) * PER_E - 1e-9);
}

/**
 * How slow each price class was under a scheduler, by decile of runtime (of all invocations): what somebody who moves there
 * would see, who is too small to change it.
 */
export class SlowdownModel {
  /** Classes that enough invocations were seen of. */
  readonly classes: readonly number[];
  /** Upper ends of the deciles but the last. */
  private readonly edges: Float64Array;
  private readonly cells: readonly (readonly Seen[])[];

  private constructor(classes: readonly number[], edges: Float64Array, cells: readonly (readonly Seen[])[]) {
    this.classes = classes;
    this.edges = edges;
    this.cells = cells;
  }

  /**
   * Reads a run, 8 bytes an invocation meanwhile. A decile of a class with fewer than 10 / (1 - q) invocations is taken to be as
   * the whole class, and a class with fewer is left out.
   */
  static async of(run: RunFolder, scheduler: string, q: number): Promise<SlowdownModel> {
    const slowness = new Slowness(run, scheduler);
    const { files } = run.table(`${scheduler}/invocations`);
    const runtimes = new Float64Array(run.manifest.workload.rows);
    let n = 0;
    for await (const { rows, columns } of batchesOf(files, SLOWNESS_COLUMNS)) {
      for (let i = 0; i < rows; i++) if (slowness.counts(columns, i)) runtimes[n++] = columns["runtime_s"]![i]!;
    }
    const edges = Float64Array.from(
      quantiles(
        runtimes,
        n,
        Array.from({ length: DECILES - 1 }, (_, d) => (d + 1) / 10),
      ),
    );
    const whole = run.prices.map(() => new Seen());
    const cells = run.prices.map((): Seen[] => []);
    for await (const { rows, columns } of batchesOf(files, SLOWNESS_COLUMNS)) {
      const { price_class, runtime_s } = columns;
      for (let i = 0; i < rows; i++) {
        const runtime = runtime_s![i]!;
        if (!(runtime > 0) || !slowness.counts(columns, i)) continue;
        const slowdown = slowdownOf(slowness.latency(columns, i), runtime);
        const priceClass = price_class![i]!;
        const of = cells[priceClass]!;
        const decile = decileOf(edges, runtime);
        of[decile] ??= new Seen();
        of[decile]!.add(slowdown);
        whole[priceClass]!.add(slowdown);
      }
    }
    const least = 10 / (1 - q) - 1e-6;
    for (const seen of [...whole, ...cells.flat()]) seen?.accumulate();
    const enough = (seen: Seen | undefined) => seen !== undefined && seen.count >= least;
    const classes = [...run.prices.keys()].filter((c) => enough(whole[c]));
    const filled = cells.map((of, c) =>
      Array.from({ length: DECILES }, (_, d) => (enough(of[d]) ? of[d]! : whole[c]!)),
    );
    return new SlowdownModel(classes, edges, filled);
  }

  /** The decile of a runtime, from 0. */
  decile(runtime: Seconds): number {
    return decileOf(this.edges, runtime);
  }

  /** Share of invocations of a runtime that would be within a slowdown; to half a percent of slowdown, and not above the truth. */
  share(priceClass: number, runtime: Seconds, slowdown: number): number {
    return this.cells[priceClass]![this.decile(runtime)]!.share(floorBin(slowdown));
  }

  /** The same of so many invocations by decile. */
  shareOf(priceClass: number, byDecile: ArrayLike<number>, slowdown: number): number {
    return this.mixed(priceClass, byDecile, floorBin(slowdown));
  }

  /** A quantile of the slowdown of so many invocations by decile, within half a percent; Infinity: killed or rejected ones reach it. */
  quantile(priceClass: number, byDecile: ArrayLike<number>, q: number): number {
    const wanted = q - 1e-9;
    if (this.mixed(priceClass, byDecile, BINS - 1) < wanted) return Number.POSITIVE_INFINITY;
    let [low, high] = [0, BINS - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.mixed(priceClass, byDecile, middle) >= wanted) high = middle;
      else low = middle + 1;
    }
    return low === 0 ? 1 : Math.exp((low - 0.5) / PER_E);
  }

  private mixed(priceClass: number, byDecile: ArrayLike<number>, bin: number): number {
    let [sum, count] = [0, 0];
    for (let d = 0; d < DECILES; d++) {
      const weight = byDecile[d]!;
      if (weight === 0) continue;
      count += weight;
      sum += weight * this.cells[priceClass]![d]!.share(bin);
    }
    return count === 0 ? Number.NaN : sum / count;
  }
}

/** The last bin all of which is within a slowdown. */
function floorBin(slowdown: number): number {
  return slowdown < 1
    ? -1
    : slowdown === Number.POSITIVE_INFINITY
      ? BINS - 1
      : Math.floor(Math.log(slowdown) * PER_E + 1e-9);
}

function decileOf(edges: Float64Array, runtime: number): number {
  let decile = 0;
  while (decile < edges.length && runtime > edges[decile]!) decile++;
  return decile;
}
