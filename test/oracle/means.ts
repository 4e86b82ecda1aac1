import { manyServers, oneServer, powerOfD, powerOfDCores, priorityOneServer, priorityServers } from "./formulas.js";
import { DETERMINISTIC, EXPONENTIAL, hyperexponential, type RuntimeLaw } from "./laws-of-runtime.js";
import type { Experiment, Measured } from "./measure.js";

/** A mean that is known, and how to read it off a replication. */
export interface KnownMean {
  readonly of: (measured: Measured) => number;
  readonly expected: number;
  /** Standard error of `expected`, where it is itself from a simulation. */
  readonly error?: number;
}

/** An experiment whose means are known. */
export interface KnownMeans {
  readonly name: string;
  readonly experiment: Experiment;
  /** Standard error that a run may have at most, as a part of the mean: with more it would say nothing. */
  readonly resolution: number;
  readonly means: Readonly<Record<string, KnownMean>>;
}

/** The papers' shares, from class 0 up. */
export const SHARES = [0.35, 0.25, 0.02, 0.15, 0.23];

const latency = (measured: Measured) => measured.latency;
const slowdown = (measured: Measured) => measured.slowdown;

/** A machine of c cores under processor sharing: latency and slowdown have the same mean, whatever the law. */
function sharing(cores: number, load: number, law: RuntimeLaw, count: number, resolution: number): KnownMeans {
  const expected = manyServers(cores, load);
  return {
    name: `1. M/G/${cores} processor sharing, ${law.name}, load ${load}`,
    experiment: { scheduler: "hermod", machines: 1, cores, load, law, count, warm: 20_000 },
    resolution,
    means: { latency: { of: latency, expected }, slowdown: { of: slowdown, expected } },
  };
}

/** One class under priority is first come first served: xx on one machine, ideal on more. */
function oneClass(machines: number, cores: number, load: number, count: number, resolution: number): KnownMeans {
  const scheduler = machines === 1 ? "xx" : "ideal";
  return {
    name: `1. M/M/${machines * cores} first come first served, load ${load}`,
    experiment: { scheduler, machines, cores, load, law: EXPONENTIAL, count, warm: 20_000 },
    resolution,
    means: { latency: { of: latency, expected: manyServers(machines * cores, load) } },
  };
}

function byClass(fromTop: readonly number[]): Readonly<Record<string, KnownMean>> {
  const means = [...fromTop].reverse().map((expected, c): [string, KnownMean] => {
    return [`class ${c}`, { of: (measured) => measured.byClass[c]!, expected }];
  });
  return Object.fromEntries(means);
}

function priority(scheduler: string, cores: number, load: number, count: number, resolution: number): KnownMeans {
  return {
    name: `2. M/M/${cores} preemptive priority, ${scheduler}, load ${load}`,
    experiment: { scheduler, machines: 1, cores, load, law: EXPONENTIAL, shares: SHARES, count, warm: 20_000 },
    resolution,
    means: byClass(priorityServers(cores, load, [...SHARES].reverse())),
  };
}

const HYPER = hyperexponential(10);
const PRIORITY_ONE_SERVER: KnownMeans = {
  name: "3. M/G/1 preemptive priority, SCV 10, load 0.8",
  experiment: {
    scheduler: "xx",
    machines: 1,
    cores: 1,
    load: 0.8,
    law: HYPER,
    shares: SHARES,
    count: 400_000,
    warm: 50_000,
  },
  resolution: 0.06,
  means: byClass(priorityOneServer(0.8, 10, [...SHARES].reverse())),
};

function oneCore(law: RuntimeLaw, load: number, count: number, resolution: number): KnownMeans {
  return {
    name: `4. M/G/1 first come first served, ${law.name}, load ${load}`,
    experiment: { scheduler: "xx", machines: 1, cores: 1, load, law, count, warm: 20_000 },
    resolution,
    means: { latency: { of: latency, expected: oneServer(load, law.scv) } },
  };
}

/**
 * Mean latency, and its standard error, of power of d over 100 machines, exponential, distinct polls: by the chain of
 * queue lengths (queue-lengths.ts; 3 x 5e8 events). ORACLES' polls may meet a machine twice, which costs up to 0.6 %: it
 * has 1.622, 2.654, 3.482, 2.068 and 1.0010, 1.0169, 1.0626, 1.267, and the chain that polls so 1.6265, 2.658, 3.477,
 * 2.0755 and 1.0006, 1.0171, 1.0622, 1.268.
 */
