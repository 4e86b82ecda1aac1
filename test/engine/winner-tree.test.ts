import fc from "fast-check";
import { expect, it } from "vitest";
import { PoolTree } from "../../src/cluster/pool-tree.js";
import { WinnerTree } from "../../src/engine/winner-tree.js";

const changes = fc.array(fc.tuple(fc.nat(99), fc.oneof(fc.nat(8), fc.constant(Number.POSITIVE_INFINITY))), {
  maxLength: 300,
});
const leaves = fc.integer({ min: 1, max: 40 });

it("the winner is the leaf with the least time, of equal ones the lowest", () => {
  const property = fc.property(leaves, changes, (size, list) => {
    const tree = new WinnerTree(size);
    const times: number[] = Array(size).fill(Number.POSITIVE_INFINITY);
    for (const [anywhere, at] of list) {
      const leaf = anywhere % size;
      tree.time[leaf] = at;
      tree.update(leaf);
      times[leaf] = at;
      expect(tree.next()).toBe(Math.min(...times));
      expect(tree.winner()).toBe(times.indexOf(Math.min(...times)));
    }
  });
  fc.assert(property, { seed: 1 });
});

it("a tree in which nothing is to come has no time and the first leaf", () => {
  const tree = new WinnerTree(5);
  expect([tree.next(), tree.winner()]).toEqual([Number.POSITIVE_INFINITY, 0]);
});

it.each([
  ["of few and many", changes],
  ["of nearly all", fc.array(fc.tuple(fc.nat(99), fc.nat(1)), { maxLength: 300 })],
])("in a pool's tree equal times go by sequence: %s", (_, changed) => {
  const property = fc.property(leaves, changed, (size, list) => {
    const tree = new PoolTree(size);
    const rivals = Array.from({ length: size }, (_, core) => ({ core, at: Number.POSITIVE_INFINITY, sequence: 0 }));
    for (const [i, [anywhere, at]] of list.entries()) {
      const core = anywhere % size;
      // Sequences neither ascend nor repeat.
      const sequence = (i * 7919) % 1009;
      tree.time[core] = at;
      tree.sequence[core] = sequence;
      tree.update(core);
      rivals[core] = { core, at, sequence };
      const [first] = rivals.toSorted((a, b) => (a.at === b.at ? a.sequence - b.sequence : a.at - b.at));
      expect(tree.next()).toBe(first!.at);
      if (first!.at < Number.POSITIVE_INFINITY) expect(tree.winner()).toBe(first!.core);
    }
  });
  fc.assert(property, { seed: 2 });
});
