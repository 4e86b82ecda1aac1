import { join } from "node:path";
import { Invalid } from "../invalid.js";
import { countColumns, countRows } from "./azure-2019-counts.js";
import { readRows } from "./csv-rows.js";
import { DAY_MINUTES, DayCells, type Page } from "./day-cells.js";
import type { Reading, RowCounts, Source } from "./format.js";
import { type FunctionLabels, functionLabels } from "./function-labels.js";
import { Keys } from "./keys.js";
import { listed, unread } from "./notes.js";
import type { SourceFile } from "./trace.js";
import { TriggerVotes } from "./trigger-votes.js";

const DAY = /(?:^|[^a-z0-9])d(\d{1,2})(?![a-z0-9])/i;

/** The invocations files of all days, each day's cells in memory or in its `spill` file. */
export interface Days {
  readonly days: readonly DayCells[];
  /** A file per day, where there are several days; else null. */
  readonly spills: readonly string[] | null;
  readonly keys: Keys;
  readonly labels: FunctionLabels;
  readonly triggers: TriggerVotes;
  /** Days of the release, from 1. */
  readonly firstDay: number;
  readonly lastDay: number;
  /** Minute of the first day and of the last, from 0, that the files begin and end with. */
  readonly firstMinute: number;
  readonly lastMinute: number;
  readonly hasTrigger: boolean;
  readonly invocations: number;
  readonly counts: RowCounts;
  readonly sources: readonly SourceFile[];
  readonly notes: readonly string[];
}

/** The day of the release that a file's name tells (`….d07.csv`), from 1; null where it tells none. */
export function dayOf(name: string): number | null {
  const digits = DAY.exec(name)?.[1];
  return digits === undefined || Number(digits) === 0 ? null : Number(digits);
}

/** Sources by day, in order; those whose name has no day are of `undated`. Throws Invalid where a day has two. */
export function byDay(sources: readonly Source[], undated: number, family: string): { day: number; source: Source }[] {
  const dated = sources.map((source) => ({ day: dayOf(source.name) ?? undated, source }));
  dated.sort((a, b) => a.day - b.day);
  dated.forEach(({ day, source }, i) => {
    const before = dated[i - 1];
    if (before?.day !== day) return;
    const where = `${family} of day ${day}, which ${before.source.name} has too`;
    throw new Invalid("file", source.name, where, "one file for a day, named ….d01.csv and so on");
  });
  return dated;
}

/** Reads the invocations files day by day; with several days no more than one day's cells are in memory. */
export async function readDays(reading: Reading): Promise<Days> {
  const sources = byDay(reading.sources.get("invocations")!, 1, "invocations");
  const keys = new Keys();
  const labels = functionLabels();
  const triggers = new TriggerVotes();
  const counts = { kept: 0, filled: 0, quarantined: 0 };
  const days: DayCells[] = [];
  const spare: Page[] = [];
  const files: SourceFile[] = [];
  const unknown: string[] = [];
  const spills = sources.length > 1 ? sources.map(({ day }) => join(reading.folder, `cells-of-day-${day}`)) : null;
  let invocations = 0;
  let hasTrigger = false;
  let firstMinute = 0;
  let lastMinute = 0;
  for (const [i, { day, source }] of sources.entries()) {
    const cells = new DayCells(day, spare);
    const file = await readRows(source.path, reading.badRows, counts, reading.onBytes, (reader) => {
      const columns = countColumns((reader.columns ?? []).map(reading.ours), source.name);
      unknown.push(...columns.unknown);
      hasTrigger ||= columns.hasTrigger;
      if (i === 0) firstMinute = columns.firstMinute;
      lastMinute = columns.lastMinute;
      return countRows(columns, cells, labels, keys, (key, trigger, sum) => {
        invocations += sum;
        triggers.add(key, trigger, sum);
      });
    });
    files.push(file);
    days.push(cells);
    if (spills) cells.spill(spills[i]!);
  }
  if (counts.kept === 0) {
    throw new Invalid("file", sources[0]!.source.name, "every row is bad", "at least one row that can be kept");
  }
  const firstDay = days[0]!.day;
  const lastDay = days.at(-1)!.day;
  const missing: string[] = [];
  for (let day = firstDay; day < lastDay; day++)
    if (!days.some((cells) => cells.day === day)) missing.push(String(day));
  const gap = missing.length > 0 ? `no invocations file for day ${listed(missing)}: minutes without invocations` : "";
  return {
    ...{ days, spills, keys, labels, triggers, firstDay, lastDay, firstMinute, lastMinute, hasTrigger, invocations },
    ...{ counts, sources: files, notes: [gap, unread(unknown)] },
  };
}

/** The release's minute, counted from 0, that is minute 0 of the trace. */
export function originOf({ firstDay, firstMinute }: Pick<Days, "firstDay" | "firstMinute">): number {
  return (firstDay - 1) * DAY_MINUTES + firstMinute;
}
