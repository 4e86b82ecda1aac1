import type { TextBlocks } from "./text-blocks.js";

const QUOTE = 34;
const COMMA = 44;
const LF = 10;
const CR = 13;
const LONGEST_RECORD = 1048576;

/** What takeRecord gives for a record with a quote that has no end, or with something behind its end. */
export const BROKEN = "broken";

/**
 * Takes the next record of CSV whose quoted fields may hold line breaks (RFC 4180); null where more has to be read.
 * Empty lines are passed over. Of a broken record nothing is taken; one of more than 1 MiB counts as that.
 */
export function takeRecord(blocks: TextBlocks): string[] | null | typeof BROKEN {
  const { text, ended } = blocks;
  while (blocks.at < text.length) {
    const first = text.charCodeAt(blocks.at);
    if (first !== LF && !(first === CR && text.charCodeAt(blocks.at + 1) === LF)) break;
    blocks.at += first === LF ? 1 : 2;
    blocks.line++;
  }
  if (blocks.at === text.length) return null;
  const incomplete = text.length - blocks.at > LONGEST_RECORD ? BROKEN : null;
  const fields: string[] = [];
  let lines = 1;
  for (let at = blocks.at; ; at++) {
    const start = at;
    if (text.charCodeAt(at) === QUOTE) {
      for (;;) {
        at = text.indexOf('"', at + 1);
        if (at < 0) return ended ? BROKEN : incomplete;
        if (text.charCodeAt(at + 1) !== QUOTE) break;
        at++;
      }
      const field = text.slice(start + 1, at++);
      fields.push(field.includes('"') ? field.replaceAll('""', '"') : field);
      for (let i = field.indexOf("\n"); i >= 0; i = field.indexOf("\n", i + 1)) lines++;
      if (text.charCodeAt(at) === CR) at++;
    } else {
      while (at < text.length && text.charCodeAt(at) !== COMMA && text.charCodeAt(at) !== LF) at++;
      const end = at > start && text.charCodeAt(at) !== COMMA && text.charCodeAt(at - 1) === CR ? at - 1 : at;
      fields.push(text.slice(start, end));
    }
    if (at >= text.length && !ended) return incomplete;
    if (at >= text.length || text.charCodeAt(at) === LF) {
      blocks.at = Math.min(at + 1, text.length);
      blocks.line += lines;
      return fields;
    }
    if (text.charCodeAt(at) !== COMMA) return BROKEN;
  }
}
