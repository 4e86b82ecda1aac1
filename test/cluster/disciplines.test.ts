import { expect, it } from "vitest";
import { EXPONENTIAL } from "../oracle/laws-of-runtime.js";
import { poisson } from "../oracle/poisson.js";
import { type Invocations, replayInMemory } from "../oracle/replay-in-memory.js";

const PRICES = [1, 2, 4];
const times = (n: number, at: (i: number) => number) => Float64Array.from({ length: n }, (_, i) => at(i));

it("processor sharing: a crowd of 1,000 on two cores leaves in order of runtime, at the times of the textbook", () => {
  const n = 1000;
  const runtime_s = times(n, (i) => 1 + ((i * 7919) % n) / n);
  const crowd = { arrival_s: times(n, () => 0), runtime_s, price_class: new Uint8Array(n) };
  const { finish } = replayInMemory("hermod", { cores: 2 }, crowd);
  // With runtimes r_1 < r_2 < … and m left, each gets 2 / m of a core, at most one.
  const order = [...runtime_s.keys()].sort((a, b) => runtime_s[a]! - runtime_s[b]!);
  let now = 0;
  let done = 0;
  for (const [place, i] of order.entries()) {
    now += (runtime_s[i]! - done) * Math.max(1, (n - place) / 2);
    done = runtime_s[i]!;
    expect(Math.abs(finish[i]! - now) / now).toBeLessThan(1e-12);
  }
});

it("processor sharing: hundreds come and go under overload, then all drains, at the times of a plain simulation", () => {
  const cores = 3;
  const rows = poisson(3000, 1.6 * cores, EXPONENTIAL, [1], 8);
  const { arrival_s, runtime_s } = rows;
  const { finish } = replayInMemory("hermod", { cores }, rows);
  const left = new Map<number, number>();
  let now = 0;
  for (let next = 0; next < arrival_s.length || left.size > 0; ) {
    const rate = Math.min(1, cores / left.size);
    let [soonest, least] = [-1, Number.POSITIVE_INFINITY];
    for (const [i, work] of left) if (work < least) [soonest, least] = [i, work];
    const ends = now + least / rate;
    const arrives = arrival_s[next] ?? Number.POSITIVE_INFINITY;
    const to = Math.min(ends, arrives);
    for (const [i, work] of left) left.set(i, work - (to - now) * rate);
    now = to;
    if (ends <= arrives) {
      left.delete(soonest);
      expect(Math.abs(finish[soonest]! - now)).toBeLessThan(1e-8);
    } else {
      left.set(next, runtime_s[next]!);
      next++;
    }
  }
});

it("processor sharing keeps its precision when a machine is crowded for a very long time", () => {
  // One long invocation shares the core with a chain of short ones that never lets go, for 300,000 seconds.
  const n = 100_000;
  const arrival_s = times(n, (i) => (i === 0 ? 0 : 3 * (i - 1)));
  const runtime_s = times(n, (i) => (i === 0 ? 150_000 : 1.5));
  const { finish } = replayInMemory("hermod", {}, { arrival_s, runtime_s, price_class: new Uint8Array(n) });
  let worst = 0;
  for (let i = 1; i < n; i++) worst = Math.max(worst, Math.abs(finish[i]! - (arrival_s[i]! + 3)));
  expect(worst).toBeLessThan(1e-9 * 300_000);
});

it.each(["xx", "ideal", "edf", "hermod"])("%s: a queue of 20,000 takes as long as its work", (name) => {
  const n = 20_000;
  const all = {
    arrival_s: times(n, (i) => i * 1e-6),
    runtime_s: times(n, (i) => 1 + (i % 7)),
    price_class: times(n, (i) => i % 3),
  };
  const { finish } = replayInMemory(name, { cores: 4, prices: PRICES }, all);
  const work = all.runtime_s.reduce((sum, value) => sum + value, 0);
  const last = finish.reduce((most, value) => Math.max(most, value), 0);
  expect(last).toBeGreaterThanOrEqual(work / 4 - 1e-6);
  expect(last).toBeLessThan(work / 4 + 8);
});

it.each(["xx", "ideal", "edf", "hermod", "random"])(
  "%s: what takes no time passes an idle core, and no other feels it",
  (name) => {
    // On three of four cores one comes after another; at any time and at their very starts others come that take no time.
    const rows = Array.from({ length: 600 }, (_, i) => ({
      at: Math.floor(i / 3) + (i % 3) / 7,
      takes: 0.1 + (i % 8) / 10,
    }));
    const passing = Array.from({ length: 400 }, (_, i) => ({ at: i % 4 === 0 ? i / 4 : i / 3, takes: 0 }));
    const replayed = (list: readonly { at: number; takes: number }[]) => {
      const sorted = list.toSorted((a, b) => a.at - b.at);
      const all = {
        arrival_s: times(sorted.length, (i) => sorted[i]!.at),
        runtime_s: times(sorted.length, (i) => sorted[i]!.takes),
        price_class: times(sorted.length, (i) => i % 3),
      };
      const { finish } = replayInMemory(name, { cores: 4, prices: PRICES }, all);
      const ends = (zero: boolean) => [...finish].filter((_, i) => (all.runtime_s[i] === 0) === zero);
      return {
        passed: ends(true),
        others: ends(false),
        zeros: [...all.arrival_s].filter((_, i) => all.runtime_s[i] === 0),
      };
    };
    const { passed, others, zeros } = replayed([...rows, ...passing]);
    expect(passed).toEqual(zeros);
    expect(others).toEqual(replayed(rows).others);
  },
);

it("256 classes are kept apart", () => {
  const prices = Array.from({ length: 256 }, (_, i) => 1 + i);
  const n = 257;
  // The first takes the core; the others come together, each of a class of its own, and run from the top class down.
  const price_class = times(n, (i) => (i === 0 ? 255 : (i * 101) % 256));
  const rows: Invocations = {
    arrival_s: times(n, (i) => (i === 0 ? 0 : 0.5)),
    runtime_s: times(n, () => 1),
    price_class,
  };
  const { finish } = replayInMemory("xx", { prices }, rows);
  for (let i = 1; i < n; i++) expect(finish[i]).toBe(1 + (255 - price_class[i]!) + 1);
});

it("times far from zero do not change who waits for whom", () => {
  const made = poisson(2000, 1.8, EXPONENTIAL, [1], 9);
  const later = { ...made, arrival_s: made.arrival_s.map((at) => at + 2 ** 24) };
  for (const name of ["xx", "hermod", "edf", "ideal"]) {
    const config = { machines: 2, k: 2 };
    const [near, far] = [made, later].map((rows) => replayInMemory(name, config, rows));
    expect(far!.machine).toEqual(near!.machine);
    expect(far!.preemptions).toEqual(near!.preemptions);
  }
});
