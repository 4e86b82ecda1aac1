import { Invalid } from "../invalid.js";
import { JsonItems } from "./json-items.js";
import { addEvent, LISTS, mayReport, notJson, OTHER, originOf, parsed } from "./lambda-events.js";
import { type LambdaLog, NOWHERE } from "./lambda-log.js";
import { objectOr } from "./lambda-report.js";
import { readLambdaText } from "./lambda-text.js";
import type { TextBlocks } from "./text-blocks.js";

/** Reads JSON of any layout: a value a line, or values of many lines. Throws Invalid where it ends in the middle. */
export async function readLambdaJson(blocks: TextBlocks, log: LambdaLog, fallback: string): Promise<void> {
  await blocks.more();
  if (isLines(blocks)) return readLambdaText(blocks, log, fallback);
  const { name } = blocks.source;
  const items = new JsonItems(blocks, LISTS);
  let from = log.log.rows;
  do {
    for (let next = items.next(); next !== null; next = items.next()) {
      const { kind, text } = next;
      if (kind === "rest") {
        log.rename(from, originOf(objectOr(parsed(text))), fallback);
        from = log.log.rows;
        continue;
      }
      const value = mayReport(text) ? parsed(text) : null;
      const bad =
        value === undefined ? notJson(text) : value === null ? OTHER : addEvent(log, value, NOWHERE, fallback);
      if (bad === OTHER) log.others++;
      else if (bad !== null) log.reject(name, "row", items.items, bad, text);
      if (!items.inObject) from = log.log.rows;
    }
  } while (await blocks.more());
  if (!items.whole) throw new Invalid("file", name, "JSON, cut short", "a whole JSON file");
}

/** Whether the first line is a whole value, so that every line is one. */
function isLines({ text, at, ended }: TextBlocks): boolean {
  const end = text.indexOf("\n", at);
  if (end < 0 && !ended) return false;
  return parsed(text.slice(at, end < 0 ? text.length : end)) !== undefined;
}
