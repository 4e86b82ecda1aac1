/** Digits that a typical number of a column is shown with. */
const DIGITS = 4;
const MOST_DECIMALS = 6;
/** Where a column has a number from here on, thousands stand apart; years and ports have none. */
const APART_FROM = 10_000;
const LONGEST = 60;
/** What providers put in the place of names. */
const HASH = /^[0-9a-f]{32,}$/i;
const HASH_SHOWN = 12;
const NONE = "–";

/** A column of a table as text. */
export interface ColumnText {
  /** Flush right: nothing in it but numbers and what is missing. */
  readonly numeric: boolean;
  readonly cells: readonly string[];
}

/**
 * Values of a column as text that can be read down the column: numbers with the same decimals, as many as show four digits of
 * the median one; a number too small for them with two digits of its own. Infinity is ∞, what is missing –.
 */
export function columnText(values: readonly unknown[]): ColumnText {
  const numbers = values.filter((value) => typeof value === "number" || typeof value === "bigint");
  const finite = numbers.map(Number).filter(Number.isFinite);
  const decimals = decimalsOf(finite);
  const useGrouping = finite.some((number) => Math.abs(number) >= APART_FROM);
  const cells = values.map((value) =>
    typeof value === "number" ? numberText(value, decimals, useGrouping) : valueText(value, useGrouping),
  );
  return {
    numeric: values.every((value) => isMissing(value) || typeof value === "number" || typeof value === "bigint"),
    cells,
  };
}

function decimalsOf(numbers: readonly number[]): number {
  if (numbers.every(Number.isInteger)) return 0;
  const sizes = numbers.map(Math.abs).filter((size) => size > 0);
  sizes.sort((a, b) => a - b);
  const median = sizes[(sizes.length - 1) >> 1]!;
  const least = median < APART_FROM ? 1 : 0;
  let decimals = Math.min(MOST_DECIMALS, Math.max(least, DIGITS - 1 - Math.floor(Math.log10(median))));
  // Nobody needs zeros that end every number.
  while (decimals > 1 && numbers.every((number) => number.toFixed(decimals).endsWith("0"))) decimals--;
  return decimals;
}

function numberText(value: number, decimals: number, useGrouping: boolean): string {
  if (Number.isNaN(value)) return NONE;
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "-∞";
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  const text = value.toLocaleString("en-US", { ...digits, useGrouping });
  return value !== 0 && Number(text) === 0 ? String(Number(value.toPrecision(2))) : text;
}

function valueText(value: unknown, useGrouping: boolean): string {
  if (isMissing(value)) return NONE;
  if (typeof value === "bigint") return value.toLocaleString("en-US", { useGrouping });
  const text =
    value instanceof Date ? value.toISOString() : typeof value === "object" ? JSON.stringify(value) : String(value);
  if (HASH.test(text)) return `${text.slice(0, HASH_SHOWN)}…`;
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function isMissing(value: unknown): boolean {
  return value === null || value === undefined || Number.isNaN(value);
}
