import type { Bad } from "./bad-rows.js";
import { parseNumber, parseScaled } from "./number.js";

/** What a report says of an invocation: seconds and MiB (NaN: nothing), and a status ("": none). */
export interface LambdaReport {
  duration: number;
  billed: number;
  init: number;
  restore: number;
  billedRestore: number;
  memorySize: number;
  memoryUsed: number;
  status: string;
}

type Quantity = Exclude<keyof LambdaReport, "status">;

/** A quantity under its names: in a REPORT line with the unit behind it, in the metrics of a platform.report, in a Logs Insights query. */
interface Names {
  readonly quantity: Quantity;
  readonly line: string;
  readonly unit: "ms" | "MB";
  readonly metric: string;
  readonly insights: string | null;
}

const NAMES: readonly Names[] = [
  names("duration", "Duration:", "ms", "durationMs", "@duration"),
  names("billed", "Billed Duration:", "ms", "billedDurationMs", "@billedDuration"),
  names("init", "Init Duration:", "ms", "initDurationMs", "@initDuration"),
  names("restore", "Restore Duration:", "ms", "restoreDurationMs", null),
  names("billedRestore", "Billed Restore Duration:", "ms", "billedRestoreDurationMs", null),
  names("memorySize", "Memory Size:", "MB", "memorySizeMB", "@memorySize"),
  names("memoryUsed", "Max Memory Used:", "MB", "maxMemoryUsedMB", "@maxMemoryUsed"),
];

function names(quantity: Quantity, line: string, unit: Names["unit"], metric: string, insights: string | null): Names {
  return { quantity, line, unit, metric, insights };
}

const STATUS = "Status:";
const SPACE = 32;
const LEAST_BYTES = 1000000;
/** No duration has more seconds, no memory more MiB. */
const MOST = 1e9;

/** How a report in text begins. */
export const REPORT = "REPORT RequestId:";

/** A report that says nothing. */
export function emptyReport(): LambdaReport {
  const none = { duration: Number.NaN, billed: Number.NaN, init: Number.NaN, restore: Number.NaN };
  return { ...none, billedRestore: Number.NaN, memorySize: Number.NaN, memoryUsed: Number.NaN, status: "" };
}

/**
 * Reads "REPORT RequestId: … Duration: 271.61 ms …", which begins at `start`, with tabs or spaces between its fields;
 * ones it does not know are passed over. What is wrong with it, or null.
 */
export function readReportLine(text: string, start: number, into: LambdaReport): Bad | null {
  clear(into);
  let at = start + REPORT.length;
  while (text.charCodeAt(at) === SPACE) at++;
  at = wordEnd(text, at);
  // Behind a word of an unknown field and a space, a known name may be the end of a longer one.
  let fieldStarts = true;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (isSpace(code)) {
      at++;
      fieldStarts ||= code !== SPACE;
      continue;
    }
    const known = fieldStarts ? NAMES.find(({ line }) => text.startsWith(line, at)) : undefined;
    fieldStarts = known !== undefined || (fieldStarts && text.startsWith(STATUS, at));
    if (known !== undefined) {
      const from = skipSpaces(text, at + known.line.length);
      const to = wordEnd(text, from);
      const unitFrom = skipSpaces(text, to);
      at = wordEnd(text, unitFrom);
      const bad = quantityAt(text, from, to, text.slice(unitFrom, at), known, into);
      if (bad !== null) return bad;
    } else if (fieldStarts) {
      const from = skipSpaces(text, at + STATUS.length);
      at = wordEnd(text, from);
      into.status = text.slice(from, at);
    } else at = wordEnd(text, at);
  }
  return Number.isNaN(into.duration) ? badLine("Duration:", "", "ms") : null;
}

/** Puts the quantity in text[from, to) into a report. What is wrong with it, or null. */
function quantityAt(text: string, from: number, to: number, unit: string, name: Names, into: LambdaReport): Bad | null {
  const value = quantityOf(text.slice(from, to), name.unit);
  if (Number.isNaN(value) || unit !== name.unit)
    return badLine(name.line, `${text.slice(from, to)} ${unit}`, name.unit);
  if (!Number.isNaN(into[name.quantity])) {
    return { what: name.line.slice(0, -1), value: `${text.slice(from, to)} ${unit}, twice`, expected: "it once" };
  }
  into[name.quantity] = value;
  return null;
}

/** Reads the record of an event of type platform.report, as Lambda's JSON log format and telemetry have it. */
export function readReportRecord(record: unknown, into: LambdaReport): Bad | null {
  clear(into);
  const { metrics, status } = objectOr(record);
  if (typeof status === "string") into.status = status;
  return readNamed((name) => objectOr(metrics)[name.metric], "metric", into);
}

/** Reads the columns that Logs Insights takes out of a report; memory is in bytes there, of which it counts 1,000,000 as an MB. */
export function readReportColumns(column: (name: string) => unknown, into: LambdaReport): Bad | null {
  clear(into);
  return readNamed((name) => (name.insights === null ? undefined : column(name.insights)), "insights", into);
}

function readNamed(value: (name: Names) => unknown, by: "metric" | "insights", into: LambdaReport): Bad | null {
  for (const name of NAMES) {
    const given = value(name);
    if (given === undefined || given === null || given === "") continue;
    const inBytes = by === "insights" && name.unit === "MB";
    const found = inBytes ? parseScaled(String(given), -6) : quantityOf(String(given), name.unit);
    const what = name[by] ?? name.metric;
    if (inBytes && !(found >= LEAST_BYTES / 1e6)) {
      return { what, value: String(given), expected: "bytes, as Logs Insights has them: 1.28E8 is 128 MB" };
    }
    if (Number.isNaN(found)) return { what, value: String(given), expected: `a number of ${name.unit} >= 0` };
    into[name.quantity] = found;
  }
  if (!Number.isNaN(into.duration)) return null;
  return { what: NAMES[0]![by]!, value: "", expected: "a number of ms >= 0" };
}

/** Seconds of a number of ms, MiB of a number of MB (which Lambda counts as 2^20 bytes); NaN where it is none from 0 to MOST. */
function quantityOf(text: string, unit: Names["unit"]): number {
  const value = unit === "ms" ? parseScaled(text, -3) : parseNumber(text);
  return value >= 0 && value <= MOST ? value : Number.NaN;
}

/** A report that says nothing again. */
function clear(report: LambdaReport): void {
  for (const { quantity } of NAMES) report[quantity] = Number.NaN;
  report.status = "";
}

function isSpace(code: number): boolean {
  return code === SPACE || code === 9 || code === 10 || code === 13;
}

function skipSpaces(text: string, start: number): number {
  let at = start;
  while (text.charCodeAt(at) === SPACE) at++;
  return at;
}

function wordEnd(text: string, start: number): number {
  let at = start;
  while (at < text.length && !isSpace(text.charCodeAt(at))) at++;
  return at;
}

function badLine(name: string, value: string, unit: string): Bad {
  return { what: name.slice(0, -1), value: value.trim(), expected: `a number of ${unit} >= 0 and ${unit} behind it` };
}

/** An object's members; none where it is no object. */
export function objectOr(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
