import { keyed, PURPOSE } from "../../random/index.js";
import { drawBlocks, eventsOf, inBlocks, percentileInterval } from "../../statistics/block-bootstrap.js";
import { Excesses, fitGeneralisedPareto } from "../../statistics/generalised-pareto.js";
import type { Interval } from "../../statistics/profile-likelihood.js";
import type { Seconds } from "../../units.js";
import { rateAbove, sizeFor, type Tail } from "./tail.js";

/** Blocks that the time looked at is cut into, and replicates that are drawn. */
export const BLOCKS = 50;
const REPLICATES = 400;

/** A tail refitted to the blocks of one replicate, and how many clusters each block that was drawn has. */
export interface Replicate {
  readonly tail: Tail;
  readonly clusters: readonly number[];
}

/**
 * Tails refitted to blocks of time that were drawn with replacement, each with the clusters of every machine in it: what
 * machines have in common, being under one load, stays in the estimates' spread, and so does what outlasts a cluster. The
 * draws depend on `seed` alone.
 */
export function replicates(
  tail: Tail,
  spans: readonly (readonly [from: Seconds, to: Seconds])[],
  seed: number,
  blocks = BLOCKS,
): Replicate[] {
  const { clusters, diagnostics } = tail;
  const starts = inBlocks(blockOf(clusters.start, spans, blocks), blocks);
  const uniform = keyed(seed, PURPOSE.bootstrap);
  const found: Replicate[] = [];
  for (let replicate = 0; replicate < REPLICATES; replicate++) {
    const drawn = drawBlocks((i, r) => uniform.uniform(i, r), replicate, blocks);
    const events = eventsOf(starts, drawn);
    const peaks = Float64Array.from(events, (i) => clusters.peak[i]!);
    const counts = [...drawn].map((b) => starts.starts[b + 1]! - starts.starts[b]!);
    // What cannot be fitted stays at the estimate's law.
    const excesses = peaks.map((peak) => peak - diagnostics.threshold_mib);
    const fit = peaks.length < 2 ? tail.fit : fitGeneralisedPareto(new Excesses(excesses));
    found.push({ tail: { ...tail, fit, clusters: { ...clusters, peak: peaks } }, clusters: counts });
  }
  return found;
}

/** Which of `blocks` equal parts of the spans, put end to end, each time is in. */
export function blockOf(
  times: Float64Array,
  spans: readonly (readonly [from: Seconds, to: Seconds])[],
  blocks: number,
): Int32Array {
  const length = spans.reduce((sum, [from, to]) => sum + to - from, 0);
  return Int32Array.from(times, (time) => {
    let before = 0;
    for (const [from, to] of spans) {
      if (time <= to) {
        before += Math.max(0, time - from);
        break;
      }
      before += to - from;
    }
    return Math.min(blocks - 1, Math.floor((before / length) * blocks));
  });
}

/** Rates a machine-day of events at these times, of blocks of time drawn again. */
export function replicatedRates(
  times: Float64Array,
  spans: readonly (readonly [from: Seconds, to: Seconds])[],
  exposure: number,
  seed: number,
): Float64Array {
  const counts = new Float64Array(BLOCKS);
  for (const block of blockOf(times, spans, BLOCKS)) counts[block]!++;
  const uniform = keyed(seed, PURPOSE.bootstrap).derive(1, 0);
  return Float64Array.from({ length: REPLICATES }, (_, replicate) => {
    const drawn = drawBlocks((i, r) => uniform.uniform(i, r), replicate, BLOCKS);
    return drawn.reduce((sum, block) => sum + counts[block]!, 0) / exposure;
  });
}

/** Percentile interval of the rate at which a size is outgrown. */
export function bootstrapRate(found: readonly Replicate[], size: number): Interval {
  return percentileInterval(Float64Array.from(found, ({ tail }) => rateAbove(tail, size)));
}

/** Percentile interval of the size that is outgrown at a rate. */
export function bootstrapSize(found: readonly Replicate[], rate: number): Interval {
  return percentileInterval(Float64Array.from(found, ({ tail }) => sizeFor(tail, rate)));
}
