import type { Look } from "./observed-rows.js";
import { observedRows, UNFINISHED } from "./observed-rows.js";
import type { RunFolder } from "./run-folder.js";

/** The observations of one class, in the order of the table. */
export interface ClassValues {
  readonly values: Float64Array;
  /** Arrival of each. */
  readonly arrivals: Float64Array;
  /** The smallest of those that may still grow. */
  readonly leastOpen: number;
}

/** A scheduler's observations by class, one per price. */
export async function classValues(run: RunFolder, scheduler: string, look: Look): Promise<ClassValues[]> {
  const { rows: most } = run.manifest.workload;
  const values = new Float64Array(most);
  const arrivals = new Float64Array(most);
  const keys = new Uint8Array(most);
  const count = new Uint32Array(run.prices.length);
  const leastOpen = new Float64Array(run.prices.length).fill(Number.POSITIVE_INFINITY);
  let length = 0;
  for await (const { rows, columns, counts, value } of observedRows(run, scheduler, look, ["price_class"])) {
    const { price_class, arrival_s, outcome } = columns;
    for (let i = 0; i < rows; i++) {
      const found = value[i]!;
      if (counts[i] === 0 || Number.isNaN(found)) continue;
      const priceClass = price_class[i]!;
      if (outcome[i] === UNFINISHED && found < leastOpen[priceClass]!) leastOpen[priceClass] = found;
      values[length] = found;
      arrivals[length] = arrival_s[i]!;
      keys[length++] = priceClass;
      count[priceClass]!++;
    }
  }
  const each = run.prices.map((_, c) => ({
    values: new Float64Array(count[c]!),
    arrivals: new Float64Array(count[c]!),
    leastOpen: leastOpen[c]!,
  }));
  const next = new Uint32Array(run.prices.length);
  for (let i = 0; i < length; i++) {
    const own = each[keys[i]!]!;
    const at = next[keys[i]!]!++;
    own.values[at] = values[i]!;
    own.arrivals[at] = arrivals[i]!;
  }
  return each;
}
