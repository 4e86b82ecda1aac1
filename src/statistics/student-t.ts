import { crossing } from "./search.js";

/**
 * Chance that |T| <= t for Student's T with a whole number of degrees of freedom: the finite series of Abramowitz and Stegun
 * 26.7.3 and 26.7.4. O(degrees).
 */
export function studentWithin(t: number, degrees: number): number {
  const cosine2 = degrees / (degrees + t * t);
  const sine = t / Math.sqrt(degrees + t * t);
  const odd = degrees % 2 === 1;
  if (degrees === 1) return (2 / Math.PI) * Math.atan(t);
  // 1 + 2/3 c^2 + (2 4)/(3 5) c^4 + … up to c^(v - 3); or 1 + 1/2 c^2 + (1 3)/(2 4) c^4 + … up to c^(v - 2).
  let term = 1;
  let sum = 1;
  for (let k = odd ? 2 : 1; k <= degrees - 3; k += 2) {
    term *= (k / (k + 1)) * cosine2;
    sum += term;
  }
  if (!odd) return sine * sum;
  return (2 / Math.PI) * (Math.atan(t / Math.sqrt(degrees)) + sine * Math.sqrt(cosine2) * sum);
}

/** The t that |T| exceeds with chance `beyond`, 0 < beyond < 1, for a whole number of degrees of freedom; to about 1e-12 of itself. */
export function studentExceededWith(beyond: number, degrees: number): number {
  const short = (t: number) => studentWithin(t, degrees) - (1 - beyond);
  let most = 1;
  while (short(most) < 0) most *= 2;
  return crossing(short, 0, most, 1e-13 * most);
}

/** Mean of n >= 2 independent values, and Student's 95 % interval of it. */
export function meanInterval(values: readonly number[]): {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
} {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  const half = studentExceededWith(0.05, n - 1) * Math.sqrt(squares / (n - 1) / n);
  return { mean, low: mean - half, high: mean + half };
}
