import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Invalid } from "../invalid.js";
import { makeFolders, Output } from "../output.js";
import { TABLE_VERSION } from "../table/index.js";
import { VERSION } from "../version.js";
import type { Cell } from "./grid.js";
import { FolderLock } from "./lock.js";

/** What one run folder of a sweep came to; kept, so that a sweep that goes on need not read the folder again. */
export interface CellRecord {
  /** sha256 of every file but timings.json, by path in the run folder. */
  readonly sha256: Readonly<Record<string, string>>;
  /** Rows of the sweep's summary table; empty where nobody asked for one. */
  readonly rows: readonly DigestRow[];
}

/** A row of a summary of a run: by column, a number (Infinity too), a label, or null. */
export type DigestRow = Readonly<Record<string, number | string | null>>;

/** A temporary name that an Output of some process had. */
const PARTIAL = /\.partial-\d+(-old)?$/;
/** What an attempt that was killed has left of a record. */
const PARTIAL_RECORD = /\.json\..+\.tmp$/;
const EXPECTED = "a new name, or the folder of a sweep to go on with";

/**
 * A sweep's folder: sweep.json (the plan and its cells), summary.arrow, runs/CELL/ as replay writes them, cells/CELL.json
 * (a CellRecord each) and traces/ (what providers' files became). One process at a time has it; those that share the
 * replays of its cells (see attempt) look at it without.
 */
export class SweepFolder {
  readonly path: string;
  /** Whether it was made for this sweep. */
  readonly fresh: boolean;
  private readonly lock: FolderLock | null;

  private constructor(path: string, fresh: boolean, lock: FolderLock | null) {
    this.path = path;
    this.fresh = fresh;
    this.lock = lock;
  }

  /**
   * Opens the folder of a sweep, or makes it, and removes what a process that was killed has left half written. Throws
   * Invalid where it holds something else, is in use, or is of another version and `force` is false.
   */
  static open(path: string, force: boolean): SweepFolder {
    const fresh = SweepFolder.prepare(path, force);
    return new SweepFolder(path, fresh, FolderLock.take(path)).cleaned();
  }

  /** The same, but waits while another process has it, of which `waiting` is told once. */
  static async openShared(path: string, waiting: (holder: string) => void): Promise<SweepFolder> {
    const lock = await FolderLock.wait(path, waiting);
    return new SweepFolder(path, false, lock).cleaned();
  }

  /** One that is there, to read and for attempts at its cells. */
  static at(path: string): SweepFolder {
    return new SweepFolder(path, false, null);
  }

  /** Makes a sweep's folder where there is none, and returns whether there was none. Throws Invalid as open does. */
  static prepare(path: string, force: boolean): boolean {
    const fresh = !existsSync(path);
    if (!fresh) checkIsSweep(path, force);
    makeFolders(path);
    return fresh;
  }

  private cleaned(): SweepFolder {
    for (const within of ["", "runs", "cells", "traces"]) {
      const place = join(this.path, within);
      if (!existsSync(place)) continue;
      for (const name of readdirSync(place)) {
        const partial = PARTIAL.test(name) || (within === "cells" && PARTIAL_RECORD.test(name));
        if (partial) rmSync(join(place, name), { recursive: true, force: true });
      }
    }
    return this;
  }

  /** Where a cell's run folder is, or is to be. */
  run({ name }: Cell): string {
    return join(this.path, "runs", name);
  }

  /** Where a trace folder made from a provider's files is, or is to be. */
  trace(name: string): string {
    return join(this.path, "traces", name);
  }

  /** Whether a cell has been replayed: run folders appear whole. */
  has(cell: Cell): boolean {
    return existsSync(join(this.run(cell), "run.json"));
  }

  /** sha256 of the trace that a cell, which has been replayed, was replayed from. */
  traceSha256(cell: Cell): string {
    return JSON.parse(readFileSync(join(this.run(cell), "run.json"), "utf8")).trace.sha256;
  }

  /** What a cell came to; null where that is not known yet. */
  record(cell: Cell): CellRecord | null {
    try {
      return JSON.parse(readFileSync(this.recordFile(cell), "utf8"), withInfinity);
    } catch {
      return null;
    }
  }

  /** Where a cell's record is, or is to be. */
  recordFile({ name }: Cell): string {
    return join(this.path, "cells", `${name}.json`);
  }

  writeRecord({ name }: Cell, record: CellRecord): void {
    this.write(join("cells", `${name}.json`), recordText(record));
  }

  forgetRecord(cell: Cell): void {
    rmSync(this.recordFile(cell), { force: true });
  }

  /** Those of some cells that have been replayed and recorded: two looks at the disk, however many they are. */
  finished(cells: Iterable<Cell>): Cell[] {
    const [runs, records] = ["runs", "cells"].map((within) => {
      const place = join(this.path, within);
      return new Set(existsSync(place) ? readdirSync(place) : []);
    });
    return [...cells].filter(({ name }) => runs!.has(name) && records!.has(`${name}.json`));
  }

  /** Removes a cell's run and what it came to. */
  forget(cell: Cell): void {
    this.forgetRecord(cell);
    rmSync(this.run(cell), { recursive: true, force: true });
  }

  /** Writes or replaces a file, whole or not at all. */
  write(name: string, text: string): void {
    const output = this.replace(name);
    try {
      writeFileSync(output.path, text);
      output.commit();
    } catch (error) {
      output.abandon();
      throw error;
    }
  }

  /** A file of the folder that is to be written or replaced. */
  replace(name: string): Output {
    return Output.file(join(this.path, name), true);
  }

  /** Lets others have it. */
  close(): void {
    this.lock?.release();
  }

  /** Removes it, where it was made for this sweep and nothing has come of it. */
  abandon(): void {
    this.close();
    if (this.fresh) rmSync(this.path, { recursive: true, force: true });
  }
}

function checkIsSweep(path: string, force: boolean): void {
  let names: string[];
  try {
    names = readdirSync(path);
  } catch {
    throw new Invalid("output", path, "-o, not a folder", EXPECTED);
  }
  if (names.length > 0 && !names.some((name) => name.startsWith("sweep."))) {
    throw new Invalid("output", path, "-o, exists and is no sweep's", EXPECTED);
  }
  if (force || !names.includes("sweep.json")) return;
  let sweep: { replaybook?: unknown; table_version?: unknown };
  try {
    sweep = JSON.parse(readFileSync(join(path, "sweep.json"), "utf8"));
  } catch {
    throw new Invalid("output", path, "-o, its sweep.json is not a sweep's", EXPECTED);
  }
  if (sweep.replaybook === VERSION && sweep.table_version === TABLE_VERSION) return;
  const of = `-o, a sweep of replaybook ${sweep.replaybook} with tables of version ${sweep.table_version}`;
  throw new Invalid("output", path, of, `one of replaybook ${VERSION} and ${TABLE_VERSION}, or --force to replay all`);
}

/** A record as its file has it. */
export function recordText(record: CellRecord): string {
  return `${JSON.stringify(record, infinityAsText)}\n`;
}

function infinityAsText(_key: string, value: unknown): unknown {
  return value === Number.POSITIVE_INFINITY ? "Infinity" : value;
}

function withInfinity(_key: string, value: unknown): unknown {
  return value === "Infinity" ? Number.POSITIVE_INFINITY : value;
}
