import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import type { ReplayState } from "./replay.js";
import type { SavedStream } from "./workload-file.js";

/** Where a streamed run is, in a run folder that is not whole yet: see Checkpoints. */
const FOLDER = "checkpoint";
const IDENTITY = "identity.json";

/** What holds a checkpoint together, written last. Plain JSON. */
export interface SavedRun {
  readonly number: number;
  readonly stream: SavedStream;
}

/**
 * Checkpoints of a streamed run: every so often the state of the workload's stream, and of each replay after the same
 * batch of it. The last one whose parts are all written is the one to go on from; older ones are removed.
 */
export class Checkpoints {
  /** The checkpoint that the run goes on from; null: from its start. */
  readonly resumed: SavedRun | null;
  private readonly folder: string;
  private readonly every: number;
  private readonly identity: string;
  private last = performance.now();
  private number: number;
  private pending: SavedRun | null = null;
  private missing = 0;

  /**
   * In a run folder, every so many seconds of the clock on the wall; Infinity: never. `identity` is what must be the same
   * for another run to go on from them.
   */
  constructor(runFolder: string, every: number, identity: string) {
    this.folder = join(runFolder, FOLDER);
    this.every = every;
    this.identity = identity;
    this.resumed = savedRun(runFolder);
    this.number = this.resumed?.number ?? 0;
  }

  /** Number of the checkpoint that is to be written after the batch that came last; 0: none yet. `save` says where the stream is. */
  async due(replays: number, save: () => Promise<SavedStream>): Promise<number> {
    if (this.pending !== null || performance.now() - this.last < this.every * 1000) return 0;
    this.number++;
    mkdirSync(join(this.folder, String(this.number)), { recursive: true });
    if (this.resumed === null && this.number === 1) writeWhole(join(this.folder, IDENTITY), this.identity);
    this.pending = { number: this.number, stream: await save() };
    this.missing = replays;
    return this.number;
  }

  /** A replay has written its part of the checkpoint. */
  written(): void {
    if (--this.missing > 0 || this.pending === null) return;
    const { number } = this.pending;
    writeWhole(join(this.folder, "run.json"), JSON.stringify(this.pending));
    this.pending = null;
    this.last = performance.now();
    void removeOthers(this.folder, number).catch(() => {});
  }

  /** The run is over: none is needed any more. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
  }
}

/** Whether a run folder that is not whole has a checkpoint of the run with this identity. */
export function hasCheckpoint(runFolder: string, identity: string): boolean {
  return savedRun(runFolder) !== null && readFileSync(join(runFolder, FOLDER, IDENTITY), "utf8") === identity;
}

/** The checkpoint in a run folder that is not whole; null: there is none. */
export function savedRun(runFolder: string): SavedRun | null {
  const path = join(runFolder, FOLDER, "run.json");
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as SavedRun) : null;
}

/** Writes a replay's part of a checkpoint. */
export function writeState(runFolder: string, number: number, scheduler: string, state: ReplayState): void {
  writeFileSync(stateFile(runFolder, number, scheduler), serialize(state));
}

/** The same, read. */
export function readState(runFolder: string, number: number, scheduler: string): ReplayState {
  return deserialize(readFileSync(stateFile(runFolder, number, scheduler))) as ReplayState;
}

/** Writes a file that a process which is killed meanwhile leaves as it was. */
function writeWhole(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

function stateFile(runFolder: string, number: number, scheduler: string): string {
  return join(runFolder, FOLDER, String(number), `${scheduler}.bin`);
}

async function removeOthers(folder: string, number: number): Promise<void> {
  for (const entry of await readdir(folder)) {
    if (/^\d+$/.test(entry) && Number(entry) < number) await rm(join(folder, entry), { recursive: true, force: true });
  }
}
