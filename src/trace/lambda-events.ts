import type { Bad } from "./bad-rows.js";
import { type LambdaLog, NOWHERE, type Origin } from "./lambda-log.js";
import { objectOr, REPORT, readReportColumns, readReportLine, readReportRecord } from "./lambda-report.js";

/** What an event is that is no report. */
export const OTHER = "other";

/** Names of members that hold a list of events. */
export const LISTS = ["events", "logEvents", "results"];

/**
 * Adds what an event of CloudWatch says, in any of its shapes: {timestamp, message, logStreamName …}, as
 * filter-log-events and subscriptions have it; {@timestamp, @message or @duration …} or a list of {field, value}, as Logs
 * Insights has it; {time, type, record}, as Lambda's own JSON log format has it. `around` is what surrounds it.
 */
export function addEvent(
  log: LambdaLog,
  event: unknown,
  around: Origin,
  fallback: string,
  time?: string,
): Bad | null | typeof OTHER {
  const members = Array.isArray(event) ? fieldsOf(event) : objectOr(event);
  const message = members["message"] ?? members["@message"];
  const read = readMessage(log, message, members);
  if (read === OTHER) return OTHER;
  if (read.bad !== null) return read.bad;
  const when = time ?? members["timestamp"] ?? members["@timestamp"] ?? members["time"] ?? read.time;
  return log.add(when, originOf(members, around), fallback);
}

/** What surrounds a list of events, or what an event says itself. */
export function originOf(members: Readonly<Record<string, unknown>>, around: Origin = NOWHERE): Origin {
  const text = (...names: string[]) => names.map((name) => members[name]).find((value) => typeof value === "string");
  return {
    group: (text("@log", "logGroup", "logGroupName") as string | undefined) ?? around.group,
    stream: (text("logStreamName", "logStream", "@logStream") as string | undefined) ?? around.stream,
    owner: (text("owner") as string | undefined) ?? around.owner,
  };
}

/** Whether a text may hold a report, so that it is worth a look. */
export function mayReport(text: string): boolean {
  return (
    text.includes("REPORT RequestId") ||
    text.includes("platform.report") ||
    text.includes("Billed Duration:") ||
    text.includes("@duration")
  );
}

/** Whether a text has a report in it, be it one whose start is damaged. */
export function looksLikeReport(text: string): boolean {
  const follows = (first: string, second: string) => {
    const at = text.indexOf(first);
    return at >= 0 && text.indexOf(second, at) >= 0;
  };
  return follows("Billed Duration:", "Memory Size:") || follows('"platform.report"', '"durationMs"');
}

/** What is wrong with a report that has something else in front of it: not the platform may have written it, or not like that. */
export function notAtStart(text: string): Bad {
  const expected = "REPORT at a message's start, behind nothing but a time, a log group and a stream";
  return { what: "report", value: text, expected };
}

/** Reads a report into the log's, out of a message or an event's own members. */
function readMessage(
  log: LambdaLog,
  message: unknown,
  members: Readonly<Record<string, unknown>>,
): { bad: Bad | null; time: unknown } | typeof OTHER {
  const { report } = log;
  if (typeof message === "string") {
    if (message.startsWith(REPORT)) return { bad: readReportLine(message, 0, report), time: undefined };
    if (message.startsWith("{") && message.includes("platform.report")) {
      const inner = parsed(message);
      if (inner === undefined) return { bad: notJson(message), time: undefined };
      return readPlatform(log, objectOr(inner));
    }
    if (looksLikeReport(message)) return { bad: notAtStart(message), time: undefined };
  } else if (typeof message === "object" && message !== null) return readPlatform(log, objectOr(message));
  const duration = members["@duration"];
  if (duration !== undefined && duration !== null && duration !== "") {
    return { bad: readReportColumns((name) => members[name], report), time: undefined };
  }
  return readPlatform(log, members);
}

function readPlatform(log: LambdaLog, event: Readonly<Record<string, unknown>>): ReturnType<typeof readMessage> {
  if (event["type"] !== "platform.report") return OTHER;
  return { bad: readReportRecord(event["record"], log.report), time: event["time"] };
}

/** [{field, value} …] as an object. */
function fieldsOf(list: readonly unknown[]): Record<string, unknown> {
  const members: Record<string, unknown> = {};
  for (const of of list) {
    const { field, value } = objectOr(of);
    if (typeof field === "string") members[field] = value;
  }
  return members;
}

/** A JSON text's value; undefined where it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What is wrong with a text that should be JSON. */
export function notJson(text: string): Bad {
  return { what: "JSON", value: text, expected: "an event in JSON" };
}
