import { describe, expect, it } from "vitest";
import { normalExceededWith, normalSurvival } from "../../src/statistics/normal.js";

describe("the normal distribution", () => {
  it("exceeds what tables say", () => {
    // Abramowitz, Stegun: Handbook of mathematical functions, tables 26.1 and 26.2.
    expect(normalSurvival(0)).toBe(0.5);
    expect(normalSurvival(1) / 0.15865525393145707).toBeCloseTo(1, 13);
    expect(normalSurvival(-1)).toBeCloseTo(0.84134474606854293, 14);
    expect(normalSurvival(5) / 2.8665157187919391e-7).toBeCloseTo(1, 12);
    expect(normalExceededWith(0.025)).toBeCloseTo(1.9599639845400545, 10);
    expect(normalExceededWith(0.001)).toBeCloseTo(3.0902323061678132, 10);
  });

  it("is continuous where its two formulas meet", () => {
    expect(normalSurvival(2.5 - 1e-12) / normalSurvival(2.5)).toBeCloseTo(1, 10);
  });
});
