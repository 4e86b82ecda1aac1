import { Invalid } from "../invalid.js";
import { parseDuration, type Seconds } from "../units.js";
import type { RunFolder } from "./run-folder.js";

/** What an analysis measures of an invocation: latency / runtime, with waiting alone above 1; or finish - arrival. */
export type Quantity = "slowdown" | "latency";

/** What an analysis of latency looks at; everything has a default. */
export interface Question {
  /** Slowdown by default. */
  readonly of?: Quantity;
  /** Schedulers by name; all by default. */
  readonly scheduler?: string | readonly string[];
  /** Arrivals of so long after the start are left out: seconds, a time such as "90s", or "mser-5". By default the run's own warm-up. */
  readonly warmupCut?: Seconds | string;
  /** Leaves killed, rejected and unfinished invocations out of the statistics, not of the counts. False by default. */
  readonly endedOnly?: boolean;
}

/** Told how many of the rows to be read have been. */
export type RowsRead = (rows: number, total: number) => void;

/** Name of a choice and what there is to choose. Throws Invalid. */
export function oneOf<Name extends string>(what: string, value: string, where: string, names: readonly Name[]): Name {
  const found = names.find((name) => name === value);
  if (found === undefined) throw new Invalid(what, value, where, `one of ${names.join(", ")}`);
  return found;
}

/** The quantity asked for. Throws Invalid. */
export function quantityOf({ of = "slowdown" }: Question, where = "of"): Quantity {
  return oneOf("quantity", of, where, ["slowdown", "latency"]);
}

/** The schedulers asked for, each once. Throws Invalid where the run has not all of them. */
export function schedulersOf(run: RunFolder, { scheduler }: Question): readonly string[] {
  if (scheduler === undefined) return run.schedulers;
  const names = typeof scheduler === "string" ? scheduler.split(",").map((name) => name.trim()) : scheduler;
  for (const name of names) oneOf("scheduler", name, run.folder, run.schedulers);
  return [...new Set(names)];
}

/** A time in seconds, or as text with its unit. Throws Invalid. */
export function secondsOf(
  what: string,
  value: Seconds | string,
  where: string,
  expected = "seconds, 0 or more, or a time such as 90s",
): Seconds {
  if (typeof value === "number" && Number.isFinite(value) && value >= 0) return value;
  try {
    if (typeof value === "string") return parseDuration(value, where);
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
  }
  throw new Invalid(what, value, where, expected);
}
