import { medianDeviation } from "../../../src/statistics/wasserstein.js";
import { type Marginal, NUMBERS, type Population } from "../../../src/workload/sampling/marginals.js";

/** A population of these rows: a trigger and four numbers each; NaN where not known. */
export function population(rows: readonly (readonly [trigger: number, ...numbers: number[]])[]): Population {
  const numbers = NUMBERS.map((name, i): Marginal => {
    const values = Float64Array.from(rows, (row) => row[i + 1] ?? Number.NaN);
    const sorted = values.filter((value) => !Number.isNaN(value)).sort();
    return { name, shown: values, values, sorted, scale: medianDeviation(sorted) };
  });
  const most = rows.reduce((max, [trigger]) => Math.max(max, trigger), 0);
  const triggers = Array.from({ length: most + 1 }, (_, i) => `t${i}`);
  return { numbers, triggers, triggerOf: Int32Array.from(rows, ([trigger]) => trigger) };
}
