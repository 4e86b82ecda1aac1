const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** The decimal number that a text is, spaces around it aside; NaN where it is none ("", "abc", "0x10", "Infinity"). */
export function parseNumber(text: string): number {
  const trimmed = text.trim();
  if (!DECIMAL.test(trimmed)) return Number.NaN;
  const value = Number(trimmed);
  return Number.isFinite(value) ? value + 0 : Number.NaN;
}

/** Whole numbers up to this and powers of ten up to this many are exact in float64. */
const EXACT = 9007199254740992;
const EXACT_POWERS = 22;
const POWERS = Float64Array.from({ length: EXACT_POWERS + 1 }, (_, i) => Number(`1e${i}`));

/**
 * digits / 10^behind, rounded right: where both are exact one division does it (Clinger: How to read floating point
 * numbers accurately. PLDI'90). NaN where they are not, and the text has to go through Number().
 */
export function quotient(digits: number, behind: number): number {
  if (digits > EXACT || behind > EXACT_POWERS) return Number.NaN;
  return behind === 0 ? digits : digits / POWERS[behind]!;
}

/** Whether a field says that there is no value: empty, or nan in any case, as data-frame libraries write it. */
export function isMissing(text: string): boolean {
  return text === "" || text.toLowerCase() === "nan";
}
