/**
 * Quantiles are of the inverse of the empirical distribution (Hyndman and Fan's type 1): quantile q of n values is the
 * ceil(n q)-th smallest. It is always one of the values, so an infinite latency stays infinite.
 */

/** Index of quantile q (0 < q <= 1) in n >= 1 ascending values. */
export function quantileIndex(n: number, q: number): number {
  // The product of a count and a decimal such as 0.999 may be a rounding error above a whole number.
  return Math.min(n - 1, Math.max(0, Math.ceil(n * q - 1e-9) - 1));
}

/** Whether n observations are enough to print quantile q: at least 10 / (1 - q). */
export function enough(n: number, q: number): boolean {
  return n * (1 - q) >= 10 - 1e-9;
}

/**
 * Puts the k-th smallest of values[from … to - 1] at index k, nothing larger before it and nothing smaller after it.
 * Returns it. No NaN. Hoare's quickselect, the pivot a median of three; O(n) on average, in place.
 */
export function select(values: Float64Array, k: number, from: number, to: number): number {
  let low = from;
  let high = to - 1;
  while (high > low) {
    const a = values[low]!;
    const b = values[(low + high) >> 1]!;
    const c = values[high]!;
    const pivot = a < b ? (b < c ? b : a < c ? c : a) : a < c ? a : b < c ? c : b;
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i <= j) {
        const held = values[i]!;
        values[i] = values[j]!;
        values[j] = held;
        i++;
        j--;
      }
    }
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else break;
  }
  return values[k]!;
}

/**
 * Quantiles of the first n values and of `count` more that are `value`, which none is below; for ascending qs. Reorders
 * the values. NaN where there are none.
 */
export function quantiles(
  values: Float64Array,
  n: number,
  qs: readonly number[],
  least: { readonly value: number; readonly count: number } = { value: 0, count: 0 },
): number[] {
  let from = 0;
  return qs.map((q) => {
    if (n + least.count === 0) return Number.NaN;
    const k = quantileIndex(n + least.count, q) - least.count;
    if (k < 0) return least.value;
    const found = select(values, k, Math.min(from, k), n);
    from = k;
    return found;
  });
}
