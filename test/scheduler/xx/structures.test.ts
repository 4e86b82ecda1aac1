import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PowerOfK } from "../../../src/scheduler/power-of-k.js";
import { Loads } from "../../../src/scheduler/xx/loads.js";
import { MachineHeap } from "../../../src/scheduler/xx/machine-heap.js";
import { OptionEvents } from "../../../src/scheduler/xx/option-events.js";
import { Polls } from "../../../src/scheduler/xx/polls.js";
import { ShardChoice, ShardCounts } from "../../../src/scheduler/xx/shards.js";

const RUNS = { seed: 61, numRuns: 200 };

it("a machine heap gives the least loaded, of equal ones the lowest, whatever joins, leaves and changes", () => {
  const moves = fc.array(fc.tuple(fc.nat(39), fc.nat(5)), { maxLength: 300 });
  const property = fc.property(moves, (list) => {
    const load = new Int32Array(40);
    const heap = new MachineHeap(load, new Int32Array(40));
    const inside = new Set<number>();
    for (const [m, what] of list) {
      if (!inside.has(m)) {
        load[m] = what;
        heap.add(m);
        inside.add(m);
      } else if (what === 0) {
        heap.remove(m);
        inside.delete(m);
      } else {
        load[m] = Math.max(0, load[m]! + what - 3);
        heap.changed(m);
      }
      expect(heap.size).toBe(inside.size);
      const best = [...inside].sort((a, b) => load[a]! - load[b]! || a - b)[0];
      if (best !== undefined) expect(heap.top()).toBe(best);
    }
  });
  fc.assert(property, RUNS);
});

it("option events come by time, then kind, then sequence", () => {
  const event = fc.tuple(fc.nat(4), fc.nat(2), fc.nat(200));
  const property = fc.property(
    fc.uniqueArray(event, { selector: ([, , sequence]) => sequence, maxLength: 150 }),
    (list) => {
      const events = new OptionEvents();
      for (const [slot, [time, kind, sequence]] of list.entries()) events.push(time, kind, sequence, slot);
      const sorted = [...list].sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
      for (const next of sorted) {
        expect([events.next(), events.kind(), list[events.slot()]]).toEqual([next[0], next[1], next]);
        events.pop();
      }
      expect(events.next()).toBe(Number.POSITIVE_INFINITY);
    },
  );
  fc.assert(property, RUNS);
});

describe("draws keyed by invocation", () => {
  it("poll the machines that PowerOfK polls, in whatever order they are asked for", () => {
    const property = fc.property(
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 1, max: 40 }),
      fc.nat(),
      (machines, k, seed) => {
        const load = Int32Array.from({ length: machines }, (_, m) => (m * 7919) % 13);
        const placement = new PowerOfK(machines, k, seed, load);
        placement.open(1000);
        const expected = Array.from({ length: 600 }, (_, i) => placement.choose(i));
        const polls = new Polls(machines, k, seed, new Loads(load, 1, false));
        for (let i = 599; i >= 0; i--) expect(polls.least(1000 + i, 0, 0)).toBe(expected[i]);
        expect(polls.count).toBe(placement.polls);
      },
    );
    fc.assert(property, { seed: 62, numRuns: 30 });
  });

  it("choose the same shard in whatever order they are asked for, and others for a retry", () => {
    const inOrder = new ShardChoice(7, 5);
    const expected = Array.from({ length: 3000 }, (_, i) => inOrder.of(i));
    const other = new ShardChoice(7, 5);
    for (const i of [2999, 0, 1500, 700, 701, 2998, 3, 2]) expect(other.of(i)).toBe(expected[i]);
    expect(Array.from({ length: 3000 }, (_, i) => other.of(i, 1))).not.toEqual(expected);
    const counts = new ShardCounts(7, 5);
    for (const soFar of [0, 1, 700, 700, 2500, 3000]) counts.countTo(soFar);
    expect([...counts.placed]).toEqual([0, 1, 2, 3, 4, 5, 6].map((s) => expected.filter((of) => of === s).length));
  });

  it("poll other machines for each attempt", () => {
    const polls = new Polls(1000, 1, 5, new Loads(new Int32Array(1000), 1, false));
    const of = (attempt: number) => Array.from({ length: 200 }, (_, i) => polls.least(i, attempt, 0));
    expect(of(1)).not.toEqual(of(0));
    expect(of(2)).not.toEqual(of(1));
    expect(of(1)).toEqual(of(1));
  });
});
