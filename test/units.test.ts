import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDuration, parseRate, parseSize, parseSpan } from "../src/units.js";

describe("a size", () => {
  it.each([
    ["32GiB", 32768],
    ["800MiB", 800],
    ["1TiB", 1048576],
    ["512KiB", 0.5],
    ["500GB", 476837.158203125],
    ["2 gib", 2048],
    ["1.5GiB", 1536],
    [".5GiB", 512],
    ["1e3MiB", 1000],
    ["1048576B", 1],
    ["0MiB", 0],
  ])("%s is %d MiB", (text, mib) => {
    expect(parseSize(text, "--ram")).toBe(mib);
  });

  it.each(["32", "", "GiB", "-1GiB", "1GiBs", "1 2GiB", "1constructor", "NaNGiB", "InfinityMiB", "1e999TiB"])(
    "%j is none, and says so",
    (text) => {
      const shown = text === "" ? '""' : text;
      expect(() => parseSize(text, "--ram")).toThrow(
        `invalid size: ${shown} (--ram); expected a number with a unit, such as 32GiB, 500GB or 800MiB`,
      );
    },
  );
});

describe("a rate", () => {
  it.each([
    ["2GiB/s", 2048],
    ["500MiB/s", 500],
    ["500MB/s", 476.837158203125],
    [" 1.5 gib /S ", 1536],
    ["1e15MiB/s", 1e15],
    ["0MB/s", 0],
  ])("%s is %d MiB a second", (text, rate) => {
    expect(parseRate(text, "--swap-bandwidth")).toBe(rate);
  });

  it.each(["500MB", "500", "500/s", "MB/s", "-1MB/s", "NaNMB/s", "1e999GiB/s", "500MB/min", "500MBps", "5s/s"])(
    "%s is none, and says so",
    (text) => {
      expect(() => parseRate(text, "--swap-bandwidth")).toThrow(
        `invalid rate: ${text} (--swap-bandwidth); expected a size per second, such as 500MB/s or 2GiB/s`,
      );
    },
  );
});

describe("a time", () => {
  it.each([
    ["90s", 90],
    ["8h", 28800],
    ["2d", 172800],
    ["250ms", 0.25],
    ["5min", 300],
    ["1.5m", 90],
    ["0", 0],
    ["0s", 0],
    [" 1H ", 3600],
  ])("%s is %d seconds", (text, seconds) => {
    expect(parseDuration(text, "--until")).toBe(seconds);
  });

  it.each(["60", "", "s", "-1s", "1y", "1h30m", "0x10s", "1__proto__"])("%j is none, and says so", (text) => {
    const shown = text === "" ? '""' : text;
    expect(() => parseDuration(text, "--until")).toThrow(
      `invalid time: ${shown} (--until); expected a number with a unit, such as 90s, 8h or 2d`,
    );
  });

  it("is read as it is written, for any number of decimals", () => {
    const property = fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), (seconds) => {
      expect(parseDuration(`${seconds}s`, "--until")).toBe(seconds);
    });
    fc.assert(property, { seed: 1 });
  });
});

describe("a span", () => {
  it("is its two ends in seconds", () => {
    expect(parseSpan("8h..16h", "--cut")).toEqual([28800, 57600]);
    expect(parseSpan("0..1.5h", "--cut")).toEqual([0, 5400]);
  });

  it.each(["8h", "8h..8h", "16h..8h", "1h..2h..3h"])("%s is none, and says so", (text) => {
    expect(() => parseSpan(text, "--cut")).toThrow(
      `invalid span: ${text} (--cut); expected a span such as 8h..16h, its end after its start`,
    );
  });

  it("says which of its ends is no time", () => {
    expect(() => parseSpan("8h..late", "--cut")).toThrow("invalid time: late (--cut); expected a number with a unit");
  });
});
