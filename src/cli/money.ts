import type { Dollars } from "../units.js";

/** Dollars in at most 7 characters: $0.03, $4.20, $429, $50.8k; more than nothing and less than a cent is <$0.01. */
export function moneyText(dollars: Dollars): string {
  if (dollars > 0 && dollars < 0.01) return "<$0.01";
  if (dollars < 99.995) return `$${dollars.toFixed(2)}`;
  if (dollars < 9999.5) return `$${Math.round(dollars).toLocaleString("en-US")}`;
  const units = ["k", "M", "G"];
  let value = dollars / 1000;
  let unit = 0;
  while (unit < units.length - 1 && value >= 999.5) {
    value /= 1000;
    unit++;
  }
  return `$${Number(value.toPrecision(3))}${units[unit]}`;
}

/** The same, but what is less than a cent with two digits: $3.6e-5; and losses: -$4.20. */
export function finely(dollars: Dollars): string {
  if (dollars < 0) return `-${finely(-dollars)}`;
  if (dollars === 0 || dollars >= 0.01) return moneyText(dollars);
  return dollars >= 0.001 ? `$${dollars.toFixed(4)}` : `$${dollars.toExponential(1)}`;
}
