import { Output } from "../output.js";
import type { Progress } from "../run.js";
import { attempt } from "./attempt.js";
import type { CellTrace } from "./cell-worker.js";
import type { SweepFolder } from "./folder.js";
import type { Cell } from "./grid.js";
import { type Digest, inThisThread, inWorkers } from "./hands.js";

/** A cell that could not be replayed, and why. */
export interface Failure {
  readonly cell: Cell;
  readonly message: string;
}

/** What the cells of a sweep are replayed with. */
export interface LocalOptions {
  /** Whether runs that are there already are replayed again. */
  readonly force: boolean;
  /** The trace of each cell. */
  readonly traceOf: (cell: Cell) => CellTrace;
  readonly digest: Digest | null;
  /** Cells at a time, each in a worker; 0: one after another in this thread. */
  readonly workers: number;
  /** The name of this process's attempts, where others may be at cells of the same folder. Not with `force`. */
  readonly shared?: string;
  /** Is told of runs: done, a part of those that are under way included, and to do. */
  readonly progress: Progress;
}

/** What became of the cells of a sweep. */
export interface CellsDone {
  /** Cells that were replayed now, those that failed included; the others were there already. */
  readonly replayed: number;
  /** In the cells' order. */
  readonly failures: readonly Failure[];
}

/**
 * Replays those cells that a sweep's folder lacks. Each appears there when it is whole, and then its record. One that
 * fails does not stop the others. Worker threads need built code.
 */
export async function replayCells(
  cells: readonly Cell[],
  into: SweepFolder,
  { force, traceOf, digest, workers, progress, shared }: LocalOptions,
): Promise<CellsDone> {
  const toReplay = new Set(cells.filter((cell) => force || !into.has(cell)));
  const todo = cells.filter((cell) => toReplay.has(cell) || into.record(cell) === null);
  if (todo.length === 0) return { replayed: 0, failures: [] };
  const lanes = Math.min(Math.max(1, workers), todo.length);
  const workersEach = workers === 0 ? 0 : Math.max(1, Math.floor(workers / lanes));
  const hands = workers === 0 ? inThisThread(digest) : inWorkers(lanes, digest);
  const parts = new Map<Cell, number>();
  let done = 0;
  const tell = () =>
    progress(
      "sweep",
      [...parts.values()].reduce((sum, part) => sum + part, done),
      todo.length,
    );

  const progressOf =
    (cell: Cell): Progress =>
    (stage, rows, total) => {
      if (stage !== "replay") return;
      parts.set(cell, rows / total);
      tell();
    };
  const replay = async (cell: Cell): Promise<void> => {
    const output = Output.folder(into.run(cell), true);
    try {
      const task = { cell, trace: traceOf(cell), folder: output.path, workers: workersEach };
      await hands.replay(task, progressOf(cell));
      into.forgetRecord(cell);
      output.commit();
    } catch (error) {
      output.abandon();
      throw error;
    }
  };
  const one = async (cell: Cell): Promise<void> => {
    if (shared !== undefined) {
      const how = { workers: workersEach, progress: progressOf(cell) };
      await attempt({ cell, trace: traceOf(cell), into, hands, name: shared, ...how });
      return;
    }
    if (toReplay.has(cell)) await replay(cell);
    into.writeRecord(cell, await hands.record(into.run(cell)));
  };

  const messages = new Map<Cell, string>();
  const left = todo.values();
  const lane = async (): Promise<void> => {
    for (const cell of left) {
      await one(cell).catch((error) => messages.set(cell, error instanceof Error ? error.message : String(error)));
      parts.delete(cell);
      done++;
      tell();
    }
  };
  try {
    await Promise.all(Array.from({ length: lanes }, lane));
  } finally {
    await hands.end();
  }
  const failures = todo.flatMap((cell) => {
    const message = messages.get(cell);
    return message === undefined ? [] : [{ cell, message }];
  });
  return { replayed: toReplay.size, failures };
}
