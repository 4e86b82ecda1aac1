import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { VERSION } from "../version.js";

const LONGEST_NAME = 80;

/**
 * Where a cell's work goes that says no folder: data/runs or data/traces of the project that the notebook is in, under a
 * name that says what it is made from, some of its flags and, by a hash, all that makes it what it is.
 */
export function placeFor(
  kind: "runs" | "traces",
  source: string,
  flags: readonly string[],
  more: unknown = null,
): string {
  const said = flags.map((flag) => flag.replace(/^--/, ""));
  const name = [basename(source).replace(/(?<=.)(\.[a-z]{1,8}){1,2}$/i, ""), ...said].map(fileName).join("_");
  const own = JSON.stringify([VERSION, resolve(source), flags, more]);
  const hash = createHash("sha256").update(own).digest("hex").slice(0, 10);
  const folder = join(projectFolder(), "data", kind, `${name.slice(0, LONGEST_NAME)}_${hash}`);
  return relative(process.cwd(), folder);
}

/** The nearest folder at or above the current one that has a package.json; the current one where there is none. */
function projectFolder(): string {
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json"))) return folder;
    if (dirname(folder) === folder) return process.cwd();
  }
}

/** Text in letters that every file system takes. */
function fileName(text: string): string {
  return text.replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[.-]+/, "");
}
