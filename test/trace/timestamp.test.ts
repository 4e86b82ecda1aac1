import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isoTimestamp, parseTimestampText, TICKS, ticksOfMilliseconds } from "../../src/trace/timestamp.js";

describe("a timestamp", () => {
  it("is counted in 100 ns from 2020, to the last digit", () => {
    expect(parseTimestampText("2020-01-01 00:00:00")).toBe(0);
    expect(parseTimestampText("2020-01-01T00:00:00.0000001Z")).toBe(1);
    expect(parseTimestampText("2023-11-16 18:17:03.9799600") - parseTimestampText("2023-11-16 18:17:03.9799599")).toBe(
      1,
    );
    expect(parseTimestampText("2019-12-31 23:59:59.5")).toBe(-TICKS / 2);
  });

  it.each([
    ["2024-02-29T12:00:00Z", "2024-02-29 12:00:00"],
    ["2024-02-29 12:00:00,250", "2024-02-29 12:00:00.25"],
    ["2024-02-29T14:30:00+02:30", "2024-02-29T12:00:00Z"],
    ["2024-02-29T07:00:00.5-0500", "2024-02-29T12:00:00.5Z"],
    ["2024-02-29T12:00:00.123456749Z", "2024-02-29T12:00:00.1234567Z"],
  ])("%s is %s", (a, b) => {
    expect(parseTimestampText(a)).toBe(parseTimestampText(b));
  });

  it.each([
    ...["", "2024", "2024-02-30 00:00:00", "2023-02-29 00:00:00", "2024-13-01 00:00:00", "2024-00-01 00:00:00"],
    ...[
      "2024-01-00 00:00:00",
      "2024-01-01 24:00:00",
      "2024-01-01 00:60:00",
      "2024-01-01 00:00:60",
      "24-01-01 00:00:00",
    ],
    ...["2024-01-01 00:00:00.", "2024-01-01 00:00:00x", "2024-01-01 00:00:00 +02:00", "2024/01/01 00:00:00"],
    ...[
      "2024-01-01 00:00:00Zz",
      "2024-01-01 0a:00:00",
      "2024-01-01 00:00:00.1e5",
      `2024-01-01 00:00:00.${"1".repeat(40)}`,
    ],
  ])("%j is none", (text) => {
    expect(parseTimestampText(text)).toBeNaN();
  });

  it("agrees with Date to the millisecond, and is written as it was read", () => {
    const dates = fc.date({ min: new Date("1992-01-01"), max: new Date("2047-12-31"), noInvalidDate: true });
    fc.assert(
      fc.property(dates, fc.integer({ min: 0, max: 9999 }), (date, rest) => {
        const iso = date.toISOString();
        expect(parseTimestampText(iso)).toBe(ticksOfMilliseconds(date.getTime()));
        const text = `${iso.slice(0, -1)}${String(rest).padStart(4, "0")}Z`;
        const written = isoTimestamp(parseTimestampText(text));
        expect(written).toBe(text.replace(/\.?0*Z$/, "Z"));
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});
