import { describe, expect, it } from "vitest";
import { PowerOfK } from "../../src/scheduler/power-of-k.js";
import { chunks, DEFAULTS, type Invocations, replayInMemory } from "../oracle/replay-in-memory.js";

/** `n` invocations so far apart that each finds an empty cluster. */
const lonely = (n: number): Invocations => ({
  arrival_s: Float64Array.from({ length: n }, (_, i) => i),
  runtime_s: new Float64Array(n).fill(0.5),
  price_class: new Uint8Array(n),
});

/** Chi-square of counts against probabilities. */
function chiSquare(counts: ArrayLike<number>, probabilities: readonly number[], n: number): number {
  return probabilities.reduce((sum, p, i) => sum + (counts[i]! - n * p) ** 2 / (n * p), 0);
}

function counted(machine: Int32Array, machines: number): number[] {
  const counts = Array(machines).fill(0);
  for (const m of machine) counts[m]++;
  return counts;
}

/** Mean plus four standard deviations of chi-square with so many degrees of freedom. */
const most = (freedom: number) => freedom + 4 * Math.sqrt(2 * freedom);

describe("machines polled", () => {
  it("one machine at random is each with the same probability", () => {
    const n = 100_000;
    for (const machines of [2, 7, 100]) {
      const { machine } = replayInMemory("random", { machines }, lonely(n));
      expect(chiSquare(counted(machine, machines), Array(machines).fill(1 / machines), n)).toBeLessThan(
        most(machines - 1),
      );
    }
  });

  it.each([
    [5, 2],
    [10, 3],
    [100, 3],
    [12, 11],
    [300, 40],
  ])("of %i machines %i distinct ones are polled, every set with the same probability", (machines, k) => {
    // The lowest or the highest polled is taken, as loads go: P(the place m) = C(machines - 1 - m, k - 1) / C(machines, k).
    const n = 50_000;
    const probabilities: number[] = [];
    let above = 1;
    for (let m = 0; m <= machines - k; m++) {
      const taken = k / (machines - m);
      probabilities.push(above * taken);
      above *= 1 - taken;
    }
    const often = probabilities.filter((p) => p * n >= 5);
    const rare = probabilities.slice(often.length).reduce((sum, p) => sum + p, 0);
    for (const place of [(m: number) => m, (m: number) => machines - 1 - m]) {
      const load = Int32Array.from({ length: machines }, (_, m) => place(m));
      const placement = new PowerOfK(machines, k, 1, load);
      placement.open(0);
      const counts = counted(
        Int32Array.from({ length: n }, (_, i) => place(placement.choose(i))),
        machines,
      );
      expect(counts.slice(machines - k + 1).every((count) => count === 0)).toBe(true);
      const seldom = counts.slice(often.length).reduce((sum, count) => sum + count, 0);
      const found = [...counts.slice(0, often.length), seldom];
      const freedom = Math.max(1, often.length - (rare * n < 1 ? 1 : 0));
      expect(chiSquare(found, rare > 0 ? [...often, rare] : often, n)).toBeLessThan(most(freedom));
    }
  });

  it("polls of one invocation say nothing of the next one's", () => {
    const n = 100_000;
    const { machine } = replayInMemory("random", { machines: 10 }, lonely(n));
    const pairs = Array(100).fill(0);
    for (let i = 1; i < n; i++) pairs[10 * machine[i - 1]! + machine[i]!]++;
    expect(chiSquare(pairs, Array(100).fill(0.01), n - 1)).toBeLessThan(most(99));
  });
});

describe("draws are keyed by invocation", () => {
  const rows = lonely(3000);
  const of = (name: string, config = {}, chunk = 1000) =>
    replayInMemory(name, { machines: 50, k: 2, ...config }, rows, null, chunk).machine;

  it("so the chunks in which arrivals come change nothing", () => {
    for (const chunk of [1, 7, 512, 3000]) expect(of("hermod", {}, chunk)).toEqual(of("hermod"));
  });

  it("so invocations after the first ones draw the same without them", () => {
    const until = replayInMemory("hermod", { machines: 50, k: 2 }, rows, 1500.25).machine;
    expect(until.slice(0, 1501)).toEqual(of("hermod").slice(0, 1501));
  });

  it("and by the seed: another seed, other machines; two schedulers under one seed, the same", () => {
    expect(of("hermod", { seed: 2 })).not.toEqual(of("hermod"));
    expect(of("hermod", { seed: 2 ** 32 + 1 })).not.toEqual(of("hermod"));
    expect(of("xx")).toEqual(of("hermod"));
  });
});

describe("control traffic", () => {
  it("counts k polls an invocation, no more than there are machines, and who a shard has placed", async () => {
    const { SCHEDULERS } = await import("../../src/scheduler/schedulers.js");
    const { Observer } = await import("../../src/cluster/observer.js");
    const config = { ...DEFAULTS, machines: 4, k: 3, shards: 3 };
    const traffic = (name: string, k: number) => {
      const scheduler = SCHEDULERS[name]!.create({ ...config, k }, new Observer());
      for (const chunk of chunks(lonely(3000), 3000)) scheduler.open(chunk);
      for (let i = 0; i < 3000; i++) {
        while (scheduler.next() <= i) scheduler.step();
        scheduler.arrive(i);
      }
      return scheduler.traffic();
    };
    expect(traffic("hermod", 3)).toEqual({ polls: 9000 });
    expect(traffic("hermod", 9)).toEqual({ polls: 12_000 });
    const { polls, ...shards } = traffic("xx", 2);
    expect(polls).toBe(6000);
    expect(Object.keys(shards)).toEqual(["placed_by_shard_0", "placed_by_shard_1", "placed_by_shard_2"]);
    expect(Object.values(shards).reduce((sum, count) => sum + count, 0)).toBe(3000);
    expect(chiSquare(Object.values(shards), [1 / 3, 1 / 3, 1 / 3], 3000)).toBeLessThan(most(2));
    for (const name of ["edf", "ideal", "random"]) expect(traffic(name, 3)).toEqual({});
  });
});
