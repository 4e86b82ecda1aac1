/** Values of a batch, and the least number of batches that say something. */
const BATCH = 5;
const LEAST_BATCHES = 10;

/** How many of a series' first values belong to its warm-up; null where that cannot be told, and why. */
export type Truncation =
  | { readonly cut: number; readonly why: null }
  | { readonly cut: null; readonly why: "too short" | "no steady half" };

/**
 * MSER-5 (White 1997; White, Cobb and Spratt 2000): means of batches of five, of which the first d are left out so that the
 * squared standard error of the others' mean, their sum of squared deviations over their number squared, is least. Up to half
 * of the batches may go; where the least is there, the series has not settled within its first half. What is left after the
 * last whole batch is not looked at. O(n); no NaN.
 */
export function mser5(series: ArrayLike<number>): Truncation {
  const batches = Math.floor(series.length / BATCH);
  if (batches < LEAST_BATCHES) return { cut: null, why: "too short" };
  const half = Math.floor(batches / 2);
  let best = Number.POSITIVE_INFINITY;
  let at = 0;
  // From the end on, with Welford's update of the mean and the sum of squared deviations.
  let mean = 0;
  let squares = 0;
  for (let d = batches - 1; d >= 0; d--) {
    let sum = 0;
    for (let i = 0; i < BATCH; i++) sum += series[d * BATCH + i]!;
    const kept = batches - d;
    const away = sum / BATCH - mean;
    mean += away / kept;
    squares += away * (sum / BATCH - mean);
    const error = squares / (kept * kept);
    if (d <= half && error <= best) {
      best = error;
      at = d;
    }
  }
  return at === half ? { cut: null, why: "no steady half" } : { cut: at * BATCH, why: null };
}
