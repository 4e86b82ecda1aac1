import { createHash } from "node:crypto";
import { join, resolve } from "node:path";
import { Invalid } from "../invalid.js";
import { TABLE_VERSION } from "../table/index.js";
import { VERSION } from "../version.js";
import type { CellTrace } from "./cell-worker.js";
import { type Cell, hashOf, type OptionReader, sameCell, type Texts } from "./grid.js";
import type { Plan } from "./plan.js";
import { insideStore, type Store } from "./store.js";
import type { TraceSetting } from "./trace-setting.js";

/** A cell on its way through a queue: what a worker needs beside the store, and nothing that it can find there. */
export interface CellJob {
  readonly replaybook: string;
  readonly table_version: string;
  /** sha256 of the plan. */
  readonly plan: string;
  /** The sweep's folder, in the store. */
  readonly sweep: string;
  readonly run: string;
  /** The trace as the plan names it, and every option as its flag has it. */
  readonly trace: TraceSetting;
  readonly options: Texts;
  /** The trace to replay: paths in the store, and what the plan names on the machine where it was submitted. */
  readonly from: CellTrace;
}

/** What a job tells of itself: the part that is done, or why a worker has put it back. */
export type JobProgress = number | { readonly refused: string };

/** One id per run folder, so that a cell is in a queue once however often it is submitted. */
export function jobId(sweep: string, run: string): string {
  return `${hashOf(sweep)}-${hashOf(run)}`;
}

/** The sha256 of a plan. */
export function planSha256(plan: Plan): string {
  return createHash("sha256").update(JSON.stringify(plan)).digest("hex");
}

/** A cell as a job. Its trace is in the store: see inStore. */
export function jobOf(cell: Cell, from: CellTrace, sweep: string, plan: string, store: Store): CellJob {
  const [folder, rejects] = [from.folder, from.rejects].map((path) => path && insideStore(store, path));
  return {
    ...{ replaybook: VERSION, table_version: TABLE_VERSION, plan, sweep, run: cell.name },
    ...{ trace: cell.trace, options: cell.texts, from: { ...from, folder: folder!, rejects: rejects ?? null } },
  };
}

/** Why a worker of this version must not do a job; null: it may. */
export function refusalOf({ replaybook, table_version, sweep }: CellJob): Invalid | null {
  if (replaybook === VERSION && table_version === TABLE_VERSION) return null;
  const plan = `${replaybook} with tables of version ${table_version}`;
  const mine = `${VERSION} and ${TABLE_VERSION}, this worker's`;
  return new Invalid("version", plan, `of the plan of ${sweep}`, mine);
}

/** What a worker makes of a job: the sweep's folder, and the cell with its trace as this machine sees them. Throws Invalid. */
export function understood(job: CellJob, store: Store, reader: OptionReader) {
  const at = (path: string): string => {
    const absolute = resolve(store.path, path);
    if (insideStore(store, absolute) === null) throw new Invalid("job", path, job.sweep, "a path inside the store");
    return absolute;
  };
  const folder = at(job.sweep);
  const cell: Cell = { name: job.run, trace: job.trace, ...reader.resolve(job.options) };
  if (!sameCell(cell, job.run)) throw new Invalid("job", job.run, job.sweep, "the name that its options make");
  const { from } = job;
  const rejects = from.rejects === null ? null : at(from.rejects);
  return { folder, cell, trace: { ...from, folder: at(from.folder), rejects }, manifest: join(folder, "sweep.json") };
}
