import { OUTCOMES, type Values } from "../table/index.js";
import type { Seconds } from "../units.js";
import { columnRows } from "./column-rows.js";
import type { Quantity } from "./question.js";
import { notWhole, type RunFolder } from "./run-folder.js";

export const FINISHED = OUTCOMES.indexOf("finished");
export const UNFINISHED = OUTCOMES.indexOf("unfinished");

/** Which invocations are looked at, and what of them. */
export interface Look {
  readonly of: Quantity;
  /** Arrivals before it are not counted, nor are those from `until` on. */
  readonly since: Seconds;
  readonly until?: Seconds;
  /** Whether only finished ones have a value. */
  readonly endedOnly: boolean;
}

/** Some rows of a scheduler's invocations.arrow. */
export interface ObservedRows<Name extends string> {
  readonly rows: number;
  readonly columns: Readonly<Record<Name | (typeof NEEDED)[number], Values>>;
  /** 1 where the row counts: it arrived in the time looked at, and before the run's end. */
  readonly counts: Uint8Array;
  /**
   * Of the rows that count. Killed and rejected: Infinity. Unfinished: what they have so far, at least their runtime. NaN: no
   * observation; it had no runtime, and so no slowdown, or only ended ones are looked at.
   */
  readonly value: Float64Array;
}

const NEEDED = ["arrival_s", "runtime_s", "finish_s", "outcome"] as const;

/**
 * A scheduler's invocations, batch by batch, each with its latency or slowdown; the arrays hold until the next batch. Throws
 * Invalid where the table is not whole or lacks a column.
 */
export async function* observedRows<Name extends string = never>(
  run: RunFolder,
  scheduler: string,
  look: Look,
  names: readonly Name[] = [],
): AsyncGenerator<ObservedRows<Name>> {
  const end = run.manifest.schedulers[scheduler]!.end_s;
  const { name, files } = run.table(`${scheduler}/invocations`);
  let read = 0;
  let value = new Float64Array(0);
  let counts = new Uint8Array(0);
  for (const { rows, columns } of columnRows(files, [...new Set([...NEEDED, ...names])])) {
    if (value.length < rows) {
      value = new Float64Array(rows);
      counts = new Uint8Array(rows);
    }
    const known = columns as ObservedRows<Name>["columns"];
    observe(known, rows, look, end, value, counts);
    read += rows;
    yield { rows, columns: known, counts, value };
  }
  const expected = run.manifest.workload.rows;
  if (read !== expected) throw notWhole(run.folder, `${name} has ${read} of ${expected} rows`);
}

function observe(
  columns: ObservedRows<never>["columns"],
  rows: number,
  { of, since, until = Number.POSITIVE_INFINITY, endedOnly }: Look,
  end: Seconds,
  value: Float64Array,
  counts: Uint8Array,
): void {
  const { arrival_s, runtime_s, finish_s, outcome } = columns;
  const slowdown = of === "slowdown";
  for (let i = 0; i < rows; i++) {
    const arrival = arrival_s[i]!;
    if (arrival < since || arrival >= until || arrival > end) {
      counts[i] = 0;
      continue;
    }
    counts[i] = 1;
    const runtime = runtime_s[i]!;
    const what = outcome[i]!;
    if ((endedOnly && what !== FINISHED) || (slowdown && !(runtime > 0))) value[i] = Number.NaN;
    else if (what !== FINISHED && what !== UNFINISHED) value[i] = Number.POSITIVE_INFINITY;
    else {
      const last = what === FINISHED ? finish_s[i]! : end;
      if (slowdown) value[i] = 1 + Math.max(0, last - (arrival + runtime)) / runtime;
      else value[i] = what === FINISHED ? last - arrival : Math.max(last - arrival, runtime);
    }
  }
}
