import type { MiB, Seconds } from "../units.js";

const TIMES: readonly (readonly [number, string])[] = [
  [86400, "d"],
  [3600, "h"],
  [60, "m"],
  [1, "s"],
  [1e-3, "ms"],
  [1e-6, "us"],
];
const THOUSANDS = ["", "k", "M", "G", "T", "P"] as const;

/** A length of time in at most 5 characters: 12ms, 3.4s, 5.1m, 2.0h. Two digits or three; infinity is ∞. */
export function compactTime(seconds: Seconds): string {
  if (seconds === Number.POSITIVE_INFINITY) return "∞";
  if (seconds === 0) return "0";
  for (const [i, [unit, name]] of TIMES.entries()) {
    const value = rounded(seconds / unit);
    const larger = TIMES[i - 1];
    // 59.7 s is a minute once it is rounded.
    if (larger && value >= larger[0] / unit) return `1.0${larger[1]}`;
    if (value >= 1) return `${value < 10 ? value.toFixed(1) : value}${name}`;
  }
  return "<1us";
}

/** A whole number in at most 5 characters: up to 9,999 as it is, then three digits: 12.3k, 123k, 1.23M. */
export function compactCount(count: number): string {
  if (count < 10000) return count.toLocaleString("en-US");
  return thousands(count);
}

/** A ratio in at most 4 characters: 1.00, 12.3, 123, 1.2k, 12k, 1.2M. Infinity is ∞. */
export function compactRatio(ratio: number): string {
  if (ratio === Number.POSITIVE_INFINITY) return "∞";
  if (ratio < 9.995) return ratio.toFixed(2);
  if (ratio < 99.95) return ratio.toFixed(1);
  if (ratio < 999.5) return ratio.toFixed(0);
  return thousands(ratio, 2);
}

/** Memory in at most 7 characters: 512MiB, 1.5GiB, 32GiB. */
export function compactMemory(mib: MiB): string {
  const units = ["MiB", "GiB", "TiB", "PiB"];
  let value = mib;
  let unit = 0;
  while (unit < units.length - 1 && rounded(value) >= 1000) {
    value /= 1024;
    unit++;
  }
  return `${value === 0 || rounded(value) >= 10 ? Math.round(value) : value.toFixed(1)}${units[unit]}`;
}

/** A share in at most 6 characters: 0%, 0.03%, 12.3%, 100%. Only nothing is 0% and only all is 100%. */
export function compactShare(share: number): string {
  if (share === 0 || share === 1) return `${100 * share}%`;
  const percent = 100 * share;
  if (percent < 0.01) return "<0.01%";
  if (percent > 99.9) return ">99.9%";
  return `${percent.toFixed(percent < 0.995 ? 2 : 1)}%`;
}

function thousands(value: number, digits = 3): string {
  let scaled = value;
  let power = 0;
  while (power < THOUSANDS.length - 1 && Number(scaled.toPrecision(digits)) >= 1000) {
    scaled /= 1000;
    power++;
  }
  const whole = Number(scaled.toPrecision(digits));
  const decimals = Math.max(0, digits - (whole >= 100 ? 3 : whole >= 10 ? 2 : 1));
  return `${whole.toFixed(decimals)}${THOUSANDS[power]}`;
}

/** To one decimal below 10, to none above. */
function rounded(value: number): number {
  const fine = Math.round(10 * value) / 10;
  return fine < 10 ? fine : Math.round(value);
}
