import { Invalid } from "../invalid.js";

/** A whole number in a range from the text of an option, `what` and `where` naming it. Throws Invalid. `or` goes before what is expected. */
export function wholeOf(what: string, text: string, where: string, least: number, most: number, or = ""): number {
  const value = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new Invalid(what, text, where, `${or}a whole number from ${least} to ${most}`);
}

/** A decimal number that passes a check, from the text of an option. Throws Invalid. */
export function numberOf(name: string, text: string, check: (value: number) => boolean, expected: string): number {
  const value = /^(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?$/i.test(text.trim()) ? Number(text) : Number.NaN;
  if (Number.isFinite(value) && check(value)) return value;
  throw new Invalid(name, text, `--${name}`, expected);
}
