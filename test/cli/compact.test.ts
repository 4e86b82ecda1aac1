import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compactCount, compactRatio, compactShare, compactTime } from "../../src/cli/compact.js";

const positive = fc.double({ min: 1e-9, max: 1e9, noNaN: true });

describe("compact numbers", () => {
  it("of time carry their unit, two digits or three", () => {
    const shown = [
      0, 4e-8, 5e-5, 0.0005, 0.012, 0.123, 0.9996, 3.4, 9.96, 42, 59.6, 306, 3599, 7200, 86399, 259200, 3e7,
    ];
    expect(shown.map(compactTime)).toEqual([
      ...["0", "<1us", "50us", "500us", "12ms", "123ms", "1.0s", "3.4s", "10s", "42s", "1.0m", "5.1m"],
      ...["1.0h", "2.0h", "1.0d", "3.0d", "347d"],
    ]);
    expect(compactTime(Number.POSITIVE_INFINITY)).toBe("∞");
  });

  it("of time are right to 5 %, whatever the time", () => {
    const units: Record<string, number> = { d: 86400, h: 3600, m: 60, s: 1, ms: 1e-3, us: 1e-6 };
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e8, noNaN: true }), (seconds) => {
        const [, value, unit] = /^([\d.]+)([a-z]+)$/.exec(compactTime(seconds)) ?? [];
        expect(Math.abs(Number(value) * units[unit!]! - seconds)).toBeLessThanOrEqual(0.0501 * seconds);
      }),
      { seed: 1 },
    );
  });

  it("of counts are whole up to 9,999, then three digits", () => {
    const shown = [0, 999, 9999, 10_000, 12_345, 99_960, 123_456, 999_499, 999_500, 3_041_209, 1.2e10].map(
      compactCount,
    );
    expect(shown).toEqual([
      ...["0", "999", "9,999", "10.0k", "12.3k", "100k", "123k", "999k", "1.00M", "3.04M", "12.0G"],
    ]);
  });

  it("of ratios are three digits, from 1,000 on two", () => {
    const shown = [1, 9.994, 9.996, 12.34, 99.96, 999.4, 999.6, 1234, 12_345, 123_456, 999_600, 1_234_567];
    expect(shown.map(compactRatio)).toEqual([
      ...["1.00", "9.99", "10.0", "12.3", "100", "999", "1.0k", "1.2k", "12k", "120k", "1.0M", "1.2M"],
    ]);
    expect(compactRatio(Number.POSITIVE_INFINITY)).toBe("∞");
  });

  it("of shares say 0 % and 100 % only of none and all", () => {
    const shown = [0, 1e-7, 0.0003, 0.00994, 0.123, 0.9994, 1 - 1e-9, 1].map(compactShare);
    expect(shown).toEqual(["0%", "<0.01%", "0.03%", "0.99%", "12.3%", ">99.9%", ">99.9%", "100%"]);
  });

  it("are short", () => {
    fc.assert(
      fc.property(positive, fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (value, count, share) => {
        expect(compactTime(value).length).toBeLessThanOrEqual(value < 8e7 ? 5 : 6);
        expect(compactRatio(value).length).toBeLessThanOrEqual(4);
        expect(compactCount(count).length).toBeLessThanOrEqual(5);
        expect(compactShare(share).length).toBeLessThanOrEqual(6);
      }),
      { seed: 2 },
    );
  });
});
