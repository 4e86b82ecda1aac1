import type { TableReader } from "../table/index.js";
import type { MinuteCounts } from "./trace.js";

const COLUMNS = ["function_id", "minute", "count"];

interface Cells {
  readonly functionId: Uint32Array;
  readonly minute: Int32Array;
  readonly count: Uint32Array;
}

async function cellsOf(reader: TableReader, batch: number): Promise<Cells> {
  const { columns } = await reader.batch(batch, COLUMNS);
  return {
    functionId: columns["function_id"] as Uint32Array,
    minute: columns["minute"] as Int32Array,
    count: columns["count"] as Uint32Array,
  };
}

/**
 * The minutes of counts.arrow with fromMinute <= minute < toMinute. The first batch is found by halving, so that what
 * lies before is not read. Arrays are not used again: the caller may keep them.
 */
export async function* minutesOf(
  reader: TableReader,
  fromMinute: number,
  toMinute: number,
): AsyncGenerator<MinuteCounts> {
  let open = null as MinuteCounts | null;
  for (let batch = await firstBatch(reader, fromMinute); batch < reader.batchCount; batch++) {
    const cells = await cellsOf(reader, batch);
    const { minute } = cells;
    let at = lowerBound(minute, fromMinute);
    while (at < minute.length && minute[at]! < toMinute) {
      const now = minute[at]!;
      const end = lowerBound(minute, now + 1, at);
      const part = {
        minute: now,
        functionId: cells.functionId.subarray(at, end),
        count: cells.count.subarray(at, end),
        length: end - at,
      };
      if (open && open.minute !== now) yield open;
      open = open?.minute === now ? joined(open, part) : part;
      at = end;
    }
    if (at < minute.length) break;
  }
  if (open) yield open;
}

async function firstBatch(reader: TableReader, fromMinute: number): Promise<number> {
  let low = 0;
  let high = reader.batchCount;
  while (low < high) {
    const middle = (low + high) >> 1;
    const { minute } = await cellsOf(reader, middle);
    if (minute.at(-1)! < fromMinute) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first place at or after `from` whose value is not below `wanted`; values ascend. */
function lowerBound(values: Int32Array, wanted: number, from = 0): number {
  let low = from;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

function joined(a: MinuteCounts, b: MinuteCounts): MinuteCounts {
  const functionId = new Uint32Array(a.length + b.length);
  const count = new Uint32Array(a.length + b.length);
  functionId.set(a.functionId);
  functionId.set(b.functionId, a.length);
  count.set(a.count);
  count.set(b.count, a.length);
  return { minute: a.minute, functionId, count, length: a.length + b.length };
}
