/**
 * The 95 % range of a count that is Poisson with a mean which may be any of `means` alike: the narrowest with at most
 * 2.5 % below and at most 2.5 % above it.
 */
export function countRange(means: Float64Array): { readonly low: number; readonly high: number } {
  const largest = means.reduce((a, b) => Math.max(a, b), 0);
  const end = Math.ceil(largest + 12 * Math.sqrt(largest) + 30);
  const chance = new Float64Array(end + 1);
  for (const mean of means) {
    if (mean === 0) {
      chance[0]! += 1;
      continue;
    }
    const from = Math.max(0, Math.floor(mean - 12 * Math.sqrt(mean) - 30));
    const to = Math.min(end, Math.ceil(mean + 12 * Math.sqrt(mean) + 30));
    let log = from * Math.log(mean) - mean - logFactorial(from);
    for (let k = from; k <= to; k++) {
      chance[k]! += Math.exp(log);
      log += Math.log(mean / (k + 1));
    }
  }
  let low = 0;
  let below = chance[0]! / means.length;
  while (below <= 0.025 && low < end) below += chance[++low]! / means.length;
  let high = low;
  while (below < 0.975 && high < end) below += chance[++high]! / means.length;
  return { low, high };
}

function logFactorial(n: number): number {
  let sum = 0;
  for (let k = 2; k <= n; k++) sum += Math.log(k);
  return sum;
}
