import { describe, expect, it } from "vitest";
import { keyed, PURPOSE } from "../../src/random/index.js";
import { drawBlocks, eventsOf, inBlocks, percentileInterval } from "../../src/statistics/block-bootstrap.js";

describe("blocks of time", () => {
  const blocks = inBlocks([2, 0, 2, 1, 0], 4);

  it("hold their events in order", () => {
    expect([...blocks.order]).toEqual([1, 4, 3, 0, 2]);
    expect([...blocks.starts]).toEqual([0, 2, 3, 5, 5]);
  });

  it("give their events as often as they are drawn", () => {
    expect([...eventsOf(blocks, Int32Array.of(2, 3, 2, 1))]).toEqual([0, 2, 0, 2, 3]);
  });

  it("are drawn alike, and every replicate by itself", () => {
    const draws = keyed(1, PURPOSE.bootstrap);
    const uniform = (i: number, r: number) => draws.uniform(i, r);
    expect(drawBlocks(uniform, 7, 4)).toEqual(drawBlocks(uniform, 7, 4));
    const counts = new Float64Array(4);
    for (let r = 0; r < 1000; r++) for (const block of drawBlocks(uniform, r, 4)) counts[block]!++;
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(4 * Math.sqrt(750));
  });
});

describe("the percentile interval", () => {
  it("leaves out as many at either end", () => {
    expect(percentileInterval(Float64Array.from({ length: 400 }, (_, i) => 400 - i))).toEqual({ low: 10, high: 390 });
  });
});
