import { type GeneralisedPareto, survival } from "./generalised-pareto.js";

/**
 * Anderson and Darling's A^2 of ascending values against a generalised Pareto law: how far apart they are, its tails
 * counting more than in other distances.
 */
export function andersonDarling(ascending: Float64Array, law: GeneralisedPareto): number {
  const n = ascending.length;
  const above = ascending.map((x) => Math.min(1 - 1e-12, Math.max(1e-300, survival(law, x))));
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (2 * i + 1) * (Math.log1p(-above[i]!) + Math.log(above[n - 1 - i]!));
  return -n - sum / n;
}

/** Chances of the columns of EXCEEDED. */
export const CHANCES = [0.5, 0.25, 0.1, 0.05, 0.025, 0.01, 0.005] as const;
/**
 * A^2 that a fitted law exceeds with those chances, by its shape: simulated, 10,000 samples of 200 values each, by
 * test/bench/extremes.ts. (Choulakian, Stephens: Goodness-of-fit tests for the generalized Pareto distribution,
 * Technometrics 43, 2001, have the asymptotic ones.)
 */
export const EXCEEDED: readonly (readonly [shape: number, values: readonly number[]])[] = [
  [-0.5, [0.457, 0.677, 0.973, 1.198, 1.403, 1.728, 1.997]],
  [-0.25, [0.422, 0.615, 0.858, 1.049, 1.242, 1.549, 1.757]],
  [0, [0.395, 0.572, 0.792, 0.983, 1.168, 1.44, 1.687]],
  [0.25, [0.371, 0.53, 0.732, 0.892, 1.039, 1.309, 1.516]],
  [0.5, [0.356, 0.497, 0.688, 0.836, 0.979, 1.186, 1.375]],
  [1, [0.335, 0.465, 0.632, 0.765, 0.89, 1.071, 1.173]],
];

/**
 * How likely an A^2 as large is where the law, its shape and scale fitted to the very values, is true: between 0.005 and
 * 0.5 of the table, beyond it exponentially; the shape clamped to -0.5 … 1.
 */
export function goodnessOfFit(a2: number, shape: number): number {
  const row = tableRow(shape);
  let i = 0;
  while (i < CHANCES.length - 2 && a2 > row[i + 1]!) i++;
  const share = (a2 - row[i]!) / (row[i + 1]! - row[i]!);
  const logChance = Math.log(CHANCES[i]!) + share * Math.log(CHANCES[i + 1]! / CHANCES[i]!);
  return Math.min(1, Math.exp(logChance));
}

function tableRow(shape: number): readonly number[] {
  let i = 0;
  while (i < EXCEEDED.length - 2 && shape > EXCEEDED[i + 1]![0]) i++;
  const [from, low] = EXCEEDED[i]!;
  const [to, high] = EXCEEDED[i + 1]!;
  const share = Math.min(1, Math.max(0, (shape - from) / (to - from)));
  return low.map((value, c) => value + share * (high[c]! - value));
}
