import { boundedPareto, boundedParetoMean } from "./laws-of-runtime.js";
import { SHARES } from "./means.js";
import { waits } from "./measure.js";
import type { Poisson } from "./poisson.js";

/** The columns of ORACLES' regression table, of slowdown; where there are classes, with each one's p99 from the top. */
export const COLUMNS = ["mean", "p99", "p99.9", "4: p99", "3: p99", "2: p99", "1: p99", "0: p99"] as const;

/** A row of the table: a scheduler on 100 machines of 8 cores at load 0.95. */
export interface RegressionRow {
  readonly name: string;
  readonly scheduler: string;
  readonly shares: readonly number[];
  /** As the independent simulator of ORACLES has them from one run of 5 M. */
  readonly oracle: readonly number[];
  /** Standard deviation of one run of ours of 5 M of which 10 % are cut, over the seeds 1 to 8. */
  readonly spread: readonly number[];
  /** The same of one run of 1 M after 1 M that do not count. */
  readonly spreadOfShort: readonly number[];
  /**
   * How far off the other simulator is for a reason: its polls may meet a machine twice, and its ties go to the machine
   * polled first, ours to the lowest index as SEMANTICS has it. Measured by polling its way (test/bench/oracles.ts).
   */
  readonly rule: readonly number[];
}

/** Statistics of slowdown in the order of COLUMNS, over `count` invocations after `warm`. */
export function slowdowns(row: Pick<RegressionRow, "scheduler" | "shares">, count: number, warm: number, seed: number) {
  const law = boundedPareto(1.5, 0.1, 100);
  const mean = boundedParetoMean(1.5, 0.1, 100);
  const cluster = { machines: 100, cores: 8, k: 3, load: 0.95, law, mean };
  const { workload, wait } = waits({ ...row, ...cluster, count, warm, after: 0 }, seed);
  return statistics(workload, wait, row.shares.length, warm);
}

/** The same of the waits of a replay. */
export function statistics(workload: Poisson, wait: Float64Array, classes: number, warm: number): number[] {
  const all = wait.map((value, i) => 1 + value / workload.runtime_s[i]!).subarray(warm);
  const priceClass = workload.price_class.subarray(warm);
  const fromTop = classes === 1 ? [] : Array.from({ length: classes }, (_, i) => classes - 1 - i);
  const byClass = fromTop.map((c) => quantile(all.filter((_, i) => priceClass[i] === c).sort(), 0.99));
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  all.sort();
  return [mean, quantile(all, 0.99), quantile(all, 0.999), ...byClass];
}

function quantile(sorted: Float64Array, q: number): number {
  return sorted[Math.ceil(q * sorted.length) - 1] ?? Number.NaN;
}

const ONE_CLASS = [1];

/** ORACLES' rows for the schedulers there are. One class under priority is first come first served. */
export const REGRESSION: readonly RegressionRow[] = [
  {
    ...{ name: "random processor sharing", scheduler: "random", shares: ONE_CLASS },
    oracle: [2.99, 10.5, 14.5],
    spread: [0.06, 0.53, 1.65],
    spreadOfShort: [0.15, 1.1, 2.28],
    rule: [0, 0, 0],
  },
  {
    ...{ name: "power-of-3 processor sharing (Hermod)", scheduler: "hermod", shares: ONE_CLASS },
    oracle: [1.061, 1.23, 1.3],
    spread: [0.0016, 0.0054, 0.0102],
    spreadOfShort: [0.0057, 0.0143, 0.0234],
    rule: [0.001, 0, 0],
  },
  {
    ...{ name: "power-of-3 first come first served", scheduler: "xx", shares: ONE_CLASS },
    oracle: [1.097, 1.94, 2.73],
    spread: [0.0031, 0.0178, 0.0435],
    spreadOfShort: [0.01, 0.05, 0.1],
    rule: [0.001, 0, 0],
  },
  {
    ...{ name: "power-of-3 priority (XX)", scheduler: "xx", shares: SHARES },
    oracle: [1.098, 2.52, 4.17, 1, 1, 1, 1.13, 3.22],
    spread: [0.0033, 0.047, 0.113, 0, 0, 0, 0.006, 0.077],
    spreadOfShort: [0.0104, 0.127, 0.274, 0, 0, 0, 0.02, 0.189],
    rule: [0.001, 0.03, 0.08, 0, 0, 0, 0.035, 0.05],
  },
  {
    ...{ name: "central first come first served", scheduler: "ideal", shares: ONE_CLASS },
    oracle: [1.004, 1.11, 1.26],
    spread: [0.0009, 0.0196, 0.081],
    spreadOfShort: [0.0017, 0.0374, 0.0955],
    rule: [0, 0, 0],
  },
  {
    ...{ name: "central EDF", scheduler: "edf", shares: SHARES },
    oracle: [1.0],
    spread: [0.00001],
    spreadOfShort: [0.00001],
    rule: [0],
  },
];

/** Half a unit in the last digit that ORACLES prints. */
export function rounding(printed: number): number {
  const digits = String(printed).split(".")[1]?.length ?? 0;
  return 0.5 * 10 ** -Math.max(digits, printed < 10 ? 2 : 1);
}
