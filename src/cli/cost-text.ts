import { compactCount } from "./compact.js";
import { textTable, WIDTH } from "./text-table.js";

/** Hours of seconds, in few characters. */
export function hours(seconds: number): string {
  const value = seconds / 3600;
  if (value === 0) return "0";
  if (value < 0.995) return value < 0.001 ? value.toExponential(1) : value.toPrecision(2);
  if (value < 99.95) return value.toFixed(1);
  return compactCount(Math.round(value));
}

/** A small price: three digits, such as 3.03e-6. */
export function number(price: number): string {
  const [digits, power] = price.toExponential(2).split("e") as [string, string];
  return price > 0 && price < 1e-3 ? `${Number(digits)}e${Number(power)}` : String(Number(price.toPrecision(3)));
}

/** A table with as wide gaps as fit. */
export function fitting(rows: readonly (readonly string[])[]): string[] {
  const drawn = [2, 1].map((gap) => textTable(rows, { gap, indent: gap }));
  return drawn.find((lines) => lines.every((line) => line.length <= WIDTH)) ?? drawn.at(-1)!;
}

/** Equal but for so large a share, by default for rounding. */
export function near(a: number, b: number, share = 1e-9): boolean {
  return Math.abs(a - b) <= share * Math.max(Math.abs(a), Math.abs(b));
}
