import { availableParallelism } from "node:os";
import type { Progress } from "../run.js";
import { SweepFolder } from "../sweep/folder.js";
import { type Cell, cellsOf } from "../sweep/grid.js";
import { type Failure, replayCells } from "../sweep/local.js";
import { type SweepManifest, writeRows, writeSweep } from "../sweep/merge.js";
import { type Plan, parsePlan, variedBy } from "../sweep/plan.js";
import { type Column, SUMMARY, SUMMARY_RUN } from "../table/index.js";
import { SUMMARY_DIGEST } from "./sweep-digest.js";
import { SWEEP_OPTIONS } from "./sweep-options.js";
import { checkTraces, readTraces } from "./sweep-traces.js";

/** How a sweep is run; none of it changes a byte of what comes out. */
export interface SweepManner {
  /** Cells at a time, each in a worker; 0: all in this thread. As many as there are cores by default. */
  readonly workers?: number | undefined;
  /** Replays again what is there already. */
  readonly force?: boolean | undefined;
  /** Is told what reading a trace took for granted. */
  readonly note?: ((text: string) => void) | undefined;
  /** What errors in the plan call it; "plan" by default. */
  readonly where?: string | undefined;
}

/** What a sweep came to. */
export interface SweepResult {
  /** sweep.json. */
  readonly manifest: SweepManifest;
  /** Runs that were replayed now, failures included; the others were there already. */
  readonly replayed: number;
  readonly failures: readonly Failure[];
  /** Rows of summary.arrow. */
  readonly rows: number;
}

/** The cells of a plan: one per run folder. Throws Invalid, naming the combination, for what replay would refuse. */
export function sweepCells(plan: unknown, where = "plan"): Cell[] {
  return cellsOf(parsePlan(plan, ["trace", ...SWEEP_OPTIONS.names], where), SWEEP_OPTIONS, where);
}

/**
 * Replays every cell of a plan (what PLAN.json has) that `folder` lacks, and writes there sweep.json, summary.arrow and
 * runs/CELL/, each byte of which but timings.json is what `replaybook replay` with the cell's options writes. A cell
 * that fails does not stop the others. Throws Invalid for a bad plan or trace, or a folder that is no sweep's.
 */
export async function sweep(
  plan: Plan,
  folder: string,
  progress: Progress = () => {},
  { workers = availableParallelism(), force = false, note = () => {}, where = "plan" }: SweepManner = {},
): Promise<SweepResult> {
  const cells = sweepCells(plan, where);
  const varied = variedBy(plan);
  const into = SweepFolder.open(folder, force);
  try {
    writeSweep(into, plan, varied, cells, () => undefined);
    const traceOf = await readTraces(cells, into, progress, note).catch((error) => {
      into.abandon();
      throw error;
    });
    if (!force) checkTraces(cells, into, traceOf);
    const done = await replayCells(cells, into, { force, traceOf, digest: SUMMARY_DIGEST, workers, progress });
    const rows = await writeSummary(into, varied, cells);
    return { manifest: writeSweep(into, plan, varied, cells, traceOf), ...done, rows };
  } finally {
    into.close();
  }
}

/** summary.arrow: what the records say of the cells that have been replayed. Returns its rows. */
async function writeSummary(into: SweepFolder, varied: readonly string[], cells: readonly Cell[]): Promise<number> {
  const columns = variedColumns(varied, cells);
  const there = cells.filter((cell) => into.has(cell));
  const rows = there.flatMap((cell) => {
    const own = columns.map(({ option, column: { name, type } }) => [
      name,
      type === "dictionary" ? cell.texts[option] : SWEEP_OPTIONS.valueIn(option, cell),
    ]);
    const run = { run: cell.name, trace: cell.trace.path, ...Object.fromEntries(own) };
    return (into.record(cell)?.rows ?? []).map((row) => ({ ...run, ...row }));
  });
  await writeRows(into, "summary", [...SUMMARY_RUN, ...columns.map(({ column }) => column), ...SUMMARY], rows);
  return rows.length;
}

/** The columns of the options that a plan varies and the summary does not have anyway; labels where one is no number. */
function variedColumns(varied: readonly string[], cells: readonly Cell[]): { option: string; column: Column }[] {
  const there = [...SUMMARY_RUN, ...SUMMARY].map(({ name }) => name);
  return varied
    .filter((option) => !there.includes(option))
    .map((option) => {
      const column = SWEEP_OPTIONS.column(option);
      const numbers = cells.every((cell) => typeof SWEEP_OPTIONS.valueIn(option, cell) === "number");
      if (numbers) return { option, column };
      const name = option.replaceAll("-", "_");
      return { option, column: { ...column, name, unit: "", type: "dictionary" } };
    });
}
