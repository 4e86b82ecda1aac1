import { describe, expect, it } from "vitest";
import {
  category,
  cumulative,
  exponential,
  keyed,
  logGamma,
  normal,
  PURPOSE,
  pareto,
  Stream,
} from "../../src/random/index.js";

const N = 100_000;
const stream = () => new Stream(keyed(5, PURPOSE.synthetic));

/** Mean of n draws, and how many standard errors it lies from what it should be. */
function errors(draw: () => number, mean: number, deviation: number): number {
  let sum = 0;
  for (let i = 0; i < N; i++) sum += draw();
  return Math.abs(sum / N - mean) / (deviation / Math.sqrt(N));
}

describe("within 4 standard errors", () => {
  it("a normal has mean 0, variance 1 and fourth moment 3", () => {
    const s = stream();
    const x = Float64Array.from({ length: N }, () => normal(s));
    let i = 0;
    expect(errors(() => x[i++]!, 0, 1)).toBeLessThan(4);
    i = 0;
    expect(errors(() => x[i]! * x[i++]!, 1, Math.sqrt(2))).toBeLessThan(4);
    i = 0;
    expect(errors(() => x[i]! * x[i]! * x[i]! * x[i++]!, 3, Math.sqrt(96))).toBeLessThan(4);
  });

  it.each([0.0625, 0.5, 1, 4, 30])("a gamma of shape %d has its shape as mean and variance", (shape) => {
    const s = stream();
    expect(errors(() => Math.exp(logGamma(s, shape)), shape, Math.sqrt(shape))).toBeLessThan(4);
    const fourth = 3 * shape * shape + 6 * shape;
    const square = () => Math.exp(logGamma(s, shape)) - shape;
    const spread = Math.sqrt(fourth - shape * shape);
    expect(errors(() => square() ** 2, shape, spread)).toBeLessThan(4);
  });

  it("a gamma of a shape near zero has a finite logarithm", () => {
    const s = stream();
    for (let i = 0; i < 1000; i++) if (!Number.isFinite(logGamma(s, 1e-6))) throw new Error("not finite");
    expect(logGamma(s, 1e-6)).toBeLessThan(0);
  });

  it("an exponential has mean 1 and a Pareto its minimum x shape / (shape - 1)", () => {
    const s = stream();
    expect(errors(() => exponential(s.uniform()), 1, 1)).toBeLessThan(4);
    const deviation = Math.sqrt((4 * 25) / (24 * 24 * 23));
    expect(errors(() => pareto(s.uniform(), 2, 25), (2 * 25) / 24, deviation)).toBeLessThan(4);
  });

  it("categories come up by their weights", () => {
    const s = stream();
    const ends = cumulative([35, 0, 65]);
    expect(errors(() => (category(ends, s.uniform()) === 0 ? 1 : 0), 0.35, Math.sqrt(0.35 * 0.65))).toBeLessThan(4);
  });
});

it("a Pareto is never below its minimum and reaches it at 0", () => {
  expect(pareto(0, 0.2, 25)).toBe(0.2);
  expect(pareto(0.999999, 0.2, 25)).toBeGreaterThan(0.2);
});

it("a category of weight 0 is never drawn, wherever it stands", () => {
  const ends = cumulative([0, 3, 0, 1, 0]);
  expect([0, 0.7499, 0.75, 1 - Number.EPSILON / 2].map((u) => category(ends, u))).toEqual([1, 1, 3, 3]);
});

it("cumulative weights end in 1 however they round", () => {
  expect(cumulative([0.35, 0.25, 0.02, 0.15, 0.23]).at(-1)).toBe(1);
  expect(cumulative(new Array(7).fill(0.1)).at(-1)).toBe(1);
});
