import { Invalid } from "../invalid.js";
import { DAY_MINUTES, type DayCells } from "./day-cells.js";

const MOST = 4294967295;

/** A day's cells by minute and then function_id. */
export interface MinuteOrder {
  /** Cells of minute m are starts[m] … starts[m + 1]. */
  readonly starts: Uint32Array;
  /** Cell i is function pairs[2 i] with pairs[2 i + 1] invocations. */
  readonly pairs: Uint32Array<ArrayBuffer>;
  /** Rows that were added to another row of the same key. */
  readonly merged: number;
}

/**
 * Sorts a day by counting: rows in order of function_id are dealt out to their minutes, so each minute's cells end up
 * in that order too, and the counts of rows of one function are added. `functionIds` is by key; `room` is used again
 * where it is large enough.
 */
export function minuteOrder(day: DayCells, functionIds: Int32Array, room = new Uint32Array(0)): MinuteOrder {
  const { pages, page, begin, end } = day;
  const starts = new Uint32Array(DAY_MINUTES + 1);
  for (const { minute, used } of pages) for (let i = 0; i < used; i++) starts[minute[i]! + 1]!++;
  for (let minute = 0; minute < DAY_MINUTES; minute++) starts[minute + 1]! += starts[minute]!;
  const size = 2 * starts[DAY_MINUTES]!;
  const pairs = room.length < size ? new Uint32Array(size) : room;
  const next = starts.slice(0, DAY_MINUTES);
  const rows = rowsByFunction(day, functionIds);
  let merged = 0;
  let before = -1;
  for (const row of rows) {
    const id = functionIds[day.key[row]!]!;
    const { minute, count } = pages[page[row]!]!;
    const cells = { minute, count, from: begin[row]!, to: end[row]! };
    if (id === before) {
      merged++;
      addRow(cells, id, starts, next, pairs);
    } else dealRow(cells, id, next, pairs);
    before = id;
  }
  if (merged > 0) closeGaps(starts, next, pairs);
  return { starts, pairs, merged };
}

function rowsByFunction({ key, rows }: DayCells, functionIds: Int32Array): Uint32Array {
  const next = new Uint32Array(functionIds.length + 1);
  for (let row = 0; row < rows; row++) next[functionIds[key[row]!]! + 1]!++;
  for (let id = 1; id < next.length; id++) next[id]! += next[id - 1]!;
  const order = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) order[next[functionIds[key[row]!]!]!++] = row;
  return order;
}

interface Cells {
  readonly minute: Uint16Array;
  readonly count: Uint32Array;
  readonly from: number;
  readonly to: number;
}

function dealRow({ minute, count, from, to }: Cells, id: number, next: Uint32Array, pairs: Uint32Array): void {
  for (let i = from; i < to; i++) {
    const at = 2 * next[minute[i]!]!++;
    pairs[at] = id;
    pairs[at + 1] = count[i]!;
  }
}

function addRow(cells: Cells, id: number, starts: Uint32Array, next: Uint32Array, pairs: Uint32Array): void {
  const { minute: minutes, count, from, to } = cells;
  for (let i = from; i < to; i++) {
    const minute = minutes[i]!;
    const last = next[minute]! - 1;
    if (last < starts[minute]! || pairs[2 * last] !== id) {
      pairs[2 * last + 2] = id;
      pairs[2 * last + 3] = count[i]!;
      next[minute]!++;
      continue;
    }
    const sum = pairs[2 * last + 1]! + count[i]!;
    if (sum > MOST) throw new Invalid("count", sum, "rows of one function added up", `at most ${MOST}`);
    pairs[2 * last + 1] = sum;
  }
}

/** Closes the gaps that added rows left behind each minute. */
function closeGaps(starts: Uint32Array, next: Uint32Array, pairs: Uint32Array): void {
  let to = 0;
  for (let minute = 0; minute < DAY_MINUTES; minute++) {
    const from = starts[minute]!;
    const end = next[minute]!;
    pairs.copyWithin(2 * to, 2 * from, 2 * end);
    starts[minute] = to;
    to += end - from;
  }
  starts[DAY_MINUTES] = to;
}
