import fc from "fast-check";
import { expect, it } from "vitest";
import { keyed, PURPOSE } from "../../src/random/index.js";
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

it("rows of a busy minute are put in slices of time, and come in the same order", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60_000 }),
      fc.constantFrom(0.0001, 0.37, 7.5, 60),
      fc.integer(),
      (length, grain, seed) => {
        const draws = keyed(Math.abs(seed), PURPOSE.arrival);
        const times = Float64Array.from({ length }, (_, k) => {
          const time = draws.uniform(k, 0) * 60;
          return 120 + (k % 2 === 0 ? time : Math.floor(time / grain) * grain);
        });
        const rows = new MinuteRows();
        for (const minute of [times.slice(0, length >> 1), times]) {
          rows.begin(minute, minute.length, 120, 60);
          for (const [k, time] of minute.entries()) {
            rows.arrival[rows.places[k]!] = time;
            rows.functionId[rows.places[k]!] = k;
          }
          rows.sort(120, 60);
        }
        const expected = [...times.keys()].sort((a, b) => times[a]! - times[b]! || a - b);
        const got = Array.from(rows.order.subarray(0, length), (at) => rows.functionId[at]!);
        expect(got.findIndex((k, i) => k !== expected[i])).toBe(-1);
        expect(new Set(rows.places.subarray(0, length)).size).toBe(length);
      },
    ),
    { seed: 7, numRuns: 40 },
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
