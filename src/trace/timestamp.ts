const ZERO = 48;
const DASH = 45;
const COLON = 58;
const DOT = 46;
const COMMA = 44;
const SPACE = 32;
const PLUS = 43;
const UPPER_T = 84;
const UPPER_Z = 90;

/** Ticks of a second: 100 ns, the finest that providers write. */
export const TICKS = 10000000;

/** 2020-01-01 since 1970: ticks are counted from there, so that all from 1992 to 2047 are exact. */
const ORIGIN_S = 1577836800;

/**
 * The time that bytes[start, end) say, in ticks since 2020-01-01: "2023-11-16 18:17:03.9799600", a T for the space, any
 * number of digits behind the seconds or none, and Z, +00:00, +0000 or nothing behind that, which is UTC too. NaN where they say none.
 */
export function parseTimestamp(bytes: Uint8Array, start: number, end: number): number {
  const digits = (from: number, count: number): number => {
    let value = 0;
    for (let at = start + from; at < start + from + count; at++) {
      const digit = bytes[at]! - ZERO;
      if (!(digit >= 0 && digit <= 9)) return Number.NaN;
      value = 10 * value + digit;
    }
    return value;
  };
  if (end - start < 19 || bytes[start + 4] !== DASH || bytes[start + 7] !== DASH) return Number.NaN;
  const between = bytes[start + 10];
  if (between !== SPACE && between !== UPPER_T) return Number.NaN;
  if (bytes[start + 13] !== COLON || bytes[start + 16] !== COLON) return Number.NaN;
  const day = dayNumber(digits(0, 4), digits(5, 2), digits(8, 2));
  const [hour, minute, second] = [digits(11, 2), digits(14, 2), digits(17, 2)];
  if (!(hour < 24 && minute < 60 && second < 60)) return Number.NaN;
  let at = start + 19;
  let ticks = 0;
  if (at < end && (bytes[at] === DOT || bytes[at] === COMMA)) {
    const from = ++at;
    let weight = TICKS;
    for (; at < end && bytes[at]! >= ZERO && bytes[at]! <= ZERO + 9; at++) {
      weight /= 10;
      ticks += (bytes[at]! - ZERO) * weight;
    }
    if (at === from) return Number.NaN;
    ticks = Math.round(ticks);
  }
  const zone = zoneSeconds(bytes, at, end);
  return (day * 86400 + hour * 3600 + minute * 60 + second - zone - ORIGIN_S) * TICKS + ticks;
}

const LONGEST = 40;
const characters = new Uint8Array(LONGEST);

/** The same of a text. */
export function parseTimestampText(text: string): number {
  if (text.length > LONGEST) return Number.NaN;
  for (let i = 0; i < text.length; i++) characters[i] = text.charCodeAt(i);
  return parseTimestamp(characters, 0, text.length);
}

/** Milliseconds since 1970 in ticks since 2020-01-01. */
export function ticksOfMilliseconds(ms: number): number {
  return Math.round((ms - 1000 * ORIGIN_S) * (TICKS / 1000));
}

/** Ticks as ISO 8601 in UTC, with as many digits behind the seconds as they need. */
export function isoTimestamp(ticks: number): string {
  const seconds = Math.floor(ticks / TICKS);
  const text = new Date((seconds + ORIGIN_S) * 1000).toISOString().slice(0, 19);
  const behind = String(Math.round(ticks - seconds * TICKS))
    .padStart(7, "0")
    .replace(/0+$/, "");
  return `${text}${behind && `.${behind}`}Z`;
}

/** Seconds ahead of UTC; NaN where it is no zone. */
function zoneSeconds(bytes: Uint8Array, start: number, end: number): number {
  if (start === end) return 0;
  if (bytes[start] === UPPER_Z) return end - start === 1 ? 0 : Number.NaN;
  const text = String.fromCharCode(...bytes.subarray(start, end));
  const match = /^[+-](\d\d):?([0-5]\d)$/.exec(text);
  if (!match) return Number.NaN;
  const seconds = 3600 * Number(match[1]) + 60 * Number(match[2]);
  return bytes[start] === PLUS ? seconds : -seconds;
}

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Days since 1970-01-01 in the Gregorian calendar; NaN where there is no such day. */
function dayNumber(year: number, month: number, day: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 1 : 0;
  if (!(month >= 1 && month <= 12 && day >= 1)) return Number.NaN;
  if (day > MONTH_DAYS[month - 1]! + (month === 2 ? leap : 0)) return Number.NaN;
  const before = year - 1;
  let days = 365 * before + Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400) - 719162;
  for (let i = 0; i < month - 1; i++) days += MONTH_DAYS[i]! + (i === 1 ? leap : 0);
  return days + day - 1;
}
