import { LAMBDA_COLUMNS } from "../table/index.js";
import type { Bad, BadRows } from "./bad-rows.js";
import type { DatedLog } from "./dated-log.js";
import type { RowCounts } from "./format.js";
import { functionLabels } from "./function-labels.js";
import { InvocationLog } from "./invocation-log.js";
import { Keys } from "./keys.js";
import { Labels } from "./labels.js";
import { emptyReport, type LambdaReport } from "./lambda-report.js";
import { parseTimestampText, TICKS, ticksOfMilliseconds } from "./timestamp.js";
import { emptyRow } from "./workload-fields.js";

/** Whose report it is, as far as what surrounds it says; "": it does not. */
export interface Origin {
  /** "/aws/lambda/NAME" or another log group, with "ACCOUNT:" in front or not. */
  readonly group: string;
  /** "2024/05/01/[$LATEST]…", or "2024/05/01/NAME[$LATEST]…" where functions share a group. */
  readonly stream: string;
  readonly owner: string;
}

/** Nothing is said. */
export const NOWHERE: Origin = { group: "", stream: "", owner: "" };

const TIME = "a time, such as 2024-05-01T12:00:00.123Z: a report alone does not say when it was";
const LEAST_MS = 1e11;

/** Reports of AWS Lambda as they are read, and how many of what. */
export class LambdaLog implements DatedLog {
  readonly log = new InvocationLog(
    { priceClass: false, memoryInitial: false, memoryPeak: true, parent: false },
    LAMBDA_COLUMNS,
  );
  readonly keys = new Keys();
  readonly labels = functionLabels();
  readonly furtherLabels = { status: new Labels() };
  readonly counts: RowCounts = { kept: 0, filled: 0, quarantined: 0 };
  /** Lines and events that are no reports: what functions print, and the platform's other lines. */
  others = 0;
  /** Reports whose function is told by the file's name alone; of initialised ones; of restored ones. */
  unnamed = 0;
  initialised = 0;
  restored = 0;
  /** What reports are read into. */
  readonly report: LambdaReport = emptyReport();
  private readonly known = new Map<string, number>();
  private readonly row = emptyRow();
  private readonly further = new Float64Array(LAMBDA_COLUMNS.length);
  private readonly badRows: BadRows;

  constructor(badRows: BadRows) {
    this.badRows = badRows;
  }

  /**
   * Adds `report`, which was written at `time` (ISO 8601, or milliseconds since 1970): the end of the invocation, so that
   * it arrived as long before as its duration, initialisation and restoring took. `fallback` is the function's name where
   * nothing says it. What is wrong with it, or null.
   */
  add(time: unknown, origin: Origin, fallback: string): Bad | null {
    const end = ticksOf(time);
    if (Number.isNaN(end))
      return { what: "time", value: typeof time === "string" ? time : shown(time), expected: TIME };
    const { report, row, further } = this;
    const { init, restore } = report;
    const before = report.duration + (Number.isNaN(init) ? 0 : init) + (Number.isNaN(restore) ? 0 : restore);
    row.key = this.keyOf(origin, fallback);
    row.arrival = end - Math.round(before * TICKS);
    row.runtime = report.duration;
    row.memoryPeak = report.memoryUsed;
    further[0] = report.billed;
    further[1] = init;
    further[2] = restore;
    further[3] = report.billedRestore;
    further[4] = report.memorySize;
    further[5] = report.status === "" ? -1 : this.furtherLabels.status.internString(report.status);
    if (!Number.isNaN(init)) this.initialised++;
    if (!Number.isNaN(restore)) this.restored++;
    this.log.add(row, this.log.rows, further);
    this.counts.kept++;
    return null;
  }

  /** Puts a report aside, or stops: see BadRows. */
  reject(file: string, place: "line" | "row", number: number, bad: Bad, text: string, cut = false): void {
    this.badRows.reject(file, place, number, bad, Buffer.from(text, "latin1"), cut);
    this.counts.quarantined++;
  }

  /** Gives the function that only now is known to reports from row `from` on that were told by their file's name. */
  rename(from: number, origin: Origin, fallback: string): void {
    if (nameOf(origin) === "") return;
    const before = this.keyOf(NOWHERE, fallback, false);
    const after = this.keyOf(origin, fallback, false);
    const { key, rows } = this.log;
    for (let i = from; i < rows; i++) {
      if (key[i] !== before) continue;
      key[i] = after;
      this.unnamed--;
    }
  }

  private keyOf(origin: Origin, fallback: string, counted = true): number {
    const { group, stream } = origin;
    const shared = nameInStream(stream);
    if (group === "" && shared === "" && counted) this.unnamed++;
    const place = group || fallback;
    const what = shared === "" && origin.owner === "" ? place : `${origin.owner}\n${place}\n${shared}`;
    const found = this.known.get(what);
    if (found !== undefined) return found;
    const { keys, labels } = this;
    const owner = /^(\d{12}):/.exec(group)?.[1] ?? origin.owner;
    const name = nameOf(origin) || fallback;
    const key = keys.intern(labels.owner.internString(owner), -1, labels.function.internString(name), -1);
    this.known.set(what, key);
    return key;
  }
}

/** A function's name: in the stream where functions share a group, else the group's without /aws/lambda/. */
function nameOf({ group, stream }: Origin): string {
  return nameInStream(stream) || group.replace(/^\d{12}:/, "").replace(/^\/aws\/lambda\//, "");
}

/** NAME in "2024/05/01/NAME[$LATEST]…"; "" where there is none. */
function nameInStream(stream: string): string {
  if (stream === "" || stream[11] === "[") return "";
  return /^\d{4}\/\d\d\/\d\d\/([^[\]/]+)\[/.exec(stream)?.[1] ?? "";
}

function ticksOf(time: unknown): number {
  const ms = typeof time === "number" ? time : typeof time === "string" && /^\d{12,14}$/.test(time) ? Number(time) : -1;
  if (ms >= LEAST_MS) return ticksOfMilliseconds(ms);
  return typeof time === "string" ? parseTimestampText(time) : Number.NaN;
}

function shown(time: unknown): string {
  return time === undefined ? "" : JSON.stringify(time);
}
