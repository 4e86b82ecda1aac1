import { join } from "node:path";
import { Invalid } from "../invalid.js";
import { TableReader, type Values } from "../table/index.js";
import { oneOf, secondsOf } from "./question.js";
import { notWhole, type RunFolder } from "./run-folder.js";

/** What invocations can be grouped by. */
export const BY = ["class", "trigger", "owner", "app", "function", "window"] as const;
export type By = (typeof BY)[number];

/** What a column is called that says what a row's group is. */
export const COLUMN_OF: Readonly<Record<By, string>> = {
  class: "price_class",
  trigger: "trigger",
  owner: "owner",
  app: "app",
  function: "function",
  window: "window_start_s",
};

/** Groups that are more than a table can be looked at, or memory hold. */
const MOST_GROUPS = 20_000_000;

/** A way to group: keys 0 … size - 1, and what a key stands for. */
export interface Grouping {
  readonly by: By;
  readonly size: number;
  /** Column of invocations.arrow that `keyOf` takes the values of. */
  readonly column: "price_class" | "arrival_s" | "invocation";
  readonly keyOf: (value: number) => number;
  readonly shown: (key: number) => string | number | null;
}

/** The groupings named. `window` is the length of one, by default that of windows.arrow. Throws Invalid. */
export async function groupings(
  run: RunFolder,
  by: string | readonly string[] | undefined,
  window: number | string | undefined,
): Promise<Grouping[]> {
  const found: Grouping[] = [];
  for (const name of bysOf(by)) {
    if (name === "class") found.push(byClass(run));
    else if (name === "window") found.push(byWindow(run, window));
    else found.push(await byLabel(run, name));
  }
  const groups = found.reduce((product, { size }) => product * size, 1);
  if (groups > MOST_GROUPS) {
    const names = found.map((grouping) => grouping.by).join(",");
    throw new Invalid("by", names, `${groups} groups`, `at most ${MOST_GROUPS} groups: longer windows, or one of them`);
  }
  return found;
}

/** The names of groupings, each once; class where none is given. Throws Invalid. */
export function bysOf(by: string | readonly string[] | undefined, where = "by"): By[] {
  const names = typeof by === "string" ? by.split(",").map((name) => name.trim()) : (by ?? ["class"]);
  const found = names.map((name) => oneOf("by", name, where, BY));
  if (new Set(found).size < found.length)
    throw new Invalid("by", names.join(","), `${where}, one of them twice`, "each once");
  return found.length > 0 ? found : ["class"];
}

function byClass({ prices }: RunFolder): Grouping {
  return { by: "class", size: prices.length, column: "price_class", keyOf: (key) => key, shown: (key) => key };
}

function byWindow(run: RunFolder, asked: number | string | undefined): Grouping {
  const { options, from_s, schedulers } = run.manifest;
  const length = secondsOf("window", asked ?? options["window"] ?? "60s", "window");
  if (!(length > 0)) throw new Invalid("window", asked, "window", "a time above 0, such as 60s");
  const index = (time: number) => {
    const near = Math.floor(time / length);
    return time >= (near + 1) * length ? near + 1 : time < near * length ? near - 1 : near;
  };
  const first = index(from_s);
  const last = Object.values(schedulers).reduce((latest, { end_s }) => Math.max(latest, end_s), from_s);
  return {
    by: "window",
    size: index(last) - first + 1,
    column: "arrival_s",
    keyOf: (time) => Math.max(0, index(time) - first),
    shown: (key) => (first + key) * length,
  };
}

async function byLabel(run: RunFolder, by: "trigger" | "owner" | "app" | "function"): Promise<Grouping> {
  const { keys, strings } = await labelKeys(run, by);
  if (!keys.some((key) => key >= 0)) {
    const where = `${join(run.folder, "workload")} names none, nor did the trace`;
    throw new Invalid("by", by, where, "class, window or what the trace names");
  }
  return {
    by,
    size: strings.length + 1,
    column: "invocation",
    keyOf: (invocation) => keys[invocation]! + 1,
    shown: (key) => (key === 0 ? null : strings[key - 1]!),
  };
}

/** A label of every invocation as a key into `strings`; -1: unknown. Throws Invalid where the workload is not whole or lacks the column. */
export async function labelKeys(
  run: RunFolder,
  column: string,
): Promise<{ readonly keys: Int32Array; readonly strings: readonly string[] }> {
  const keys = new Int32Array(run.manifest.workload.rows);
  const strings = await readWorkload(run, column, keys);
  return { keys, strings };
}

/** A column of the workload into an array of as many values as it has rows; gives the strings of a dictionary. */
export async function readWorkload(run: RunFolder, column: string, into: Values): Promise<readonly string[]> {
  const { name, files } = run.table("workload");
  let at = 0;
  let strings: readonly string[] = [];
  for (const file of files) {
    const reader = await TableReader.open(file);
    try {
      for await (const { rows, columns } of reader.batches([column])) {
        const fits = columns[column]!.subarray(0, Math.max(0, Math.min(rows, into.length - at)));
        into.set(fits as never, Math.min(at, into.length));
        at += rows;
      }
      strings = reader.dictionary(column).length > strings.length ? reader.dictionary(column) : strings;
    } finally {
      await reader.close();
    }
  }
  if (at !== into.length) throw notWhole(run.folder, `${name} has ${at} of ${into.length} rows`);
  return strings;
}
