import { manyServers, oneServer, powerOfD, powerOfDCores, priorityOneServer, priorityServers } from "./formulas.js";
import { DETERMINISTIC, EXPONENTIAL, hyperexponential } from "./laws-of-runtime.js";
import type { Experiment, Measured } from "./measure.js";

/** An experiment whose means are known. */
export interface KnownMeans {
  readonly name: string;
  readonly experiment: Experiment;
  /** Independent replications. */
  readonly replications: number;
  /** What is measured in a replication, by what it is called, with what theory says and how far a finite cluster may be off. */
  readonly means: Readonly<Record<string, { of: (measured: Measured) => number; expected: number; off?: number }>>;
  /** The standard errors must be at most this part of the mean, or the comparison says nothing. */
  readonly resolution: number;
}

/** The papers' shares, from class 0 up. */
const SHARES = [0.35, 0.25, 0.02, 0.15, 0.23];
const FROM_TOP = [...SHARES].reverse();
const HYPER = hyperexponential(10);

const latency = (measured: Measured) => measured.latency;
const slowdown = (measured: Measured) => measured.slowdown;

/** M/G/c processor sharing: a machine of c cores under hermod. Latency and slowdown have the same mean. */
const sharing = ([cores, load, law, count, resolution]: readonly [number, number, typeof HYPER, number, number]) => ({
  name: `1. M/G/${cores} processor sharing, ${law.name}, load ${load}`,
  experiment: { scheduler: "hermod", machines: 1, cores, load, law, count, warm: 20_000 },
  replications: 10,
  resolution,
  means: {
    latency: { of: latency, expected: manyServers(cores, load) },
    slowdown: { of: slowdown, expected: manyServers(cores, load) },
  },
});

/** First come first served: one class only, under priority. */
const oneClass = ([machines, cores, load, count, resolution]: readonly [number, number, number, number, number]) => ({
  name: `1. M/M/${machines * cores} first come first served, load ${load}`,
  experiment: {
    ...{ scheduler: machines === 1 ? "xx" : "ideal", machines, cores, load },
    ...{ law: EXPONENTIAL, count, warm: 20_000 },
  },
  replications: 10,
  resolution,
  means: { latency: { of: latency, expected: manyServers(machines * cores, load) } },
});

const byClass = (expected: readonly number[]) =>
  Object.fromEntries(
    expected.map((value, i) => {
      const priceClass = expected.length - 1 - i;
      return [`class ${priceClass}`, { of: (measured: Measured) => measured.byClass[priceClass]!, expected: value }];
    }),
  );

const classes = ([scheduler, cores, load, count, resolution]: readonly [string, number, number, number, number]) => ({
  name: `2. M/M/${cores} preemptive priority, ${scheduler}, load ${load}`,
  experiment: { scheduler, machines: 1, cores, load, law: EXPONENTIAL, shares: SHARES, count, warm: 20_000 },
  replications: 10,
  resolution,
  means: byClass(priorityServers(cores, load, FROM_TOP)),
});

/**
 * Power of d over machines of c cores, against infinitely many machines and what the chain of queue lengths
 * (queue-lengths.ts) has for 100. A finite cluster's distance from infinity goes with 1 / machines.
 */
const choices = ([scheduler, machines, cores, k, load, of100, count, resolution]: readonly [
  ...[string, number, number, number, number, number, number, number],
]) => {
  const infinite = cores === 1 ? powerOfD(k, load) : powerOfDCores(cores, k, load);
  const expected = infinite + ((of100 - infinite) * 100) / machines;
  return {
    name: `${cores === 1 ? 5 : 6}. power of ${k} over ${machines} machines of ${cores}, ${scheduler}, load ${load}`,
    experiment: { scheduler, machines, cores, k, load, law: EXPONENTIAL, count, warm: 100 * machines * cores },
    replications: 10,
    resolution,
    means: { latency: { of: latency, expected } },
  };
};

/** ORACLES' means: M/M/c, M/G/c, priority, M/G/1, power of d. Few enough invocations for `npm test`. */
export const KNOWN_MEANS: readonly KnownMeans[] = [
  sharing([8, 0.5, EXPONENTIAL, 50_000, 0.001]),
  sharing([8, 0.7, EXPONENTIAL, 50_000, 0.003]),
  sharing([8, 0.8, EXPONENTIAL, 100_000, 0.005]),
  sharing([8, 0.8, DETERMINISTIC, 100_000, 0.005]),
  sharing([8, 0.8, HYPER, 100_000, 0.005]),
  sharing([8, 0.9, EXPONENTIAL, 100_000, 0.02]),
  sharing([1, 0.5, EXPONENTIAL, 50_000, 0.01]),
  sharing([1, 0.8, EXPONENTIAL, 100_000, 0.02]),
  sharing([1, 0.8, DETERMINISTIC, 100_000, 0.02]),
  sharing([1, 0.8, HYPER, 100_000, 0.02]),
  oneClass([1, 8, 0.5, 50_000, 0.001]),
  oneClass([1, 8, 0.7, 50_000, 0.003]),
  oneClass([1, 8, 0.8, 100_000, 0.005]),
  oneClass([1, 8, 0.9, 100_000, 0.02]),
  oneClass([1, 8, 0.95, 200_000, 0.04]),
  oneClass([1, 1, 0.8, 100_000, 0.02]),
  oneClass([100, 8, 0.95, 200_000, 0.001]),
  classes(["xx", 8, 0.9, 200_000, 0.03]),
  classes(["xx", 8, 0.95, 200_000, 0.1]),
  classes(["xx", 1, 0.8, 200_000, 0.03]),
  classes(["ideal", 1, 0.8, 200_000, 0.03]),
];
