import { boundedPareto, boundedParetoMean } from "./laws-of-runtime.js";
import { SHARES } from "./means.js";
import { waits } from "./measure.js";

/** The columns of ORACLES' regression table, and the p99 of the two lowest classes. */
export const COLUMNS = ["mean", "p99", "p99.9", "class 1 p99", "class 0 p99"] as const;

/** A row of the table: a scheduler on 100 machines of 8 cores at load 0.95. */
export interface RegressionRow {
  readonly name: string;
  readonly scheduler: string;
  readonly shares: readonly number[];
  /** Of slowdown, as the independent simulator of ORACLES has them from one run of 5 M; null: it does not say. */
  readonly oracle: readonly (number | null)[];
  /** Standard deviation of one run of ours of 5 M of which 10 % are cut, over the seeds 1 to 8. */
  readonly spread: readonly number[];
  /** The same of one run of 1 M after 1 M that do not count. */
  readonly spreadOfShort: readonly number[];
  /**
   * How far off the other simulator is for a reason: its polls may meet a machine twice, and its ties go to the machine
   * polled first, ours to the lowest index as SEMANTICS has it. Measured by polling its way (bench/oracles.ts).
   */
  readonly rule: readonly number[];
}

/** Statistics of slowdown in the order of COLUMNS, over `count` invocations after `warm`. */
export function slowdowns(row: Pick<RegressionRow, "scheduler" | "shares">, count: number, warm: number, seed: number) {
  const law = boundedPareto(1.5, 0.1, 100);
  const mean = boundedParetoMean(1.5, 0.1, 100);
  const cluster = { machines: 100, cores: 8, k: 3, load: 0.95, law, mean };
  const { workload, wait } = waits({ ...row, ...cluster, count, warm, after: 0 }, seed);
  return statistics(workload.runtime_s, workload.price_class, wait, warm);
}

/** The same of a replay's waits. */
export function statistics(runtime: Float64Array, priceClass: Uint8Array, wait: Float64Array, warm: number): number[] {
  const all = wait.map((value, i) => 1 + value / runtime[i]!).subarray(warm);
  const classes = priceClass.subarray(warm);
  const lowest = [1, 0].map((c) => quantile(all.filter((_, i) => classes[i] === c).sort(), 0.99));
  const average = all.reduce((sum, value) => sum + value, 0) / all.length;
  all.sort();
  return [average, quantile(all, 0.99), quantile(all, 0.999), ...lowest];
}

function quantile(sorted: Float64Array, q: number): number {
  return sorted[Math.ceil(q * sorted.length) - 1] ?? Number.NaN;
}

const ONE_CLASS = [1];

/** ORACLES' rows for the schedulers there are. "FCFS": one class only under priority. */
export const REGRESSION: readonly RegressionRow[] = [];
