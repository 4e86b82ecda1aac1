import { describe, expect, it } from "vitest";
import { columnText } from "../../src/notebook/cell-text.js";

const cells = (...values: unknown[]) => columnText(values).cells;

describe("a column of a table that is shown", () => {
  it("has whole numbers as they are, from 10,000 on with their thousands apart", () => {
    expect(cells(2019, 7)).toEqual(["2019", "7"]);
    expect(cells(411494, 2019)).toEqual(["411,494", "2,019"]);
    expect(cells(411494n, 7n)).toEqual(["411,494", "7"]);
  });

  it("has as many decimals as show four digits of the median number, and no zeros that end all of them", () => {
    expect(cells(0.3307, 0.2231, 24.1718)).toEqual(["0.3307", "0.2231", "24.1718"]);
    expect(cells(1.3128, 64.349, 0)).toEqual(["1.313", "64.349", "0.000"]);
    expect(cells(3600.123, 7199.5)).toEqual(["3600.1", "7199.5"]);
    expect(cells(0.3, 0.7, 1)).toEqual(["0.3", "0.7", "1.0"]);
    expect(cells(123456.78, 234567.89)).toEqual(["123,457", "234,568"]);
  });

  it("shows a number that would look like 0 by digits of its own", () => {
    expect(cells(1.5, 2.25, 0.0000123)).toEqual(["1.50", "2.25", "0.000012"]);
  });

  it("has – for what is missing and ∞ for what is infinite", () => {
    expect(cells(null, undefined, Number.NaN, Number.POSITIVE_INFINITY, 1)).toEqual(["–", "–", "–", "∞", "1"]);
  });

  it("is numeric where nothing but numbers is in it", () => {
    expect(columnText([1, null, 2n]).numeric).toBe(true);
    expect(columnText([1, "a"]).numeric).toBe(false);
    expect(columnText([true]).numeric).toBe(false);
  });

  it("cuts hashes and long texts short, and writes objects as JSON", () => {
    expect(cells("01be01a92ee391de369b16a26943275338dbf8acd96c51b0633eda26b404aaaa")).toEqual(["01be01a92ee3…"]);
    expect(cells("x".repeat(61), [1, 2], true)).toEqual([`${"x".repeat(60)}…`, "[1,2]", "true"]);
  });
});
