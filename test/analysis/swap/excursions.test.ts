import { describe, expect, it } from "vitest";
import { declustered, excursions, exposureOf } from "../../../src/analysis/swap/excursions.js";
import { levelsOf } from "../../../src/analysis/swap/history.js";

const moves = (...rows: readonly (readonly [number, number])[]) => ({
  time: Float64Array.from(rows, ([time]) => time),
  mib: Float64Array.from(rows, ([, mib]) => mib),
});

describe("levels", () => {
  it("are what the moves add up to, without what lasted no time, and exactly none when all is back", () => {
    const { time, mib } = levelsOf(moves([1, 0.1], [2, 0.2], [2, 5], [2, -5], [3, -0.1], [4, -0.2]));
    expect([...time]).toEqual([1, 2, 3, 4]);
    expect([...mib].map((x) => Number(x.toFixed(9)))).toEqual([0.1, 0.3, 0.2, 0]);
    expect(mib[3]).toBe(0);
  });
});

describe("excursions", () => {
  const levels = [levelsOf(moves([1, 10], [3, 20], [5, -20], [6, -10], [8, 40], [9, -40])), levelsOf(moves([2, 25]))];

  it("are the times above a size, machine by machine, with the most there was", () => {
    const found = excursions({ levels, spans: [[0, 10]] }, 5);
    expect([...found.machine]).toEqual([0, 0, 1]);
    expect([...found.start]).toEqual([1, 8, 2]);
    expect([...found.end]).toEqual([6, 9, 10]);
    expect([...found.peak]).toEqual([30, 40, 25]);
    expect([...excursions({ levels, spans: [[0, 10]] }, 30).peak]).toEqual([40]);
  });

  it("are cut by the spans that are looked at", () => {
    const found = excursions(
      {
        levels,
        spans: [
          [2, 4],
          [8.5, 10],
        ],
      },
      5,
    );
    expect([...found.machine]).toEqual([0, 0, 1, 1]);
    expect([...found.start]).toEqual([2, 8.5, 2, 8.5]);
    expect([...found.end]).toEqual([4, 9, 4, 10]);
    expect([...found.peak]).toEqual([30, 40, 25, 25]);
  });

  it("that belong together are one cluster, each machine's for itself", () => {
    const one = levelsOf(moves([0, 9], [1, -9], [1.5, 8], [2, -8], [50, 7], [51, -7]));
    const both = excursions({ levels: [one, one], spans: [[0, 100]] }, 0);
    const clusters = declustered(both, { extremalIndex: 0.7, runGap: 10 });
    expect([...clusters.machine]).toEqual([0, 0, 1, 1]);
    expect([...clusters.start]).toEqual([0, 50, 0, 50]);
    expect([...clusters.peak]).toEqual([9, 7, 9, 7]);
    expect(clusters.excursions).toBe(6);
  });

  it("are seen over machine-days", () => {
    expect(
      exposureOf({
        levels,
        spans: [
          [0, 43200],
          [86400, 129600],
        ],
      }),
    ).toBe(2);
  });
});
