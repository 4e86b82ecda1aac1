import { join } from "node:path";
import { Invalid } from "../invalid.js";
import { readRows } from "./csv-rows.js";
import { DAY_MINUTES, DayCells, type Page } from "./day-cells.js";
import { placeOf, type Reading, type RowCounts, type Source } from "./format.js";
import { type WideRow, type WideValue, wideRows } from "./huawei-wide.js";
import type { SourceFile } from "./trace.js";

const MOST = 4294967295;

/** Requests: whole numbers, also as 12.0. */
const REQUESTS: WideValue = {
  what: "count",
  accepts: (value) => value >= 0 && value <= MOST && Number.isInteger(value),
  expected: `a whole number from 0 to ${MOST}, or nothing`,
};

/** What a family's files held: rows, and the files as they are named in messages. */
export interface WideRead {
  readonly counts: RowCounts;
  readonly sources: readonly SourceFile[];
}

/**
 * Reads a family's wide files in order of the numbers in their names. Good rows go to `add`, and `endDay` is told when a
 * day's are all there; a day's rows have to stand together, in any order, so that one day is in memory.
 */
export async function readWide(
  reading: Reading,
  sources: readonly Source[],
  idOf: ReadonlyMap<number, number>,
  wanted: WideValue,
  add: (row: WideRow) => void,
  endDay: (day: number) => void,
): Promise<WideRead> {
  const counts = { kept: 0, filled: 0, quarantined: 0 };
  const files: SourceFile[] = [];
  const ended = new Set<number>();
  let now = -1;
  const onRow = (row: WideRow) => {
    if (row.day !== now) {
      if (ended.has(row.day)) return { what: "day", value: row.day, expected: "the rows of a day together" };
      if (now >= 0) endDay(now);
      ended.add(row.day);
      now = row.day;
    }
    add(row);
    return null;
  };
  for (const { path, columns } of inOrder(sources)) {
    const name = placeOf(path);
    const parser = () => wideRows(columns, name, idOf, wanted, onRow);
    files.push(await readRows(path, reading.badRows, counts, reading.onBytes, parser, name));
  }
  if (now >= 0) endDay(now);
  return { counts, sources: files };
}

/** The requests of all days, each day's cells in its `spill` file. */
export interface RequestDays extends WideRead {
  /** By day; the cells' keys are function ids. */
  readonly days: readonly DayCells[];
  readonly spills: readonly string[];
  /** Days of the release, from 1. */
  readonly firstDay: number;
  readonly lastDay: number;
  /** First minute of the first day and last of the last, from 0. */
  readonly firstMinute: number;
  readonly lastMinute: number;
  readonly invocations: number;
  /** Rows with a time that another row has, and whether times are seconds and not minutes. */
  readonly repeated: number;
  readonly perSecond: boolean;
}

interface Found {
  readonly cells: DayCells;
  readonly spill: string;
  readonly firstMinute: number;
  readonly lastMinute: number;
}

/** Reads requests into cells by function and minute; seconds are added up. Throws Invalid where no row is good. */
export async function readRequests(
  reading: Reading,
  sources: readonly Source[],
  idOf: ReadonlyMap<number, number>,
): Promise<RequestDays> {
  const found: Found[] = [];
  const spare: Page[] = [];
  let sums: Float64Array[] = [];
  let seen = new Uint8Array(60 * DAY_MINUTES);
  let repeated = 0;
  let perSecond = false;
  const add = ({ second, length, id, value }: WideRow) => {
    if (seen[second] === 1) repeated++;
    seen[second] = 1;
    perSecond ||= second % 60 !== 0;
    const minute = Math.floor(second / 60);
    for (let i = 0; i < length; i++) {
      const f = id[i]!;
      sums[f] ??= new Float64Array(DAY_MINUTES);
      sums[f][minute]! += value[i]!;
    }
  };
  const endDay = (day: number) => {
    const cells = new DayCells(day + 1, spare);
    sums.forEach((minutes, f) => {
      addFunction(cells, f, minutes);
    });
    const spill = join(reading.folder, `cells-of-day-${day}`);
    cells.spill(spill);
    const firstMinute = Math.floor(seen.indexOf(1) / 60);
    found.push({ cells, spill, firstMinute, lastMinute: Math.floor(seen.lastIndexOf(1) / 60) });
    sums = [];
    seen = new Uint8Array(seen.length);
  };
  const read = await readWide(reading, sources, idOf, REQUESTS, add, endDay);
  const [first] = found.sort((a, b) => a.cells.day - b.cells.day);
  const last = found.at(-1);
  if (!first || !last) {
    throw new Invalid("file", read.sources[0]!.name, "every row is bad", "at least one row that can be kept");
  }
  let invocations = 0;
  for (const { cells } of found) for (let row = 0; row < cells.rows; row++) invocations += cells.sum[row]!;
  return {
    ...{ ...read, days: found.map(({ cells }) => cells), spills: found.map(({ spill }) => spill) },
    ...{ firstDay: first.cells.day, lastDay: last.cells.day },
    ...{ firstMinute: first.firstMinute, lastMinute: last.lastMinute, invocations, repeated, perSecond },
  };
}

function addFunction(cells: DayCells, f: number, minutes: Float64Array): void {
  const page = cells.open();
  let { used } = page;
  let sum = 0;
  for (let minute = 0; minute < DAY_MINUTES; minute++) {
    const count = minutes[minute]!;
    if (count === 0) continue;
    if (count > MOST) {
      throw new Invalid("count", count, `rows of one minute of function ${f} added up`, `at most ${MOST}`);
    }
    page.minute[used] = minute;
    page.count[used++] = count;
    sum += count;
  }
  cells.add(f, sum, used);
}

/** By the last number in the name, then by place. */
function inOrder(sources: readonly Source[]): Source[] {
  const number = ({ name }: Source) => Number(/(\d+)\D*$/.exec(name)?.[1] ?? -1);
  const place = ({ path }: Source) => placeOf(path);
  return [...sources].sort((a, b) => number(a) - number(b) || (place(a) < place(b) ? -1 : 1));
}
