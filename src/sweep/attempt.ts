import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Progress } from "../run.js";
import type { CellTrace } from "./cell-worker.js";
import { recordText, type SweepFolder } from "./folder.js";
import { type Cell, hashOf } from "./grid.js";
import type { Hands } from "./hands.js";

/** One go at a cell by one of several processes that share a sweep's folder. */
export interface Attempt {
  readonly cell: Cell;
  readonly trace: CellTrace;
  readonly into: SweepFolder;
  readonly hands: Hands;
  /** Tells it from every other attempt at the cell: job, count and process. */
  readonly name: string;
  /** Threads for its schedulers. */
  readonly workers: number;
  readonly progress: Progress;
  /** Gives it up, at once. */
  readonly signal?: AbortSignal;
}

/**
 * Replays a cell that a sweep's folder lacks, and records it. Whoever is first gives it its name; what another makes of
 * it meanwhile, the same bytes, is dropped. What is left of attempts that were killed goes too. Returns whether it was
 * replayed now.
 */
export async function attempt({ cell, trace, into, hands, name, ...how }: Attempt): Promise<boolean> {
  const runs = join(into.path, "runs");
  const mine = ownNames(cell);
  const temporary = join(runs, `${mine}${name}.tmp`);
  const toReplay = !into.has(cell);
  try {
    if (toReplay) {
      clear(temporary);
      mkdirSync(temporary, { recursive: true });
      const { workers, progress, signal } = how;
      await hands.replay({ cell, trace, folder: temporary, workers }, progress, signal);
      settle(temporary, into.run(cell));
    }
    if (into.record(cell) === null) {
      const text = recordText(await hands.record(into.run(cell)));
      const file = into.recordFile(cell);
      mkdirSync(join(into.path, "cells"), { recursive: true });
      writeFileSync(`${file}.${name}.tmp`, text);
      renameSync(`${file}.${name}.tmp`, file);
    }
  } finally {
    clear(temporary);
  }
  clearAttempts(into, [cell]);
  return toReplay;
}

/** Removes what attempts at cells that are finished have left, killed ones and those that came second. */
export function clearAttempts(into: SweepFolder, cells: readonly Cell[]): void {
  const runs = join(into.path, "runs");
  const left = existsSync(runs) ? readdirSync(runs).filter((name) => name.startsWith(PREFIX)) : [];
  if (left.length === 0) return;
  const theirs = into.finished(cells).map(ownNames);
  for (const name of left) if (theirs.some((own) => name.startsWith(own))) clear(join(runs, name));
}

/** Temporary names of attempts begin with it. */
const PREFIX = ".cell-";

function ownNames({ name }: Cell): string {
  return `${PREFIX}${hashOf(name)}.`;
}

/** Gives a run folder its name, unless another attempt has done so: a folder with files in it is not replaced. */
function settle(temporary: string, run: string): void {
  try {
    renameSync(temporary, run);
  } catch (error) {
    if (!existsSync(join(run, "run.json"))) throw error;
  }
}

function clear(folder: string): void {
  // Threads that are being ended may still make a file in a folder that is being emptied.
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
}
