/** How events come in clusters. */
export interface Clustering {
  /** Clusters an event: 1 where events come singly. */
  readonly extremalIndex: number;
  /** A gap longer than this lies between clusters. */
  readonly runGap: number;
}

/**
 * The extremal index of gaps between events by the intervals estimator, and the gap that parts clusters which follows
 * from it: as many of the longest gaps are between clusters as the index says. `unit` is 1 for events of a series with
 * whole times, 0 for continuous time. With no gap every event is a cluster of its own.
 *
 * Ferro, Segers: Inference for clusters of extreme values, J. R. Statist. Soc. B 65 (2003), 545-556.
 */
export function clustering(gaps: Float64Array, unit: 0 | 1): Clustering {
  const extremalIndex = intervalsEstimator(gaps, unit);
  if (gaps.length === 0) return { extremalIndex, runGap: 0 };
  const ascending = gaps.slice().sort();
  let between = Math.min(gaps.length, Math.floor(extremalIndex * gaps.length));
  // Gaps as long as one within a cluster do not part clusters either.
  const longestWithin = () => ascending[gaps.length - between - 1];
  while (between > 0 && between < gaps.length && ascending[gaps.length - between] === longestWithin()) between--;
  return { extremalIndex, runGap: between === gaps.length ? 0 : longestWithin()! };
}

function intervalsEstimator(gaps: Float64Array, unit: 0 | 1): number {
  let longest = 0;
  for (const gap of gaps) longest = Math.max(longest, gap);
  const less = longest <= 2 * unit ? 0 : unit;
  let sum = 0;
  let squares = 0;
  for (const gap of gaps) {
    sum += gap - less;
    squares += (gap - less) * (gap - 2 * less);
  }
  return squares > 0 ? Math.min(1, (2 * sum * sum) / (gaps.length * squares)) : 1;
}
