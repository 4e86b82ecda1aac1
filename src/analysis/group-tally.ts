import { enough, quantiles } from "../statistics/quantile.js";
import { OUTCOMES } from "../table/index.js";
import type { Grouping } from "./grouping.js";
import { UNFINISHED } from "./observed-rows.js";

/** Statistics of the observations of a group; quantiles are of type 1. Infinity: killed or rejected ones reach it; null: too few. */
export interface Statistics {
  readonly mean: number | null;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p99: number | null;
  readonly p999: number | null;
  readonly max: number | null;
  /** Names of those above whose true value may be larger, since an unfinished invocation is at or below them; joined by spaces. */
  readonly lower_bounds: string;
}

/** Invocations of one group. */
export interface Group extends Statistics {
  /** What the group is of each grouping asked for, in that order; null: the trace does not say. Empty: all together. */
  readonly group: readonly (string | number | null)[];
  /** Arrivals: finished, killed, rejected and unfinished ones. */
  readonly count: number;
  readonly finished: number;
  readonly killed: number;
  readonly rejected: number;
  readonly unfinished: number;
}

const QUANTILES = [0.5, 0.9, 0.99, 0.999] as const;
const NAMES = ["mean", "p50", "p90", "p99", "p999", "max"] as const;
const HOW_ENDED = OUTCOMES.length;

type Batch = Parameters<typeof rowKeys>[1] & { readonly counts: Uint8Array; readonly value: Float64Array };

/** The values and outcomes of one scheduler's invocations, by group. */
export class GroupTally {
  read = 0;
  private readonly by: readonly Grouping[];
  private readonly size: number;
  /** Arrivals by group and outcome, observations by group, and of those the least that may still grow. */
  private readonly outcomes: Float64Array;
  private readonly observed: Uint32Array;
  private readonly leastOpen: Float64Array;
  private values: Float64Array;
  private keys: Uint32Array;
  private length = 0;

  constructor(by: readonly Grouping[], rows: number) {
    this.by = by;
    this.size = by.reduce((product, { size }) => product * size, 1);
    this.outcomes = new Float64Array(this.size * HOW_ENDED);
    this.observed = new Uint32Array(this.size);
    this.leastOpen = new Float64Array(this.size).fill(Number.POSITIVE_INFINITY);
    this.values = new Float64Array(rows);
    this.keys = new Uint32Array(rows);
  }

  add(batch: Batch): void {
    const { rows, columns, counts, value } = batch;
    const outcome = columns["outcome"]!;
    const key = rowKeys(this.by, batch);
    const { outcomes, observed, leastOpen, values, keys } = this;
    let length = this.length;
    for (let i = 0; i < rows; i++) {
      if (counts[i] === 0) continue;
      const group = key[i]!;
      const what = outcome[i]!;
      const found = value[i]!;
      outcomes[group * HOW_ENDED + what]!++;
      if (Number.isNaN(found)) continue;
      observed[group]!++;
      if (what === UNFINISHED && found < leastOpen[group]!) leastOpen[group] = found;
      values[length] = found;
      keys[length++] = group;
    }
    this.length = length;
    this.read += rows;
  }

  /** The groups with arrivals, by key. The values are then in the groups' order. */
  groups(): Group[] {
    const { by, size, outcomes, observed } = this;
    const starts = this.sortByGroup();
    const groups: Group[] = [];
    for (let key = 0; key < size; key++) {
      const ended = outcomes.subarray(key * HOW_ENDED, (key + 1) * HOW_ENDED);
      if (ended.every((count) => count === 0)) continue;
      const own = this.values.subarray(starts[key]!, starts[key]! + observed[key]!);
      groups.push({ group: shownGroup(by, key), ...counted(ended), ...statistics(own, this.leastOpen[key]!) });
    }
    return groups;
  }

  all(): Group {
    const ended = new Float64Array(HOW_ENDED);
    for (let i = 0; i < this.outcomes.length; i++) ended[i % HOW_ENDED]! += this.outcomes[i]!;
    const leastOpen = this.leastOpen.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    return { group: [], ...counted(ended), ...statistics(this.values.subarray(0, this.length), leastOpen) };
  }

  /** Puts the values of a group next to each other, in their order; gives where each group's begin. */
  private sortByGroup(): Uint32Array {
    const { size, observed, length, keys, values } = this;
    const starts = new Uint32Array(size);
    for (let key = 1; key < size; key++) starts[key] = starts[key - 1]! + observed[key - 1]!;
    const next = starts.slice();
    const sorted = new Float64Array(length);
    for (let i = 0; i < length; i++) sorted[next[keys[i]!]!++] = values[i]!;
    this.values = sorted;
    this.keys = new Uint32Array(0);
    return starts;
  }
}

/** The group of every row: of several groupings, the last changes fastest. */
function rowKeys(
  by: readonly Grouping[],
  { rows, columns }: { readonly rows: number; readonly columns: Readonly<Record<string, ArrayLike<number>>> },
): Uint32Array {
  const keys = new Uint32Array(rows);
  for (const { size, column, keyOf } of by) {
    const values = columns[column]!;
    for (let i = 0; i < rows; i++) keys[i] = keys[i]! * size + keyOf(values[i]!);
  }
  return keys;
}

function shownGroup(by: readonly Grouping[], key: number): (string | number | null)[] {
  let rest = key;
  const shown = [...by].reverse().map(({ size, shown }) => {
    const own = rest % size;
    rest = Math.floor(rest / size);
    return shown(own);
  });
  return shown.reverse();
}

function counted(ended: Float64Array): Pick<Group, "count" | "finished" | "killed" | "rejected" | "unfinished"> {
  const [finished, killed, rejected, unfinished] = ended as unknown as [number, number, number, number];
  return { count: finished + killed + rejected + unfinished, finished, killed, rejected, unfinished };
}

/** Reorders the values. `leastOpen` is the smallest of those that may still grow. */
export function statistics(values: Float64Array, leastOpen: number): Statistics {
  const n = values.length;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i]!;
  const found = quantiles(values, n, [...QUANTILES, 1]);
  const [p50, p90, p99, p999] = QUANTILES.map((q, i) => (enough(n, q) ? found[i]! : null));
  const [mean, max] = n > 0 ? [sum / n, found[QUANTILES.length]!] : [null, null];
  const all = { mean, p50: p50!, p90: p90!, p99: p99!, p999: p999!, max };
  const open = (name: (typeof NAMES)[number], value = all[name]) =>
    value !== null &&
    value < Number.POSITIVE_INFINITY &&
    (name === "mean" ? leastOpen < Number.POSITIVE_INFINITY : leastOpen <= value);
  return { ...all, lower_bounds: NAMES.filter((name) => open(name)).join(" ") };
}
