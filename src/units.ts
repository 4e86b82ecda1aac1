import { Invalid } from "./invalid.js";

/** Seconds since the trace's start, or a length of time in seconds. */
export type Seconds = number;
/** Mebibytes, 2^20 bytes. */
export type MiB = number;
/** US dollars. */
export type Dollars = number;

const BYTES: Record<string, number> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 1024,
  mib: 1048576,
  gib: 1073741824,
  tib: 1099511627776,
};

const SECONDS: Record<string, number> = { us: 1e-6, ms: 1e-3, s: 1, m: 60, min: 60, h: 3600, d: 86400 };

const QUANTITY = /^(\d+(?:\.\d*)?|\.\d+)(?:e([+-]?\d{1,3}))?\s*([a-z]*)$/i;

function quantity(text: string, units: Record<string, number>): number | null {
  const match = QUANTITY.exec(text.trim());
  if (!match) return null;
  const factor = units[(match[3] ?? "").toLowerCase()];
  if (factor === undefined) return null;
  const value = Number(match[2] === undefined ? match[1] : `${match[1]}e${match[2]}`) * factor;
  return Number.isFinite(value) ? value : null;
}

/** "32GiB", "500GB", "800MiB" → MiB. Throws Invalid naming `where`. */
export function parseSize(text: string, where: string): MiB {
  const bytes = quantity(text, BYTES);
  if (bytes === null) throw new Invalid("size", text, where, "a number with a unit, such as 32GiB, 500GB or 800MiB");
  return bytes / BYTES["mib"]!;
}

/** "500MB/s", "2GiB/s" → MiB a second. Throws Invalid naming `where`. */
export function parseRate(text: string, where: string): number {
  const bytes = /\/s$/i.test(text.trim()) ? quantity(text.trim().slice(0, -2), BYTES) : null;
  if (bytes === null) throw new Invalid("rate", text, where, "a size per second, such as 500MB/s or 2GiB/s");
  return bytes / BYTES["mib"]!;
}

/** "90s", "8h", "2d", "250ms" → seconds; a bare 0 is 0. Throws Invalid naming `where`. */
export function parseDuration(text: string, where: string): Seconds {
  const seconds = quantity(text, { ...SECONDS, ...(/^0+$/.test(text.trim()) ? { "": 1 } : {}) });
  if (seconds === null) throw new Invalid("time", text, where, "a number with a unit, such as 90s, 8h or 2d");
  return seconds;
}

/** "8h..16h" → [28800, 57600]. Throws Invalid naming `where`. */
export function parseSpan(text: string, where: string): [Seconds, Seconds] {
  const parts = text.split("..");
  const wanted = "a span such as 8h..16h, its end after its start";
  if (parts.length !== 2) throw new Invalid("span", text, where, wanted);
  const from = parseDuration(parts[0]!, where);
  const to = parseDuration(parts[1]!, where);
  if (!(to > from)) throw new Invalid("span", text, where, wanted);
  return [from, to];
}
