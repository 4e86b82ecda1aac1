/**
 * Wasserstein-1 distance (earth mover's) of two empirical distributions, given ascending: the area between their
 * distribution functions, in the values' own unit. No NaN; NaN where either is empty. O(m + n).
 */
export function wasserstein1(a: Float64Array, b: Float64Array): number {
  const [m, n] = [a.length, b.length];
  if (m === 0 || n === 0) return Number.NaN;
  let area = 0;
  let at = Math.min(a[0]!, b[0]!);
  for (let i = 0, j = 0; i < m && j < n; ) {
    const next = Math.min(a[i]!, b[j]!);
    area += (next - at) * Math.abs(i / m - j / n);
    at = next;
    while (i < m && a[i] === next) i++;
    while (j < n && b[j] === next) j++;
    // One of them has ended: the rest is the other's distance from here.
    if (i === m) for (; j < n; j++) area += (b[j]! - at) / n;
    else if (j === n) for (; i < m; i++) area += (a[i]! - at) / m;
  }
  return area;
}

/**
 * Wasserstein-1 distance of categories, any two of which are 1 apart: half the sum of the differences of their shares
 * (total variation). Categories stand at the same index of both; NaN where either has none.
 */
export function totalVariation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const sum = (counts: ArrayLike<number>) => Array.from(counts).reduce((x, y) => x + y, 0);
  const [m, n] = [sum(a), sum(b)];
  if (m === 0 || n === 0) return Number.NaN;
  let apart = 0;
  for (let i = 0; i < a.length; i++) apart += Math.abs(a[i]! / m - b[i]! / n);
  return apart / 2;
}

/**
 * Mean absolute deviation from the median of ascending values: their Wasserstein-1 distance from the median alone, the
 * least that any single value has. NaN where there are none.
 */
export function medianDeviation(values: Float64Array): number {
  const median = values[(values.length - 1) >> 1];
  return median === undefined ? Number.NaN : wasserstein1(values, Float64Array.of(median));
}
