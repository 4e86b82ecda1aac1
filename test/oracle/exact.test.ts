import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Observer } from "../../src/cluster/observer.js";
import { drain, feed } from "../../src/engine/simulation.js";
import { SCHEDULERS } from "../../src/scheduler/schedulers.js";
import { EXPONENTIAL, hyperexponential } from "./laws-of-runtime.js";
import { SHARES } from "./means.js";
import { poisson } from "./poisson.js";
import { DEFAULTS, type Invocations, replayInMemory } from "./replay-in-memory.js";

const PRICES = [0.3, 0.7, 1, 1.5, 2];
const HYPER = hyperexponential(10);
const busy = (cores: number, rows = 5000) => poisson(rows, 0.9 * cores, HYPER, SHARES, 7);
const oneClass = (of: Invocations): Invocations => ({ ...of, price_class: new Uint8Array(of.arrival_s.length) });

/** Finish times first come first served on c cores: the earliest free core takes the next. Kiefer, Wolfowitz (1955). */
function firstComeFirstServed({ arrival_s, runtime_s }: Invocations, cores: number): Float64Array {
  const free = new Float64Array(cores);
  return Float64Array.from(arrival_s, (arrival, i) => {
    const start = Math.max(arrival, free[0]!);
    free[0] = start + runtime_s[i]!;
    free.sort();
    return start + runtime_s[i]!;
  });
}

describe("first come first served", () => {
  it("on one core every finish is Lindley's, to the last bit", () => {
    const workload = oneClass(busy(1));
    let finish = 0;
    const lindley = Float64Array.from(workload.arrival_s, (arrival, i) => {
      const wait = Math.max(arrival, finish);
      finish = wait + workload.runtime_s[i]!;
      return finish;
    });
    expect(replayInMemory("xx", {}, workload).finish).toEqual(lindley);
    expect(replayInMemory("ideal", {}, workload).finish).toEqual(lindley);
  });

  it.each([2, 8, 33])("on %i cores every finish is Kiefer's and Wolfowitz's, to the last bit", (cores) => {
    const workload = oneClass(busy(cores));
    const expected = firstComeFirstServed(workload, cores);
    expect(replayInMemory("xx", { cores }, workload).finish).toEqual(expected);
    expect(replayInMemory("ideal", { machines: cores }, workload).finish).toEqual(expected);
  });
});

describe("one machine", () => {
  const workload = busy(8);
  const outcomes = (name: string, config = {}) => {
    const { start, finish, preemptions, cpu, progress } = replayInMemory(name, { prices: PRICES, ...config }, workload);
    return { start, finish, preemptions, cpu, progress };
  };

  it("under xx is ideal's pool of as many cores", () => {
    expect(outcomes("xx", { cores: 8 })).toEqual(outcomes("ideal", { machines: 2, cores: 4 }));
  });

  it("is the same to hermod and random", () => {
    expect(outcomes("random", { cores: 8 })).toEqual(outcomes("hermod", { cores: 8 }));
  });
});

describe("one core", () => {
  it("unfinished work over time is the same under every scheduler, and is Lindley's", () => {
    const workload = busy(1, 400);
    const { arrival_s, runtime_s } = workload;
    const last = arrival_s[arrival_s.length - 1]!;
    for (const until of Array.from({ length: 60 }, (_, i) => ((i + 0.37) * last) / 60)) {
      let work = 0;
      let arrived = 0;
      for (; arrived < arrival_s.length && arrival_s[arrived]! <= until; arrived++) {
        const gap = arrival_s[arrived]! - (arrival_s[arrived - 1] ?? 0);
        work = Math.max(0, work - gap) + runtime_s[arrived]!;
      }
      work = Math.max(0, work - (until - (arrival_s[arrived - 1] ?? 0)));
      for (const name of Object.keys(SCHEDULERS)) {
        const { cpu } = replayInMemory(name, { prices: PRICES }, workload, until);
        let left = 0;
        for (let i = 0; i < arrived; i++) left += runtime_s[i]! - cpu[i]!;
        expect(Math.abs(left - work), `${name} at ${until}`).toBeLessThan(1e-8);
      }
    }
  });

  it("busy periods end at the same times under every scheduler", () => {
    const workload = busy(1, 2000);
    const fcfs = firstComeFirstServed(workload, 1);
    const ends = [...fcfs].filter((end, i) => !(workload.arrival_s[i + 1]! < end));
    for (const name of Object.keys(SCHEDULERS)) {
      const finish = replayInMemory(name, { prices: PRICES }, workload).finish.toSorted();
      for (const end of ends) {
        const nearest = Math.min(...finish.map((value) => Math.abs(value - end)));
        expect(nearest, `${name}, ${end}`).toBeLessThan(1e-8);
      }
    }
  });
});

describe("processor sharing", () => {
  it("an invocation that never shares a core ends exactly at arrival + runtime", () => {
    const workload = poisson(20_000, 1.5, EXPONENTIAL, [1], 3);
    const { finish } = replayInMemory("hermod", { cores: 20 }, workload);
    expect(finish).toEqual(workload.arrival_s.map((arrival, i) => arrival + workload.runtime_s[i]!));
  });

  it("nine equal invocations on eight cores have a slowdown of 9/8", () => {
    const nine = { arrival_s: Array(9).fill(3), runtime_s: Array(9).fill(2), price_class: Array(9).fill(0) };
    const { finish, start } = replayInMemory("hermod", { cores: 8 }, nine);
    expect([...finish]).toEqual(Array(9).fill(3 + (2 * 9) / 8));
    expect([...start]).toEqual(Array(9).fill(3));
  });

  it("an invocation alone for a second, then with another, then alone: by hand", () => {
    // Rate 1 up to 1, 1/2 each up to 5 when the second has had 2, and 1 again.
    const two = { arrival_s: [0, 1], runtime_s: [4, 2], price_class: [0, 0] };
    expect([...replayInMemory("hermod", {}, two).finish]).toEqual([6, 5]);
    expect([...replayInMemory("hermod", {}, two, 3).cpu]).toEqual([2, 1]);
  });
});

