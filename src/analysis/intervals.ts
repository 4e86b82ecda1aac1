import { batchesOf, type Values } from "../table/index.js";
import type { RunFolder } from "./run-folder.js";

/** Rows of machines.arrow, and which of them count. */
export interface IntervalRows<Name extends string> {
  readonly rows: number;
  readonly columns: Readonly<Record<Name, Values>>;
  /** 1 where the row's interval is of full length, begins at the end of the warm-up or later, and ends with the part of
   * the trace that was replayed or before. */
  readonly counts: Uint8Array;
  /** How many such intervals have begun in these rows. */
  readonly intervals: number;
}

/** Some columns of a scheduler's machines.arrow, batch by batch. */
export async function* intervalRows<Name extends string>(
  run: RunFolder,
  scheduler: string,
  names: readonly Name[],
): AsyncGenerator<IntervalRows<Name>> {
  const { from_s, to_s, sample_every_s } = run.manifest;
  const slack = 1e-9 * sample_every_s;
  const least = from_s + run.warmup - slack;
  let start: number = from_s;
  let end = Number.NaN;
  let counted = 0;
  const { files } = run.table(`${scheduler}/machines`);
  for await (const { rows, columns } of batchesOf(files, ["time_s", ...names])) {
    const time = columns["time_s"]!;
    const counts = new Uint8Array(rows);
    let intervals = 0;
    for (let i = 0; i < rows; i++) {
      if (time[i] !== end) {
        if (!Number.isNaN(end)) start = end;
        end = time[i]!;
        counted = start >= least && end <= to_s + slack && end - start >= sample_every_s - slack ? 1 : 0;
        intervals += counted;
      }
      counts[i] = counted;
    }
    yield { rows, columns: columns as Record<Name, Values>, counts, intervals };
  }
}
