import { Invalid } from "../invalid.js";
import type { TextBlocks } from "./text-blocks.js";

/** Something in a JSON file: an item of a list, or an object that is in none, as its text; or the rest of the object that held a list. */
export interface JsonItem {
  readonly kind: "item" | "rest";
  readonly text: string;
}

/**
 * Goes through JSON values of any length, one behind the other, without holding more than one item in memory. Items are the
 * elements of a list at the top, or of a list that stands in an object at the top under one of `lists`; an object without such a list
 * is an item itself. Of an object with one, what else it says comes behind its items. Throws Invalid where it is no JSON.
 */
export class JsonItems {
  private readonly blocks: TextBlocks;
  private readonly lists: readonly string[];
  private place: "top" | "list" | "object" | "list in object" = "top";
  private members: string[] = [];
  private hadList = false;
  /** Items so far, for messages. */
  items = 0;

  constructor(blocks: TextBlocks, lists: readonly string[]) {
    this.blocks = blocks;
    this.lists = lists;
  }

  /** The next item; null where more has to be read, or all has been. */
  next(): JsonItem | null {
    const { blocks } = this;
    for (;;) {
      const at = this.skip();
      if (at < 0) return null;
      const char = blocks.text[at]!;
      if (this.place === "top") {
        if (char !== "[" && char !== "{") throw this.broken(char, "a list or an object");
        blocks.at = at + 1;
        this.place = char === "[" ? "list" : "object";
        this.members = [];
        this.hadList = false;
      } else if (this.place === "object") {
        if (char === "}") {
          blocks.at = at + 1;
          this.place = "top";
          const text = `{${this.members.join(",")}}`;
          if (this.hadList) return { kind: "rest", text };
          return this.item(text);
        }
        if (!this.member(at)) return null;
      } else {
        if (char === "]") {
          blocks.at = at + 1;
          this.place = this.place === "list" ? "top" : "object";
          continue;
        }
        const end = this.valueEnd(at);
        if (end < 0) return null;
        blocks.at = end;
        return this.item(blocks.text.slice(at, end));
      }
    }
  }

  /** Whether all that was begun has ended. */
  get whole(): boolean {
    return this.place === "top" && this.skip() < 0;
  }

  /** Whether the last item stands in a list of an object, whose rest is still to come. */
  get inObject(): boolean {
    return this.place === "list in object";
  }

  private item(text: string): JsonItem {
    this.items++;
    return { kind: "item", text };
  }

  /** Takes a member of an object up to its end, or up to its list's first item; false where it is not all there. */
  private member(at: number): boolean {
    const { blocks } = this;
    const { text } = blocks;
    if (text[at] !== '"') throw this.broken(text[at]!, "a name in quotes");
    const nameEnd = stringEnd(text, at);
    if (nameEnd < 0) return false;
    const colon = this.skip(nameEnd, false);
    if (colon < 0) return false;
    if (text[colon] !== ":") throw this.broken(text[colon]!, "a colon");
    const start = this.skip(colon + 1, false);
    if (start < 0) return false;
    const name = text.slice(at, nameEnd);
    if (text[start] === "[" && this.lists.includes(name.slice(1, -1))) {
      blocks.at = start + 1;
      this.place = "list in object";
      this.hadList = true;
      return true;
    }
    const end = this.valueEnd(start);
    if (end < 0) return false;
    this.members.push(`${name}:${text.slice(start, end)}`);
    blocks.at = end;
    return true;
  }

  /** Where the next character is that is no space (and no comma); -1 where there is none. */
  private skip(from = this.blocks.at, commas = this.place !== "top"): number {
    const { text } = this.blocks;
    for (let at = from; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9 && !(commas && code === 44)) return at;
    }
    return -1;
  }

  /** Where the value that begins at `at` ends; -1 where that is not there yet. */
  private valueEnd(at: number): number {
    const { text } = this.blocks;
    const first = text[at];
    if (first === '"') return stringEnd(text, at);
    if (first === "{" || first === "[") return nestedEnd(text, at);
    const pattern = /[,\]}\s]/g;
    pattern.lastIndex = at;
    const end = pattern.exec(text)?.index ?? -1;
    if (end === at) throw this.broken(first!, "a value");
    return end;
  }

  private broken(found: string, expected: string): Invalid {
    return new Invalid("JSON", found, `${this.blocks.source.name}, behind item ${this.items}`, expected);
  }
}

/** Behind the closing quote of the string that begins at `at`; -1 where there is none. */
function stringEnd(text: string, at: number): number {
  for (let end = text.indexOf('"', at + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === 92) slashes++;
    if (slashes % 2 === 0) return end + 1;
  }
  return -1;
}

/** Behind the end of the object or list that begins at `start`; -1 where there is none. */
function nestedEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (code === 34) {
      at = stringEnd(text, at);
      if (at < 0) return -1;
      continue;
    }
    at++;
    if (code === 123 || code === 91) depth++;
    else if ((code === 125 || code === 93) && --depth === 0) return at;
  }
  return -1;
}
