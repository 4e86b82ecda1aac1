import fc from "fast-check";
import { expect, it } from "vitest";
import { parseShard, shardOf } from "../../src/sweep/shard.js";

it("the shards of cells are disjoint, together all of them, and of one size but for one", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 20 }), (cells, count) => {
      const all = Array.from({ length: cells }, (_, i) => i);
      const shards = Array.from({ length: count }, (_, i) => shardOf(all, { index: i + 1, count }));
      expect(shards.flat().sort((a, b) => a - b)).toEqual(all);
      const sizes = shards.map(({ length }) => length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }),
  );
});

it("a shard is read as i/n", () => {
  expect(parseShard("3/8", "--shard")).toEqual({ index: 3, count: 8 });
  expect(shardOf(["a", "b", "c", "d", "e"], { index: 2, count: 3 })).toEqual(["b", "e"]);
});

it.each(["0/4", "5/4", "1", "1/0", "1/4/2", "-1/4", "a/b", "1/999999"])("%s is none", (text) => {
  expect(() => parseShard(text, "--shard")).toThrow(
    `invalid shard: ${text} (--shard); expected i/n, the i-th of n parts, from 1/n to n/n, n up to 100000`,
  );
});
