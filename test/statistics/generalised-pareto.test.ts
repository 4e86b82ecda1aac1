import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keyed, PURPOSE } from "../../src/random/index.js";
import {
  Excesses,
  exceededWith,
  fitGeneralisedPareto,
  logTerm,
  survival,
} from "../../src/statistics/generalised-pareto.js";

const shapes = fc.double({ min: -0.9, max: 2, noNaN: true });
const chances = fc.double({ min: 1e-6, max: 1, noNaN: true });

function sample(shape: number, scale: number, n: number, seed: number): Float64Array {
  const draws = keyed(seed, PURPOSE.sample);
  return Float64Array.from({ length: n }, (_, i) => exceededWith({ shape, scale }, 1 - draws.uniform(i, 0)));
}

/** The likelihood as it is defined, one logarithm of a density after the other. */
function logLikelihood(values: Float64Array, shape: number, scale: number): number {
  let sum = 0;
  for (const x of values)
    sum -= Math.log(scale) + (shape === 0 ? x / scale : (1 + 1 / shape) * Math.log1p((shape * x) / scale));
  return sum;
}

describe("the generalised Pareto distribution", () => {
  it("exceeds the value that is exceeded with a chance with that chance", () => {
    fc.assert(
      fc.property(shapes, chances, (shape, p) => {
        expect(survival({ shape, scale: 3 }, exceededWith({ shape, scale: 3 }, p))).toBeCloseTo(p, 8);
      }),
      { seed: 5 },
    );
  });

  it("is exponential at shape 0 and ends at -scale / shape below it", () => {
    expect(survival({ shape: 0, scale: 2 }, 3)).toBeCloseTo(Math.exp(-1.5), 14);
    expect(survival({ shape: 1e-10, scale: 2 }, 3)).toBeCloseTo(Math.exp(-1.5), 9);
    expect(survival({ shape: -0.5, scale: 2 }, 3.9)).toBeGreaterThan(0);
    expect(survival({ shape: -0.5, scale: 2 }, 4)).toBe(0);
    expect(logTerm(0, 7)).toBe(7);
  });
});

describe("the fit of a generalised Pareto distribution", () => {
  it.each([-0.5, -0.3, 0, 0.3, 1])("finds a law of shape %d within four standard errors", (shape) => {
    const n = 4000;
    const fit = fitGeneralisedPareto(new Excesses(sample(shape, 5, n, 1)));
    // Asymptotic standard errors: (1 + shape) / sqrt n, scale sqrt(2 (1 + shape) / n); Smith, 1987.
    expect(Math.abs(fit.shape - shape)).toBeLessThan((4 * Math.max(0.5, 1 + shape)) / Math.sqrt(n));
    expect(Math.abs(fit.scale - 5)).toBeLessThan(4 * 5 * Math.sqrt((2 * (1 + shape)) / n) + 0.1);
  });

  it("has the likelihood of its definition, and none of its neighbours has more", () => {
    for (const shape of [-0.4, 0, 0.2, 0.8]) {
      const values = sample(shape, 5, 300, 2);
      const fit = fitGeneralisedPareto(new Excesses(values));
      expect(fit.logLikelihood).toBeCloseTo(logLikelihood(values, fit.shape, fit.scale), 5);
      for (const by of [-0.01, -0.001, 0.001, 0.01]) {
        expect(logLikelihood(values, fit.shape + by, fit.scale)).toBeLessThan(fit.logLikelihood);
        expect(logLikelihood(values, fit.shape, fit.scale * (1 + by))).toBeLessThan(fit.logLikelihood);
      }
    }
  });

  it("grows with the values and keeps its shape", () => {
    const values = sample(0.2, 5, 200, 3);
    const fit = fitGeneralisedPareto(new Excesses(values));
    const larger = fitGeneralisedPareto(new Excesses(values.map((x) => 1e6 * x)));
    expect(larger.shape).toBeCloseTo(fit.shape, 6);
    expect(larger.scale / fit.scale / 1e6).toBeCloseTo(1, 6);
  });

  it("has a shape of -1 or above, though the likelihood has no bound below", () => {
    const evenly = Float64Array.from({ length: 50 }, (_, i) => i + 1);
    expect(fitGeneralisedPareto(new Excesses(evenly)).shape).toBeGreaterThanOrEqual(-1 - 1e-9);
    expect(fitGeneralisedPareto(new Excesses(new Float64Array(30).fill(4))).shape).toBeCloseTo(-1, 6);
  });
});
