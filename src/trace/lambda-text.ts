import type { Bad } from "./bad-rows.js";
import {
  addEvent,
  LISTS,
  looksLikeReport,
  mayReport,
  notAtStart,
  notJson,
  OTHER,
  originOf,
  parsed,
} from "./lambda-events.js";
import { type LambdaLog, NOWHERE, type Origin } from "./lambda-log.js";
import { objectOr, REPORT, readReportLine } from "./lambda-report.js";
import type { TextBlocks } from "./text-blocks.js";

/** Reads the lines of a log: text as the platform writes it, with what tools put in front, and JSON, a value a line. */
export async function readLambdaText(blocks: TextBlocks, log: LambdaLog, fallback: string): Promise<void> {
  const { name } = blocks.source;
  do {
    for (let line = blocks.nextLine(); line !== null; line = blocks.nextLine()) {
      const bad = mayReport(line) ? addLine(log, line, fallback, name, blocks.line) : OTHER;
      if (bad === OTHER) log.others++;
      else if (bad !== null) log.reject(name, "line", blocks.line, bad, line, blocks.lastWithoutLineEnd);
    }
  } while (await blocks.more());
}

function addLine(
  log: LambdaLog,
  line: string,
  fallback: string,
  file: string,
  number: number,
): Bad | null | typeof OTHER {
  const brace = line.indexOf("{");
  const report = line.indexOf(REPORT);
  if (brace === 0) {
    const value = parsed(line);
    return value === undefined ? notJson(line) : addValue(log, value, fallback, file, number);
  }
  const json = brace > 0 && (report < 0 || brace < report);
  const start = json ? brace : report;
  const front = start < 0 ? null : frontOf(line.slice(0, start));
  if (!front) return looksLikeReport(line) ? notAtStart(line) : OTHER;
  if (!json) return readReportLine(line, report, log.report) ?? log.add(front.time, front, fallback);
  const value = parsed(line.slice(brace));
  return value === undefined ? notJson(line) : addEvent(log, value, front, fallback, front.time || undefined);
}

/** Adds a line's value: an event, or some with what they have in common. */
function addValue(log: LambdaLog, value: unknown, fallback: string, file: string, number: number) {
  const members = objectOr(value);
  const list = Array.isArray(value) ? value : LISTS.map((of) => members[of]).find(Array.isArray);
  if (!list) return addEvent(log, value, NOWHERE, fallback);
  const around = originOf(members);
  for (const event of list) {
    const bad = addEvent(log, event, around, fallback);
    if (bad === OTHER) log.others++;
    else if (bad !== null) log.reject(file, "line", number, bad, JSON.stringify(event));
  }
  return null;
}

/** What stands before a message: a time, a log group, a stream, in any order; null where something else does. */
function frontOf(text: string): (Origin & { readonly time: string }) | null {
  let [time, group, stream] = ["", "", ""];
  for (const word of text.split(/\s+/)) {
    if (word === "") continue;
    if (/^(\d{4}-\d\d-\d\dT|\d{12,14}$)/.test(word)) time = word;
    else if (/^\d{4}-\d\d-\d\d$/.test(word)) time = word;
    else if (/^\d\d:\d\d:\d\d/.test(word) && time.length === 10) time += ` ${word}`;
    else if (/^\d{4}\/\d\d\/\d\d\/.*\[.*\]/.test(word)) stream = word;
    else if (word.includes("/aws/lambda/")) group = word;
    else return null;
  }
  return { time, group, stream, owner: "" };
}