export const OF_100_MACHINES = [
  { d: 2, cores: 1, load: 0.7, mean: 1.6198, error: 0.0002 },
  { d: 2, cores: 1, load: 0.9, mean: 2.6454, error: 0.0008 },
  { d: 2, cores: 1, load: 0.95, mean: 3.46, error: 0.003 },
  { d: 3, cores: 1, load: 0.9, mean: 2.0624, error: 0.0004 },
  { d: 3, cores: 8, load: 0.8, mean: 1.00046, error: 0.00005 },
  { d: 3, cores: 8, load: 0.9, mean: 1.0163, error: 0.00006 },
  { d: 3, cores: 8, load: 0.95, mean: 1.0615, error: 0.0002 },
  { d: 3, cores: 8, load: 0.99, mean: 1.2674, error: 0.0025 },
] as const;

/**
 * Power of d over `machines` of c cores, by row of OF_100_MACHINES. A finite cluster's distance from infinitely many
 * machines goes with 1 / machines, so that 2,000 machines show the limit.
 */
export function choices(
  scheduler: string,
  machines: number,
  row: number,
  count: number,
  resolution: number,
): KnownMeans {
  const { d, cores, load, mean, error } = OF_100_MACHINES[row]!;
  const infinite = cores === 1 ? powerOfD(d, load) : powerOfDCores(cores, d, load);
  const expected = infinite + ((mean - infinite) * 100) / machines;
  return {
    name: `${cores === 1 ? 5 : 6}. power of ${d} over ${machines} machines of ${cores}, ${scheduler}, load ${load}`,
    experiment: { scheduler, machines, cores, k: d, load, law: EXPONENTIAL, count, warm: 60 * machines * cores },
    resolution,
    means: { latency: { of: latency, expected, error: (error * 100) / machines } },
  };
}

/** Independent replications of each experiment. */
export const REPLICATIONS = 10;

/** ORACLES' means, with as many invocations as `npm test` has time for. */
export const KNOWN_MEANS: readonly KnownMeans[] = [
  sharing(8, 0.5, EXPONENTIAL, 50_000, 0.001),
  sharing(8, 0.7, EXPONENTIAL, 50_000, 0.003),
  sharing(8, 0.8, EXPONENTIAL, 100_000, 0.005),
  sharing(8, 0.8, DETERMINISTIC, 100_000, 0.005),
  sharing(8, 0.8, HYPER, 100_000, 0.01),
  sharing(8, 0.9, EXPONENTIAL, 100_000, 0.02),
  sharing(1, 0.5, EXPONENTIAL, 50_000, 0.01),
  sharing(1, 0.8, EXPONENTIAL, 100_000, 0.02),
  sharing(1, 0.8, DETERMINISTIC, 100_000, 0.02),
  sharing(1, 0.8, HYPER, 100_000, 0.02),
  oneClass(1, 8, 0.5, 50_000, 0.001),
  oneClass(1, 8, 0.7, 50_000, 0.003),
  oneClass(1, 8, 0.8, 100_000, 0.005),
  oneClass(1, 8, 0.9, 100_000, 0.02),
  oneClass(1, 8, 0.95, 200_000, 0.04),
  oneClass(100, 8, 0.95, 200_000, 0.001),
  priority("xx", 8, 0.9, 200_000, 0.03),
  priority("xx", 8, 0.95, 200_000, 0.1),
  priority("xx", 1, 0.8, 200_000, 0.03),
  PRIORITY_ONE_SERVER,
  oneCore(EXPONENTIAL, 0.8, 100_000, 0.02),
  oneCore(DETERMINISTIC, 0.8, 100_000, 0.02),
  oneCore(HYPER, 0.8, 200_000, 0.05),
  choices("hermod", 100, 0, 200_000, 0.005),
  choices("hermod", 100, 1, 200_000, 0.01),
  choices("hermod", 100, 2, 200_000, 0.02),
  choices("hermod", 100, 3, 200_000, 0.01),
  choices("xx", 100, 1, 200_000, 0.01),
  choices("hermod", 2000, 0, 100_000, 0.005),
  choices("hermod", 100, 4, 200_000, 0.001),
  choices("hermod", 100, 5, 200_000, 0.002),
  choices("hermod", 100, 6, 200_000, 0.005),
  choices("xx", 100, 5, 200_000, 0.002),
];
