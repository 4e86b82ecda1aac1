import { normal, Stream, type Threefry } from "../../random/index.js";
import { AZURE } from "./azure-figures.js";
import { azureDraws, byScore, Quantiles } from "./azure-quantiles.js";

/** A row of the memory file, MB; whole numbers. Percentiles at MEMORY_LEVELS. */
export interface MemoryRow {
  readonly samples: number;
  readonly average: number;
  readonly percentiles: readonly number[];
}

const AVERAGES = new Quantiles(AZURE.averageMemory_mb);
/** An app's percentiles over its average, of an app of middling spread: medians over apps, rounded. */
const SHAPE = [0.85, 0.91, 0.97, 1, 1.04, 1.1, 1.15, 1.22] as const;
/** How much an app's functions say of its memory. */
const SIZE_TELLS = 0.2;
const SAMPLES_A_MINUTE = 12;
/** An app stays in memory so many minutes after its last invocation. */
const KEPT_MINUTES = 20;
/** Invocations in a minute that one instance of an app has, about. */
const INSTANCE = 300;
/** An app's average of one day against another, as a deviation of its logarithm. */
const DAILY = 0.02;

/** Where each app's memory lies in the population, 0 … 1: evenly, so that its quantiles are met; apps are in order of size. */
export function memoryRanks(apps: number, seed: number): Float64Array {
  const draws = azureDraws(seed, "memory ranks");
  const ranks = new Float64Array(apps);
  byScore(apps, (a) => (SIZE_TELLS * a) / apps + (1 - SIZE_TELLS) * draws.uniform(a, 0)).forEach((a, rank) => {
    ranks[a] = (rank + 0.5) / apps;
  });
  return ranks;
}

/** An app's row. `counts`: its invocations by minute of the day; the others as for durations. */
export function memoryRow(
  rank: number,
  counts: ArrayLike<number>,
  typical: Threefry,
  daily: Threefry,
  first: boolean,
): MemoryRow {
  const shape = new Stream(typical);
  const day = new Stream(daily);
  const average = AVERAGES.at(rank) * (first ? 1 : Math.exp(DAILY * normal(day)));
  const width = Math.min(4, Math.exp(0.8 * normal(shape)));
  const percentiles = SHAPE.map((ratio) => Math.max(1, Math.round(average * Math.max(0.1, 1 + (ratio - 1) * width))));
  return { samples: samplesOf(counts, day), average: Math.round(average), percentiles };
}

/** One every five seconds of each instance, while the app is in memory. */
function samplesOf(counts: ArrayLike<number>, day: Stream): number {
  let minutes = 0;
  let until = -1;
  let invocations = 0;
  for (let minute = 0; minute < counts.length; minute++) {
    if (counts[minute]! > 0) until = Math.min(counts.length - 1, minute + KEPT_MINUTES);
    invocations += counts[minute]!;
    if (minute <= until) minutes++;
  }
  const instances = 1 + (0.2 + day.uniform()) * Math.min(100, invocations / counts.length / INSTANCE);
  return Math.max(1, Math.round(SAMPLES_A_MINUTE * minutes * instances * (1 - 0.01 * day.uniform())));
}
