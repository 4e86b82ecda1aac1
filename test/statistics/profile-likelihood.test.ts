import { describe, expect, it } from "vitest";
import { keyed, PURPOSE } from "../../src/random/index.js";
import { Excesses, exceededWith, fitGeneralisedPareto, survival } from "../../src/statistics/generalised-pareto.js";
import { ExcessRates, shapeInterval } from "../../src/statistics/profile-likelihood.js";
import { autoregressive, independent } from "./extremes.js";

/** Of 50 simulations of a 95 % interval 41 or more hold the truth, but for 1 in 1000 times. */
const LEAST = 0.82;
const SIMULATIONS = 50;

describe("profile-likelihood intervals (500 simulations each: npm run bench:extremes)", () => {
  it.each([-0.3, 0, 0.3])("of independent excesses of shape %d hold the truth as often as they say", (shape) => {
    const coverage = independent(shape, 200, SIMULATIONS);
    for (const share of Object.values(coverage)) expect(share).toBeGreaterThanOrEqual(LEAST);
  });

  it.each([-0.3, 0, 0.3])("of clusters of an autoregressive series of shape %d do too", (shape) => {
    const { index, ...coverage } = autoregressive(shape, 100, SIMULATIONS);
    expect(Math.abs(index - 0.5)).toBeLessThan(0.04);
    for (const share of Object.values(coverage)) expect(share).toBeGreaterThanOrEqual(LEAST);
  });
});

describe("rates and levels", () => {
  const law = { shape: 0.1, scale: 4 };
  const draws = keyed(9, PURPOSE.sample);
  const values = Float64Array.from({ length: 400 }, (_, i) => exceededWith(law, 1 - draws.uniform(i, 0)));
  const excesses = new Excesses(values);
  const fit = fitGeneralisedPareto(excesses);
  const rates = new ExcessRates(excesses, fit, 200);

  it("hold their estimates, and say the same of a rate and its level", () => {
    const level = exceededWith(fit, 0.01);
    const rate = (400 / 200) * survival(fit, level);
    const ofLevel = rates.levelInterval(level, rate);
    expect(ofLevel.low).toBeLessThan(level);
    expect(ofLevel.high).toBeGreaterThan(level);
    // The level at the end of its interval has the rate at the end of that level's interval.
    expect(rates.rateInterval(ofLevel.high).high / rate).toBeCloseTo(1, 2);
    expect(rates.rateInterval(ofLevel.low).low / rate).toBeCloseTo(1, 2);
  });

  it("at the threshold are those of a Poisson count", () => {
    // 400 events in 200: half of the deviance is 400 log(400 / m) - 400 + m, 1.92 at m = 362.0 and 440.5.
    const { low, high } = rates.rateInterval(1e-9);
    expect(200 * low).toBeCloseTo(362.03, 0);
    expect(200 * high).toBeCloseTo(440.45, 0);
  });

  it("the shape's interval holds the estimate and is symmetric for none", () => {
    const { low, high } = shapeInterval(excesses, fit);
    expect(low).toBeLessThan(fit.shape);
    expect(high - fit.shape).toBeGreaterThan(fit.shape - low);
  });

  it("beyond the end of a law with an end the rate may be none", () => {
    const short = Float64Array.from({ length: 200 }, (_, i) =>
      exceededWith({ shape: -0.5, scale: 4 }, 1 - draws.uniform(i, 1)),
    );
    const of = new Excesses(short);
    const found = new ExcessRates(of, fitGeneralisedPareto(of), 10);
    expect(found.rateInterval(12).high).toBeLessThan(0.5);
    expect(found.rateInterval(1e6).high).toBeLessThan(1e-3);
  });
});
