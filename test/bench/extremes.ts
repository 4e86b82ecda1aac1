import { expect, it } from "vitest";
import { CHANCES, EXCEEDED } from "../../src/statistics/anderson-darling.js";
import { autoregressive, distancesFromFits, independent } from "../statistics/extremes.js";

const SIMULATIONS = 500;
const CASES = [-0.3, 0, 0.3].flatMap((shape) => [200, 2000].map((n) => [shape, n] as const));
const shown = (coverage: object) =>
  Object.entries(coverage)
    .map(([of, share]) => `${of} ${share.toFixed(3)}`)
    .join(", ");

it.each(CASES)("coverage of 95 %% intervals, independent excesses of shape %d, %d of them", (shape, n) => {
  const coverage = independent(shape, n, SIMULATIONS);
  console.log(`independent, shape ${shape}, n ${n}: ${shown(coverage)}`);
  for (const share of Object.values(coverage)) expect(share).toBeGreaterThanOrEqual(0.9);
  for (const share of Object.values(coverage)) expect(share).toBeLessThanOrEqual(0.98);
});

it.each(CASES)("coverage of 95 %% intervals, autoregressive series of shape %d, %d clusters", (shape, n) => {
  const { index, ...coverage } = autoregressive(shape, n, SIMULATIONS);
  console.log(`autoregressive, shape ${shape}, n ${n}: extremal index ${index.toFixed(4)}; ${shown(coverage)}`);
  expect(Math.abs(index - 0.5)).toBeLessThan(0.02);
  for (const share of Object.values(coverage)) expect(share).toBeGreaterThanOrEqual(0.9);
  for (const share of Object.values(coverage)) expect(share).toBeLessThanOrEqual(0.98);
});

it.each(EXCEEDED)("Anderson-Darling's table, shape %d", (shape, table) => {
  const distances = distancesFromFits(shape, 200, 10_000);
  const found = CHANCES.map((chance) => distances[Math.ceil(distances.length * (1 - chance)) - 1]!);
  console.log(`shape ${shape}: ${found.map((a2) => a2.toFixed(3)).join(" ")}`);
  for (const [i, a2] of found.entries()) expect(Math.abs(a2 / table[i]! - 1)).toBeLessThan(0.02);
});
