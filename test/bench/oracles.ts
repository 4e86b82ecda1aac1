import { expect, it } from "vitest";
import { Observer } from "../../src/cluster/observer.js";
import { PriorityMachines } from "../../src/cluster/priority-machines.js";
import { SharingMachines } from "../../src/cluster/sharing-machines.js";
import { keyed, PURPOSE } from "../../src/random/index.js";
import { boundedPareto, boundedParetoMean } from "../oracle/laws-of-runtime.js";
import { choices, KNOWN_MEANS, OF_100_MACHINES, REPLICATIONS } from "../oracle/means.js";
import { estimate, replicate } from "../oracle/measure.js";
import { poisson } from "../oracle/poisson.js";
import { chainMean } from "../oracle/queue-lengths.js";
import { COLUMNS, REGRESSION, type RegressionRow, rounding, slowdowns, statistics } from "../oracle/regression.js";

const TIMES_THE_COUNT = 5;
const TIMES_THE_REPLICATIONS = 2;
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];

const HEAVY = [choices("hermod", 100, 7, 500_000, 0.02), choices("hermod", 2000, 1, 400_000, 0.01)];
const MEANS = [...KNOWN_MEANS, ...HEAVY].map((known) => [known.name, known] as const);

it.each(MEANS)("%s", (title, { experiment, means }) => {
  const longer = { ...experiment, count: TIMES_THE_COUNT * experiment.count };
  const replications = replicate(longer, TIMES_THE_REPLICATIONS * REPLICATIONS);
  for (const [name, { of, expected, error: unsure = 0 }] of Object.entries(means)) {
    const { mean, error } = estimate(replications.map(of));
    const away = (mean - expected) / Math.hypot(error, unsure);
    console.log(
      `${title}: ${name} ${mean.toFixed(6)} ± ${error.toFixed(6)}, known ${expected.toFixed(6)}, ${away.toFixed(1)} errors`,
    );
    expect(Math.abs(away)).toBeLessThanOrEqual(4);
  }
});

it.each(OF_100_MACHINES)("the chain of queue lengths: d $d, $cores cores, load $load", (row) => {
  const chain = (repeat: boolean) =>
    estimate(SEEDS.map((seed) => chainMean({ machines: 100, ...row }, repeat, 2e7, seed)));
  const [distinct, repeated] = [chain(false), chain(true)];
  const said = [distinct, repeated].map(({ mean, error }) => `${mean.toFixed(5)} ± ${error.toFixed(5)}`);
  console.log(
    `d ${row.d}, ${row.cores} cores, load ${row.load}: distinct ${said[0]} (used: ${row.mean}), with repeats ${said[1]}`,
  );
  expect(Math.abs(distinct.mean - row.mean)).toBeLessThanOrEqual(4 * Math.hypot(distinct.error, row.error));
});

it.each(REGRESSION.map((row) => [row.name, row] as const))("table: %s", (name, row) => {
  const runs = SEEDS.map((seed) => slowdowns(row, 4_500_000, 500_000, seed));
  for (const [i, oracle] of row.oracle.entries()) {
    const { mean, error } = estimate(runs.map((run) => run[i]!));
    const spread = error * Math.sqrt(SEEDS.length);
    console.log(`${name}, ${COLUMNS[i]}: ${mean.toFixed(4)}, spread of one run ${spread.toFixed(4)}, table ${oracle}`);
    expect(Math.abs(mean - oracle)).toBeLessThanOrEqual(
      4 * Math.hypot(error, spread) + row.rule[i]! + rounding(oracle),
    );
  }
});

it.each(REGRESSION.slice(1, 4).map((row) => [row.name, row] as const))(
  "table, polled as its simulator does: %s",
  (name, row) => {
    const runs = SEEDS.map((seed) => polledWithRepeats(row, 5_000_000, seed));
    for (const [i, oracle] of row.oracle.entries()) {
      const { mean, error } = estimate(runs.map((run) => run[i]!));
      const spread = error * Math.sqrt(SEEDS.length);
      console.log(
        `${name}, ${COLUMNS[i]}: ${mean.toFixed(4)}, spread of one run ${spread.toFixed(4)}, table ${oracle}`,
      );
      expect(Math.abs(mean - oracle)).toBeLessThanOrEqual(4 * Math.hypot(error, spread) + rounding(oracle));
    }
  },
);

/** Power of 3 whose polls may meet a machine twice and whose ties go to the machine polled first. */
function polledWithRepeats({ scheduler, shares }: RegressionRow, rows: number, seed: number): number[] {
  const law = boundedPareto(1.5, 0.1, 100);
  const workload = poisson(rows, (0.95 * 800) / boundedParetoMean(1.5, 0.1, 100), law, shares, seed);
  const wait = new Float64Array(rows);
  class Waits extends Observer {
    override finished(i: number, _machine: number, _start: number, time: number) {
      wait[i] = time - workload.arrival_s[i]! - workload.runtime_s[i]!;
    }
  }
  const machines =
    scheduler === "hermod"
      ? new SharingMachines(100, 8, new Waits())
      : new PriorityMachines(100, 8, shares.length, new Waits());
  const random = keyed(seed, PURPOSE.placement);
  for (const chunk of workload.chunks) {
    machines.open(chunk);
    for (let i = 0; i < chunk.rows; i++) {
      while (machines.tree.next() <= chunk.arrival_s[i]!) machines.complete();
      let best = -1;
      for (let j = 0; j < 3; j++) {
        const m = Math.floor(random.uniform(chunk.first + i, j) * 100);
        if (best < 0 || machines.load[m]! < machines.load[best]!) best = m;
      }
      machines.place(i, best);
    }
  }
  while (machines.tree.next() < Number.POSITIVE_INFINITY) machines.complete();
  return statistics(workload, wait, shares.length, rows / 10);
}
