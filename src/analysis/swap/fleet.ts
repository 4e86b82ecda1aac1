import type { MiB, Seconds } from "../../units.js";
import { BLOCKS, blockOf } from "./bootstrap.js";
import { type Clusters, type Excursions, excursions, type Observed } from "./excursions.js";

/** How much alike machines behave at a threshold. */
export interface FleetClustering {
  readonly threshold_mib: MiB;
  /** Blocks of time, how long, and in how many of them no machine went above. */
  readonly blocks: number;
  readonly block_s: Seconds;
  readonly blocks_without: number;
  /** 1 where machines overflow independently of each other, less where they do at once: see `fleetClustering`. */
  readonly index: number;
}

/**
 * The fleet's own extremal index, from blocks of time: -log(share of blocks without an overflow) over the mean number of
 * overflows in a block, which is 1 for a Poisson process. The threshold is one that a quarter of the blocks do
 * not pass, or the given one where that is higher; where every block or none passes it the index is 1, on the safe side.
 */
export function fleetClustering(
  clusters: Clusters,
  threshold: MiB,
  spans: readonly (readonly [from: Seconds, to: Seconds])[],
): FleetClustering {
  const length = spans.reduce((sum, [from, to]) => sum + to - from, 0);
  const block = blockOf(clusters.start, spans, BLOCKS);
  const highest = new Float64Array(BLOCKS).fill(Number.NEGATIVE_INFINITY);
  for (const [i, b] of block.entries()) highest[b] = Math.max(highest[b]!, clusters.peak[i]!);
  const level = Math.max(threshold, highest.slice().sort()[Math.floor(BLOCKS / 4)]!);
  let without = 0;
  for (const peak of highest) if (peak <= level) without++;
  const count = clusters.peak.reduce((sum, peak) => sum + (peak > level ? 1 : 0), 0);
  const index = without === 0 || count === 0 ? 1 : Math.min(1, (-Math.log(without / BLOCKS) * BLOCKS) / count);
  return { threshold_mib: level, blocks: BLOCKS, block_s: length / BLOCKS, blocks_without: without, index };
}

/** Chance that any of `machines` has an event in a day, each having `rate` of them a day, with the fleet's index. */
export function anyInADay(rate: number, machines: number, index: number): number {
  return -Math.expm1(-rate * machines * index);
}

/** How many machines are above a size at once: the most in a block of time, over the blocks. */
export interface Simultaneous {
  readonly median: number;
  readonly max: number;
}

/** Machines above a size at once, from BLOCKS blocks of time. */
export function simultaneous(observed: Observed, size: MiB): Simultaneous {
  const { start, end }: Excursions = excursions(observed, size);
  const starts = start.slice().sort();
  const ends = end.slice().sort();
  const block = blockOf(starts, observed.spans, BLOCKS);
  const lastBlock = blockOf(ends, observed.spans, BLOCKS);
  const most = new Float64Array(BLOCKS);
  let ended = 0;
  for (const [i, time] of starts.entries()) {
    for (; ends[ended]! <= time; ended++) most[lastBlock[ended]!] = Math.max(most[lastBlock[ended]!]!, i - ended);
    most[block[i]!] = Math.max(most[block[i]!]!, i + 1 - ended);
  }
  for (; ended < ends.length; ended++) {
    most[lastBlock[ended]!] = Math.max(most[lastBlock[ended]!]!, ends.length - ended);
  }
  const sorted = most.sort();
  return { median: sorted[Math.ceil(BLOCKS / 2) - 1]!, max: sorted.at(-1)! };
}
