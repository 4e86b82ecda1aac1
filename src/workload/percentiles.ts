/** What had to be put right in a row of percentiles. */
export interface Repairs {
  negative: boolean;
  descending: boolean;
}

/**
 * A row of percentiles as a distribution needs it: none below zero, each at least the one before.
 * Null where a level is missing.
 */
export function repaired(values: Float64Array, row: number, levels: number, repairs: Repairs): Float64Array | null {
  const out = values.slice(row * levels, (row + 1) * levels);
  let least = 0;
  for (let i = 0; i < levels; i++) {
    const value = out[i]!;
    if (Number.isNaN(value)) return null;
    if (value < 0) repairs.negative = true;
    else if (value < least) repairs.descending = true;
    if (value > least) least = value;
    out[i] = least;
  }
  return out;
}

/** Rows of something, in lists by owner (a function or an app), each list by day. */
export class RowsByDay {
  private readonly lists = new Map<number, number[]>();
  private readonly day: Int32Array;

  /** `ownerOf(row)` is -1 for rows to leave out. */
  constructor(rows: number, day: Int32Array, ownerOf: (row: number) => number) {
    this.day = day;
    for (let row = 0; row < rows; row++) {
      const owner = ownerOf(row);
      if (owner < 0) continue;
      const list = this.lists.get(owner);
      if (list) list.push(row);
      else this.lists.set(owner, [row]);
    }
    for (const list of this.lists.values()) list.sort((a, b) => day[a]! - day[b]! || a - b);
  }

  /** Owners that have a row, ascending. */
  owners(): number[] {
    return [...this.lists.keys()].sort((a, b) => a - b);
  }

  /** The owner's row for the day, else for the nearest day (the earlier of two); -1: it has none. */
  nearest(owner: number, day: number): number {
    let best = -1;
    let distance = Number.POSITIVE_INFINITY;
    for (const row of this.lists.get(owner) ?? []) {
      const away = Math.abs(this.day[row]! - day);
      if (away < distance) {
        best = row;
        distance = away;
      }
    }
    return best;
  }
}

/** Where the percentiles of a function's durations or memory came from. */
export const SOURCES = ["own", "nearest_day", "donor", "published"] as const;
export type Source = (typeof SOURCES)[number];
