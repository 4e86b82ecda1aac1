/** Markup, as opposed to text that has yet to be escaped. Only `html` and `markup` make it. */
export class Html {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }

  toString(): string {
    return this.source;
  }
}

type Part = Html | string | number | null | undefined | readonly Part[];

const ESCAPED: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as it may stand in an element or a quoted attribute; control characters, which no page may hold, are replaced. */
export function escaped(text: string): string {
  const printable = text.replace(/[^\P{Cc}\n\t]/gu, "\ufffd");
  return printable.replace(/[&<>"']/g, (character) => ESCAPED[character]!);
}

/** A template whose values are escaped unless they are markup; lists are put one after the other, null and undefined are nothing. */
export function html(strings: TemplateStringsArray, ...values: readonly Part[]): Html {
  return new Html(strings.reduce((all, text, i) => all + sourceOf(values[i - 1]) + text));
}

function sourceOf(value: Part): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Html) return value.source;
  return typeof value === "object" ? value.map(sourceOf).join("") : escaped(String(value));
}
