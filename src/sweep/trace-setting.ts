import { basename } from "node:path";
import { Invalid } from "../invalid.js";

/** A trace as a plan names it, and how its files are read: replay's argument, --format, --map and --on-bad-row. */
export interface TraceSetting {
  /** As given; seen from the current folder. */
  readonly path: string;
  /** Null: told from the files' columns. */
  readonly format: string | null;
  readonly map: Readonly<Record<string, string>>;
  readonly onBadRow: "stop" | "quarantine";
}

const KEYS = ["path", "format", "map", "on-bad-row"];
const EXPECTED = `a path, or an object with path and, if need be, ${KEYS.slice(1, -1).join(", ")} and ${KEYS.at(-1)}`;

/** Reads the setting `trace`: a path, or an object of a path, format, map and on-bad-row. Throws Invalid. */
export function traceOf(value: unknown, where: string): TraceSetting {
  if (value === undefined) throw new Invalid("trace", "none", where, "a trace to replay, in options, grid or cells");
  const { path, format = null, map = {}, "on-bad-row": onBadRow = "stop", ...rest } = objectOf(value);
  const other = Object.keys(rest)[0];
  if (other !== undefined) throw new Invalid("key", other, `${where}, trace`, `some of ${KEYS.join(", ")}`);
  const texts = isObject(map) && Object.values(map).every((name) => typeof name === "string");
  if (typeof path !== "string" || path === "" || !texts || (format !== null && typeof format !== "string")) {
    throw new Invalid("trace", JSON.stringify(value), where, EXPECTED);
  }
  if (onBadRow !== "stop" && onBadRow !== "quarantine") {
    throw new Invalid("bad-row rule", onBadRow, `${where}, trace`, "stop or quarantine");
  }
  return { path, format, map: map as Record<string, string>, onBadRow };
}

/** The last part of its path without endings, in letters that every file system takes. */
export function shortNameOf({ path }: TraceSetting): string {
  return fileName(basename(path).replace(/(?<=.)(\.[a-z]{1,8}){1,2}$/i, "")) || "trace";
}

/** Text in letters that every file system takes. */
export function fileName(text: string): string {
  return text.replace(/[^A-Za-z0-9.-]+/g, "-").replace(/^[.-]+/, "");
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : { path: value };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
