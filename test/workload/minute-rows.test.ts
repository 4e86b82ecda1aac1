import fc from "fast-check";
import { expect, it } from "vitest";
import { MinuteRows } from "../../src/workload/minute-rows.js";

const anywhere = fc.integer({ min: 0, max: 59_999 }).map((ms) => ms / 1000);
const crowded = fc.constantFrom(0, 0.001, 0.002, 30, 59.999);

function sorted(times: readonly number[]): MinuteRows {
  const rows = new MinuteRows();
  rows.reserve(times.length);
  rows.length = times.length;
  times.forEach((time, i) => {
    rows.arrival[i] = 120 + time;
  });
  rows.sort(120, 60);
  return rows;
}

it("rows are ordered by arrival, those of one instant as they were put in", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(anywhere, crowded), { minLength: 1, maxLength: 300 }), (times) => {
      const expected = times.map((_, i) => i).sort((a, b) => times[a]! - times[b]! || a - b);
      expect([...sorted(times).order.subarray(0, times.length)]).toEqual(expected);
    }),
    { seed: 6, numRuns: 200 },
  );
});

it("the first row at or after a time is found, before and behind all of them too", () => {
  const rows = sorted([30, 10, 10, 50]);
  expect([0, 130, 130.5, 150, 170, 171].map((time) => rows.firstAt(time))).toEqual([0, 0, 2, 2, 3, 4]);
});

it("rows keep their values when there is room for more of them", () => {
  const rows = sorted([1, 2, 3]);
  rows.reserve(100_000);
  expect([...rows.arrival.subarray(0, 3)]).toEqual([121, 122, 123]);
});
