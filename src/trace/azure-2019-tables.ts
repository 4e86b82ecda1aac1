import { byDay, type Days } from "./azure-2019-days.js";
import { type StatisticsColumns, StatisticsRows } from "./azure-2019-statistics.js";
import { type CpuTotals, noCpu } from "./cpu-share.js";
import { readRows } from "./csv-rows.js";
import type { Reading, RowCounts } from "./format.js";
import type { FunctionIds, Ranks } from "./function-ids.js";
import type { FunctionLabels } from "./function-labels.js";
import { Keys } from "./keys.js";
import { listed, noted, unread } from "./notes.js";
import type { DurationRows, MemoryRows, SourceFile } from "./trace.js";

/** All rows of the durations or memory files, and what was read. */
export interface Statistics {
  readonly table: StatisticsRows;
  readonly counts: RowCounts;
  readonly sources: readonly SourceFile[];
  readonly notes: readonly string[];
}

/** Reads a family's files of the days that have invocations between them; `day` is counted from the trace's first. */
export async function readStatistics(
  reading: Reading,
  family: "durations" | "memory",
  columns: StatisticsColumns,
  { firstDay, lastDay, labels }: Days,
): Promise<Statistics> {
  const table = new StatisticsRows(columns);
  const counts = { kept: 0, filled: 0, quarantined: 0 };
  const sources: SourceFile[] = [];
  const outside: string[] = [];
  for (const { day, source } of byDay(reading.sources.get(family) ?? [], firstDay, family)) {
    if (day < firstDay || day > lastDay) {
      outside.push(source.name);
      continue;
    }
    const file = await readRows(source.path, reading.badRows, counts, reading.onBytes, (reader) =>
      table.parser((reader.columns ?? []).map(reading.ours), day - firstDay, labels, source.name),
    );
    sources.push(file);
  }
  const aside = outside.length > 0 ? `left aside, of days without invocations: ${listed(outside)}` : "";
  return { table, counts, sources, notes: [aside, unread(table.unknown)] };
}

/** Columns of the values, and the last `levels` of them together as percentiles, of the rows in their order. */
function columnsOf({ width, values, day }: StatisticsRows, order: readonly number[], levels: number) {
  const column = (at: number) => {
    const of = new Float64Array(order.length);
    for (let i = 0; i < of.length; i++) of[i] = values[order[i]! * width + at]!;
    return of;
  };
  const percentiles = new Float64Array(order.length * levels);
  for (let i = 0, to = 0; i < order.length; i++) {
    const end = (order[i]! + 1) * width;
    for (let from = end - levels; from < end; from++) percentiles[to++] = values[from]!;
  }
  return { column, percentiles, day: Int32Array.from(order, (row) => day[row]!) };
}

/** durations.arrow's rows, by function_id and day, and what was left out, merged or odd. */
export function durationsOf(
  table: StatisticsRows,
  keys: Keys,
  ids: FunctionIds,
  ranks: Ranks,
): { rows: DurationRows; notes: string[] } {
  const keyOf = (row: number) => keys.find(table.owner[row]!, table.app[row]!, table.function[row]!, -1);
  let wanted = 0;
  const order = table.order(ranks, (row) => keyOf(row) >= 0 && ++wanted > 0);
  const functionId = Uint32Array.from(order, (row) => ids.idOf[keyOf(row)]!);
  const { column, percentiles, day } = columnsOf(table, order, 7);
  const [count, average, minimum, maximum] = [column(0), column(1), column(2), column(3)];
  const without = table.rows === 0 ? 0 : ids.keyOf.length - new Set(functionId).size;
  let negative = 0;
  for (let i = 0; i < order.length; i++) if (average[i]! < 0 || minimum[i]! < 0) negative++;
  return {
    rows: { length: order.length, functionId, day, average, count, minimum, maximum, percentiles },
    notes: [
      noted(wanted - order.length, "row", "rows", "of durations left out for one with a larger Count and the same key"),
      noted(table.rows - wanted, "row", "rows", "of durations left out: functions without a row of invocations"),
      noted(without, "function has", "functions have", "no row of durations"),
      noted(negative, "row", "rows", "of durations with a negative Average or Minimum, kept as they are"),
    ],
  };
}

/** What each function uses: its invocations of a day times its Average of that day, where that is known and not below 0. */
export function cpuOf({ days, firstDay }: Days, ids: FunctionIds, durations: DurationRows): CpuTotals {
  const totals = noCpu(ids.keyOf.length);
  const { invocations, known, cpu_s } = totals;
  const ofDay = new Map<number, Float64Array>();
  for (const { day, rows, key, sum } of days) {
    const sums = new Float64Array(invocations.length);
    ofDay.set(day - firstDay, sums);
    for (let row = 0; row < rows; row++) sums[ids.idOf[key[row]!]!]! += sum[row]!;
    for (let id = 0; id < sums.length; id++) invocations[id]! += sums[id]!;
  }
  for (let row = 0; row < durations.length; row++) {
    const average = durations.average[row]!;
    const id = durations.functionId[row]!;
    const count = average >= 0 ? (ofDay.get(durations.day[row]!)?.[id] ?? 0) : 0;
    known[id]! += count;
    if (count > 0) cpu_s[id]! += (count * average) / 1000;
  }
  return totals;
}

/** memory.arrow's rows, by owner, app, function and day, and what was left out or merged. */
export function memoryOf(
  table: StatisticsRows,
  keys: Keys,
  labels: FunctionLabels,
  ranks: Ranks,
): { rows: MemoryRows; notes: string[] } {
  const apps = new Keys();
  for (let key = 0; key < keys.size; key++) apps.intern(keys.part(key, 0), keys.part(key, 1), -1, -1);
  const known = (row: number) =>
    table.function[row]! < 0
      ? apps.find(table.owner[row]!, table.app[row]!, -1, -1) >= 0
      : keys.find(table.owner[row]!, table.app[row]!, table.function[row]!, -1) >= 0;
  let wanted = 0;
  const order = table.order(ranks, (row) => known(row) && ++wanted > 0);
  const have = new Keys();
  for (const row of order) have.intern(table.owner[row]!, table.app[row]!, -1, -1);
  const without = table.rows === 0 ? 0 : apps.size - have.size;
  const { column, percentiles, day } = columnsOf(table, order, 8);
  const text = (of: FunctionLabels["owner"], id: Int32Array) => order.map((row) => of.text(id[row]!));
  return {
    rows: {
      length: order.length,
      owner: text(labels.owner, table.owner),
      app: text(labels.app, table.app),
      function: text(labels.function, table.function),
      ...{ day, sampleCount: column(0), average: column(1), percentiles },
    },
    notes: [
      noted(
        wanted - order.length,
        "row",
        "rows",
        "of memory left out for one with a larger SampleCount and the same key",
      ),
      noted(table.rows - wanted, "row", "rows", "of memory left out: apps or functions without a row of invocations"),
      noted(without, "app has", "apps have", "no row of memory"),
    ],
  };
}
