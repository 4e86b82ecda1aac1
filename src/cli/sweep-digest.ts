import { summarise } from "../analysis/latency.js";
import { openRun } from "../analysis/run-folder.js";
import { summaryRows } from "../analysis/summary.js";
import type { DigestRow } from "../sweep/folder.js";
import type { Digest } from "../sweep/hands.js";
import { SUMMARY } from "../table/index.js";

/** The columns SUMMARY of one run: a row per scheduler and class. A worker calls it by its name. */
export async function summaryOf(folder: string): Promise<DigestRow[]> {
  const summary = await summarise(openRun(folder));
  const { machines, offered_load } = summary;
  const utilisation = new Map(summary.schedulers.map((of) => [of.scheduler, of.utilisation?.mean ?? null]));
  return summaryRows(summary).map((row) => {
    const of = { machines, offered_load: offered_load.realised, utilisation: utilisation.get(row.scheduler)! };
    const all = { ...of, ...row } as unknown as DigestRow;
    return Object.fromEntries(SUMMARY.map(({ name }) => [name, all[name]!]));
  });
}

/** How a sweep's runs become rows of summary.arrow. */
export const SUMMARY_DIGEST: Digest = { make: summaryOf, module: import.meta.url };
