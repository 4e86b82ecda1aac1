import fc from "fast-check";
import { expect, it } from "vitest";
import { RunHeap } from "../../src/cluster/run-heap.js";

it("gives entries back by (order, sequence), however many and however mixed with new ones", () => {
  const entry = fc.record({ order: fc.integer({ min: -3, max: 3 }), pops: fc.nat(2) });
  const property = fc.property(fc.array(entry, { maxLength: 300 }), (entries) => {
    const heap = new RunHeap();
    let left: { id: number; order: number; sequence: number }[] = [];
    for (const [i, { order, pops }] of entries.entries()) {
      const sequence = (i * 7919) % 1009;
      heap.push(i, order, sequence);
      left.push({ id: i, order, sequence });
      for (let pop = 0; pop < pops && heap.size > 0; pop++) {
        left = left.toSorted((a, b) => a.order - b.order || a.sequence - b.sequence);
        const { id, order: first, sequence: of } = left.shift()!;
        expect([heap.topId(), heap.topOrder(), heap.topSequence()]).toEqual([id, first, of]);
        heap.pop();
      }
      expect(heap.size).toBe(left.length);
    }
    const byValue = (a: number, b: number) => a - b;
    expect([...heap.list()].sort(byValue)).toEqual(left.map(({ id }) => id).sort(byValue));
    heap.clear();
    expect(heap.size).toBe(0);
  });
  fc.assert(property, { seed: 3 });
});

it("gives up any entry, or all that are not to be kept, and the others still in order", () => {
  const property = fc.property(
    fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 100 }),
    fc.nat(),
    (orders, which) => {
      const heap = new RunHeap();
      for (const [id, order] of orders.entries()) heap.push(id, order, id);
      const taken = which % orders.length;
      expect(heap.take(taken)).toBe(orders[taken]);
      heap.filter((id, sequence) => id === sequence && id % 3 > 0);
      const left: number[] = [];
      for (; heap.size > 0; heap.pop()) left.push(heap.topId());
      const expected = [...orders.keys()].filter((id) => id !== taken && id % 3 > 0);
      expect(left).toEqual(expected.sort((a, b) => orders[a]! - orders[b]! || a - b));
    },
  );
  fc.assert(property, { seed: 4 });
});
