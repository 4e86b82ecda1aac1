import { Invalid } from "../invalid.js";
import type { Bad } from "./bad-rows.js";
import { BROKEN, takeRecord } from "./csv-records.js";
import { addEvent, OTHER } from "./lambda-events.js";
import { type LambdaLog, NOWHERE } from "./lambda-log.js";
import type { TextBlocks } from "./text-blocks.js";

/** Reads CSV as Logs Insights or CloudWatch's console writes it; a message may go over several lines. Gives the columns. */
export async function readLambdaCsv(
  blocks: TextBlocks,
  log: LambdaLog,
  fallback: string,
  ours: (theirs: string) => string,
): Promise<readonly string[]> {
  const { name } = blocks.source;
  let columns: readonly string[] | null = null;
  const event: Record<string, string> = {};
  while (await blocks.more()) {
    for (;;) {
      const line = blocks.line + 1;
      const { at, text } = blocks;
      const fields = takeRecord(blocks);
      if (fields === null) break;
      if (columns === null) {
        columns = headerOf(fields, name).map((column) => ours(column.trim()));
        continue;
      }
      let bad: Bad | null | typeof OTHER;
      if (fields === BROKEN) {
        const row = blocks.nextLine()!;
        bad = { what: "row", value: row, expected: "a closing quote, and a comma or the line's end behind it" };
      } else if (fields.length !== columns.length) {
        bad = { what: "row", value: counted(fields.length), expected: counted(columns.length) };
      } else {
        for (let i = 0; i < fields.length; i++) event[columns[i]!] = fields[i]!;
        bad = addEvent(log, event, NOWHERE, fallback);
      }
      if (bad === OTHER) log.others++;
      else if (bad !== null) {
        const row = text.slice(at, blocks.at).trim();
        log.reject(name, "line", line, bad, row, blocks.lastWithoutLineEnd);
      }
    }
  }
  return columns ?? [];
}

function headerOf(fields: string[] | typeof BROKEN, file: string): string[] {
  if (fields === BROKEN) throw new Invalid("file", file, "line 1, a quote without its end", "a CSV header");
  const twice = fields.find((column, i) => fields.indexOf(column) < i);
  if (twice === undefined) return fields;
  throw new Invalid("column", twice, `${file} line 1, twice`, "each column once");
}

function counted(fields: number): string {
  return `${fields} field${fields === 1 ? "" : "s"}`;
}