/** The time integral of how many are present, as a scheduler tells it. */
class Present extends Observer {
  area = 0;
  private count = 0;
  private last = 0;

  override placed(_invocation: number, _machine: number, time: number) {
    this.change(1, time);
  }

  override finished(_invocation: number, _machine: number, _start: number, time: number) {
    this.change(-1, time);
  }

  private change(by: number, time: number) {
    this.area += this.count * (time - this.last);
    this.last = time;
    this.count += by;
  }
}

it.each(Object.keys(SCHEDULERS))(
  "%s obeys Little's law: the mean present is the rate times the mean latency",
  (name) => {
    const workload = busy(12);
    const config = { ...DEFAULTS, machines: 3, cores: 4, k: 2, prices: PRICES };
    const { finish } = replayInMemory(name, config, workload);
    const present = new Present();
    const scheduler = SCHEDULERS[name]!.create(config, present);
    for (const chunk of workload.chunks) {
      scheduler.open(chunk);
      feed(scheduler, chunk.arrival_s, chunk.rows, Number.POSITIVE_INFINITY);
    }
    drain(scheduler, Number.POSITIVE_INFINITY);
    const latencies = finish.reduce((sum, value, i) => sum + value - workload.arrival_s[i]!, 0);
    expect(present.area / latencies).toBeCloseTo(1, 10);
  },
);

describe("earliest deadline first", () => {
  /** 128 classes: class c may take 1.05^(127 - c) runtimes. */
  const prices = Array.from({ length: 128 }, (_, c) => 1.05 ** (c - 127));
  const deadlines = ({ arrival_s, runtime_s, price_class }: Invocations) =>
    Float64Array.from(arrival_s, (at, i) => at + runtime_s[i]! * (prices[127]! / prices[price_class[i]!]!));

  // A schedule of one core first: slots of time, each given to one of the last few invocations or to a new one. Then to
  // each the least slack with which the schedule meets its deadline.
  const schedule = fc
    .array(
      fc.record({ length: fc.integer({ min: 1, max: 20 }), whose: fc.nat(4), early: fc.nat(30), gap: fc.nat(1) }),
      {
        minLength: 1,
        maxLength: 60,
      },
    )
    .map((slots) => {
      const jobs: { arrival: number; runtime: number; end: number }[] = [];
      let now = 40;
      for (const { length, whose, early, gap } of slots) {
        now += gap * length;
        const job = whose === 0 ? undefined : jobs[jobs.length - whose];
        if (job) {
          job.runtime += length;
          job.end = now + length;
        } else jobs.push({ arrival: now - early, runtime: length, end: now + length });
        now += length;
      }
      jobs.sort((a, b) => a.arrival - b.arrival);
      const priceClass = ({ arrival, runtime, end }: (typeof jobs)[number]) =>
        127 - Math.ceil(Math.log((end - arrival) / runtime) / Math.log(1.05) - 1e-9);
      return {
        arrival_s: jobs.map(({ arrival }) => arrival),
        runtime_s: jobs.map(({ runtime }) => runtime),
        price_class: jobs.map((job) => Math.max(0, priceClass(job))),
        feasible: jobs.every((job) => priceClass(job) >= 0),
      };
    })
    .filter(({ feasible }) => feasible);

  it("on one core misses no deadline of a set made from a feasible schedule", () => {
    const property = fc.property(schedule, (workload) => {
      const deadline = deadlines(workload);
      const { finish } = replayInMemory("edf", { prices }, workload);
      for (const [i, at] of finish.entries()) expect(at - deadline[i]!).toBeLessThanOrEqual(1e-9 * Math.max(1, at));
    });
    fc.assert(property, { seed: 21, numRuns: 300 });
  });

  it("on one core misses where processor sharing and priority do, so the sets are tight", () => {
    const misses = { edf: 0, xx: 0, hermod: 0 };
    for (const workload of fc.sample(schedule, { seed: 22, numRuns: 200 })) {
      const deadline = deadlines(workload);
      for (const name of Object.keys(misses) as (keyof typeof misses)[]) {
        const { finish } = replayInMemory(name, { prices }, workload);
        misses[name] += finish.filter((at, i) => at > deadline[i]! + 1e-9).length;
      }
    }
    expect(misses.edf).toBe(0);
    expect(misses.hermod).toBeGreaterThan(20);
    expect(misses.xx).toBeGreaterThan(20);
  });

  it("on several cores misses a deadline that another order meets (Dhall's effect)", () => {
    // Four short ones, deadline 1, and a long one of 1, deadline 1.05, on four cores: the short ones go first.
    const workload = { arrival_s: [0, 0, 0, 0, 0], runtime_s: [0.1, 0.1, 0.1, 0.1, 1], price_class: [0, 0, 0, 0, 1] };
    const config = { cores: 4, prices: [1 / 10, 1 / 1.05, 1] };
    const { finish } = replayInMemory("edf", config, workload);
    expect([...finish]).toEqual([0.1, 0.1, 0.1, 0.1, 1.1]);
    expect(finish[4]).toBeGreaterThan(1.05);
    // The long one first meets every deadline: xx runs the higher class first.
    const other = replayInMemory("xx", config, workload).finish;
    expect([...other]).toEqual([0.1, 0.1, 0.1, 0.2, 1]);
  });
});
