const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** The decimal number that a text is, spaces around it aside; NaN where it is none ("", "abc", "0x10", "Infinity"). */
export function parseNumber(text: string): number {
  const trimmed = text.trim();
  if (!DECIMAL.test(trimmed)) return Number.NaN;
  const value = Number(trimmed);
  return Number.isFinite(value) ? value + 0 : Number.NaN;
}

/** The same times ten to `power`, rounded only once: "271.61" ms by -3 is 0.27161 s. */
export function parseScaled(text: string, power: number): number {
  const plain = plainScaled(text, power);
  if (!Number.isNaN(plain)) return plain;
  const trimmed = text.trim();
  const match = /^([^e]*)(?:e(.*))?$/i.exec(trimmed);
  if (!match || !DECIMAL.test(trimmed)) return Number.NaN;
  const value = Number(`${match[1]}e${Number(match[2] ?? 0) + power}`);
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

/** The same of digits with a point in between at most, where one division does it; else NaN. */
function plainScaled(text: string, power: number): number {
  let digits = 0;
  let point = -1;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 46 && point < 0 && at > 0) point = at;
    else if (code >= 48 && code <= 57) digits = 10 * digits + (code - 48);
    else return Number.NaN;
  }
  const behind = (point < 0 ? 0 : text.length - 1 - point) - power;
  return text.length === 0 || behind < 0 ? Number.NaN : quotient(digits, behind);
}

/** Whether a field says that there is no value: empty, or nan in any case, as data-frame libraries write it. */
export function isMissing(text: string): boolean {
  return text === "" || text.toLowerCase() === "nan";
}
