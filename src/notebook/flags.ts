import { Invalid } from "../invalid.js";

/** Options as a cell gives them: by the names of the command line's flags, in camelCase or in kebab-case. */
export type Options = Readonly<Record<string, unknown>>;

/** swapInWatermark → swap-in-watermark. */
export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/**
 * Options as flags: lists joined by commas, the object map as one flag per entry, true as a bare flag; false,
 * null and undefined are left out. What they may be, the command says. Throws Invalid for what no flag can be.
 */
export function flagsOf(options: Options): string[] {
  return Object.entries(options).flatMap(([key, value]) => {
    const name = kebab(key);
    if (name === "output" || name === "json") {
      throw new Invalid(
        "option",
        key,
        "in a cell",
        name === "json" ? "none: it is always on" : "the folder after the options",
      );
    }
    if (value === undefined || value === null || value === false) return [];
    if (value === true) return [`--${name}`];
    if (isPlain(value)) return [`--${name}=${value}`];
    if (Array.isArray(value) && value.every(isPlain)) return [`--${name}=${value.join(",")}`];
    const entries = name === "map" && typeof value === "object" ? Object.entries(value) : [["", null]];
    if (!entries.every(([, one]) => isPlain(one))) {
      throw new Invalid(name, JSON.stringify(value) ?? typeof value, "in a cell", "a text, a number or a list of them");
    }
    return entries.map(([theirs, ours]) => `--${name}=${theirs}=${ours}`);
  });
}

function isPlain(value: unknown): value is string | number {
  return typeof value === "string" || typeof value === "number";
}

/** A trace in a cell: the path of one, or anything that has a folder, such as what ingest gives. */
export type TraceLike = string | { readonly folder: string };

/** Its path. Throws Invalid. */
export function pathOf(trace: unknown): string {
  const path = typeof trace === "object" && trace !== null ? (trace as { folder?: unknown }).folder : trace;
  if (typeof path === "string" && path !== "") return path;
  throw new Invalid("trace", path ?? "none", "in a cell", "a path, or what ingest, sample or generate gave");
}
