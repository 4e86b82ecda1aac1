import { describe, expect, it } from "vitest";
import { hours, number } from "../../src/cli/cost-text.js";
import { finely } from "../../src/cli/money.js";

describe("what things cost", () => {
  it("is told to two digits below a cent, and with its sign", () => {
    expect([0, 3.64e-5, 0.00331, 0.01, 4.2, -362.4, 14_700, -3.6e-5].map(finely)).toEqual([
      ...["$0.00", "$3.6e-5", "$0.0033", "$0.01", "$4.20", "-$362", "$14.7k", "-$3.6e-5"],
    ]);
  });

  it("a unit is told with three digits", () => {
    expect([0, 1e-8, 3.034e-6, 0.00123, 0.0357, 1.5, 255].map(number)).toEqual([
      ...["0", "1e-8", "3.03e-6", "0.00123", "0.0357", "1.5", "255"],
    ]);
  });

  it("is of hours, which may be few", () => {
    expect([0, 1, 1800, 3600 * 27, 3.6e6 * 12].map(hours)).toEqual(["0", "2.8e-4", "0.50", "27.0", "12.0k"]);
  });
});
