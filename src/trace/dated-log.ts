import { Invalid } from "../invalid.js";
import { arrivalOrder } from "./arrival-order.js";
import { ContentHash } from "./content-hash.js";
import { cpuShares } from "./cpu-share.js";
import type { Read } from "./format.js";
import { type FunctionIds, functionsOf, idsByLabels } from "./function-ids.js";
import type { FunctionLabels } from "./function-labels.js";
import type { InvocationLog } from "./invocation-log.js";
import type { Keys } from "./keys.js";
import type { Labels } from "./labels.js";
import { isoTimestamp, TICKS } from "./timestamp.js";
import { writeFunctions } from "./trace-writer.js";

/** Invocations whose arrivals are dates, in ticks (timestamp.ts), as their files were read. */
export interface DatedLog {
  readonly log: InvocationLog;
  readonly keys: Keys;
  readonly labels: FunctionLabels;
  /** Of the log's further columns of labels. */
  readonly furtherLabels?: Readonly<Record<string, Labels>>;
}

/**
 * Writes the tables of a log, whatever the number and the order of its files: arrivals become seconds since the earliest,
 * rows are sorted by arrival, function, runtime and then the further columns. Tells what the manifest says of it. Throws
 * Invalid where `file` has left no row.
 */
export async function writeDatedLog(
  folder: string,
  { log, keys, labels, furtherLabels = {} }: DatedLog,
  file: string,
): Promise<Omit<Read, "sources" | "rows" | "lacks" | "notes">> {
  if (log.rows === 0) throw new Invalid("file", file, "every row is bad", "at least one row that can be kept");
  const earliest = toSeconds(log);
  const dictionaries = Object.fromEntries(
    Object.entries(furtherLabels).map(([name, of]) => [name, inOrder(log, name, of)]),
  );
  const ranks = { owner: labels.owner.ranks(), app: labels.app.ranks(), function: labels.function.ranks() };
  const ids = idsInUse(idsByLabels(keys, ranks), log);
  const { key, runtime, furtherValues } = log;
  const order = arrivalOrder(log.arrival, log.rows, (a, b) => {
    let difference = ids.idOf[key[a]!]! - ids.idOf[key[b]!]! || runtime[a]! - runtime[b]!;
    for (let i = 0; difference === 0 && i < furtherValues.length; i++) {
      difference = compare(furtherValues[i]![a]!, furtherValues[i]![b]!);
    }
    return difference;
  });
  const functions = functionsOf(ids, keys, labels, (of) => keys.part(of, 3));
  const hash = new ContentHash();
  await log.write(folder, order, ids.idOf, hash, dictionaries);
  await writeFunctions(folder, functions);
  hash.labels("functions", functions);
  const duration_s = log.arrival[order ? order[log.rows - 1]! : log.rows - 1]!;
  return {
    kind: "invocations",
    sha256: hash.digest({ kind: "invocations", duration_s, dictionaries }),
    keyed_by: "labels",
    first_minute: 0,
    duration_s,
    starts_at: isoTimestamp(earliest),
    functions: functions.owner.length,
    invocations: log.rows,
    cpu: cpuShares(functions, log.cpu(ids.idOf, functions.owner.length, order)),
  };
}

/** Arrivals in ticks become seconds since the earliest, which is returned. */
function toSeconds({ arrival, rows }: InvocationLog): number {
  let earliest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < rows; i++) if (arrival[i]! < earliest) earliest = arrival[i]!;
  for (let i = 0; i < rows; i++) arrival[i] = (arrival[i]! - earliest) / TICKS;
  return earliest;
}

/** The same without functions that no row is of. */
function idsInUse({ keyOf }: FunctionIds, { key, rows }: InvocationLog): FunctionIds {
  const used = new Uint8Array(keyOf.length);
  for (let i = 0; i < rows; i++) used[key[i]!] = 1;
  const kept = keyOf.filter((of) => used[of] === 1);
  const idOf = new Int32Array(keyOf.length).fill(-1);
  kept.forEach((of, id) => {
    idOf[of] = id;
  });
  return { keyOf: kept, idOf };
}

/** Puts a dictionary into order of bytes, so that it does not depend on which row came first. */
function inOrder(log: InvocationLog, name: string, labels: Labels): string[] {
  const ranks = labels.ranks();
  const values = log.furtherValues[log.further.findIndex((column) => column.name === name)]!;
  for (let i = 0; i < log.rows; i++) if (values[i]! >= 0) values[i] = ranks[values[i]!]!;
  const strings: string[] = [];
  for (let id = 0; id < ranks.length; id++) strings[ranks[id]!] = labels.text(id)!;
  return strings;
}

/** Nulls (NaN) first. */
function compare(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(b)) - Number(Number.isNaN(a));
  return a - b;
}
