import { rmSync } from "node:fs";
import { join } from "node:path";
import { BATCH_ROWS, COUNTS, TableWriter } from "../table/index.js";
import { type Days, originOf } from "./azure-2019-days.js";
import type { ContentHash } from "./content-hash.js";
import { DAY_MINUTES } from "./day-cells.js";
import type { FunctionIds } from "./function-ids.js";
import { type MinuteOrder, minuteOrder } from "./minute-order.js";

/**
 * Writes counts.arrow into `folder`, day after day, and adds it to the hash. Tells how many rows were added to another
 * row of the same function and day.
 */
export async function writeCounts(
  folder: string,
  days: Pick<Days, "days" | "spills" | "firstDay" | "firstMinute">,
  ids: Pick<FunctionIds, "idOf">,
  hash: ContentHash,
): Promise<number> {
  const writer = await TableWriter.create(join(folder, "counts.arrow"), COUNTS);
  let merged = 0;
  let room = new Uint32Array(0);
  try {
    for (const [i, cells] of days.days.entries()) {
      const spill = days.spills?.[i];
      if (spill) cells.load(spill);
      const order = minuteOrder(cells, ids.idOf, room);
      room = order.pairs;
      cells.release();
      merged += order.merged;
      const firstMinute = (cells.day - 1) * DAY_MINUTES - originOf(days);
      await addDay(writer, order, firstMinute, hash);
      if (spill) rmSync(spill);
    }
    await writer.close();
  } catch (error) {
    await writer.abandon();
    throw error;
  }
  return merged;
}

/** Writes a day's cells, whose minute 0 is `firstMinute` since the trace's start, and adds them to the hash. */
export async function addDay(
  writer: TableWriter,
  order: Omit<MinuteOrder, "merged">,
  firstMinute: number,
  hash: ContentHash,
): Promise<void> {
  hash.values("counts.day", Int32Array.of(firstMinute));
  hash.values("counts.starts", order.starts);
  hash.values("counts.pairs", order.pairs.subarray(0, 2 * order.starts[DAY_MINUTES]!));
  await writeDay(writer, order, firstMinute);
}

/** One batch is made while the one before is written. */
async function writeDay(writer: TableWriter, order: Omit<MinuteOrder, "merged">, firstMinute: number): Promise<void> {
  const { starts, pairs } = order;
  const cells = starts[DAY_MINUTES]!;
  let written: Promise<void> = Promise.resolve();
  let now = 0;
  for (let from = 0; from < cells; from += BATCH_ROWS) {
    const to = Math.min(cells, from + BATCH_ROWS);
    const function_id = new Uint32Array(to - from);
    const count = new Uint32Array(to - from);
    const minute = new Int32Array(to - from);
    for (let i = 0, at = 2 * from; i < to - from; i++, at += 2) {
      function_id[i] = pairs[at]!;
      count[i] = pairs[at + 1]!;
    }
    for (let at = from; at < to; ) {
      while (starts[now + 1]! <= at) now++;
      const end = Math.min(to, starts[now + 1]!);
      minute.fill(firstMinute + now, at - from, end - from);
      at = end;
    }
    await written;
    written = writer.write({ function_id, minute, count }, to - from);
  }
  await written;
}
