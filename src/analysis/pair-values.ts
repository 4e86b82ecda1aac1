import { readWorkload } from "./grouping.js";
import { observedRows, UNFINISHED } from "./observed-rows.js";
import type { Quantity } from "./question.js";
import type { RunFolder } from "./run-folder.js";
import type { Replay } from "./run-pairs.js";

/** What a replay made of each invocation, by row of the workload. */
export interface ReplayValues {
  /** Latency or slowdown; Infinity: killed or rejected. NaN: no observation. */
  readonly value: Float64Array;
  /** 1 where the value may still grow. */
  readonly open: Uint8Array;
}

/** What two replays of a workload have in common. */
export interface Population {
  /** As requested: what a scheduler's budgets or call chains make of it is its own. */
  readonly priceClass: Uint8Array;
  readonly arrival: Float64Array;
}

export async function replayValues(
  { run, scheduler }: Replay,
  of: Quantity,
  endedOnly: boolean,
): Promise<ReplayValues> {
  const { rows: all } = run.manifest.workload;
  const value = new Float64Array(all).fill(Number.NaN);
  const open = new Uint8Array(all);
  const look = { of, since: Number.NEGATIVE_INFINITY, endedOnly };
  for await (const batch of observedRows(run, scheduler, look, ["invocation"])) {
    const { rows, counts, columns } = batch;
    const { invocation, outcome } = columns;
    for (let i = 0; i < rows; i++) {
      if (counts[i] === 0) continue;
      value[invocation[i]!] = batch.value[i]!;
      if (outcome[i] === UNFINISHED) open[invocation[i]!] = 1;
    }
  }
  return { value, open };
}

export async function population(run: RunFolder): Promise<Population> {
  const { rows } = run.manifest.workload;
  const priceClass = new Uint8Array(rows);
  const arrival = new Float64Array(rows);
  await readWorkload(run, "price_class", priceClass);
  await readWorkload(run, "arrival_s", arrival);
  return { priceClass, arrival };
}
