import type { Seconds } from "../units.js";

/** A whole number with its thousands apart: 3,037,902. */
export function whole(count: number): string {
  return count.toLocaleString("en-US");
}

/** "1 function", "500 functions". */
export function plural(count: number, one: string): string {
  return `${whole(count)} ${one}${count === 1 ? "" : "s"}`;
}

/** An offered load: 0.900; unknown where all arrives at once. */
export function plainLoad(load: number): string {
  return Number.isFinite(load) ? load.toFixed(3) : "unknown";
}

/** A length of time in up to three units: 2 d 3 h 20 min, 1 min 30 s, 4.5 s. */
export function plainTime(seconds: Seconds): string {
  if (seconds < 60) return `${Number(seconds.toPrecision(3))} s`;
  const left = Math.round(seconds);
  const parts = [
    [Math.floor(left / 86400), "d"],
    [Math.floor((left % 86400) / 3600), "h"],
    [Math.floor((left % 3600) / 60), "min"],
    [left % 60, "s"],
  ] as const;
  return parts
    .filter(([value]) => value > 0)
    .slice(0, 3)
    .map((part) => part.join(" "))
    .join(" ");
}
