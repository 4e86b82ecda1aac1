/** Chance that a standard normal exceeds x; relative error below 1e-13 in the upper tail. */
export function normalSurvival(x: number): number {
  if (x < 0) return 1 - normalSurvival(-x);
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  if (x < 2.5) {
    // x + x^3 / 3 + x^5 / (3 5) + …, times the density, is the chance between 0 and x.
    let term = x;
    let sum = x;
    for (let k = 3; term > 1e-17 * sum; k += 2) {
      term *= (x * x) / k;
      sum += term;
    }
    return 0.5 - density * sum;
  }
  // Laplace's continued fraction: x + 1 / (x + 2 / (x + 3 / …)).
  let fraction = x;
  for (let k = 150; k > 0; k--) fraction = x + k / fraction;
  return density / fraction;
}

/** The x that a standard normal exceeds with chance p, 0 < p < 1. */
export function normalExceededWith(p: number): number {
  let low = -40;
  let high = 40;
  while (high - low > 1e-12) {
    const middle = (low + high) / 2;
    if (normalSurvival(middle) > p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
