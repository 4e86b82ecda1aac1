import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Invalid } from "../invalid.js";
import { makeFolders, Output } from "../output.js";
import { TABLE_VERSION } from "../table/index.js";
import { VERSION } from "../version.js";
import { FolderLock } from "./lock.js";

/** How a data set is made: one that is there is gone on with only where it was made in the same way. */
export interface DatasetLayout {
  /** "parquet", "arrow" or "csv". */
  readonly format: string;
  /** What its tables are split by, in order. */
  readonly partitions: readonly string[];
}

/** dataset.json. */
interface DatasetManifest extends DatasetLayout {
  readonly replaybook: string;
  readonly table_version: string;
  /** False: the export has not ended yet, and the same command goes on with it. */
  readonly whole: boolean;
  /** sha256 of the Arrow files that each file was made of, by its path. */
  readonly files: Readonly<Record<string, string>>;
}

const NAME = "dataset.json";
const PARTIAL = /\.partial-\d+(-old)?$/;
const PART = /(^|[/\\])part-\d{5}\.[a-z]+$/;
const EXPECTED = "a new name, or the data set of a sweep to go on with";
/** What is lost when the process is killed has to be written again: so much at most. */
const SAVE_EVERY_MS = 2_000;

/**
 * The folder of a partitioned data set: dataset.json, and a folder per table, whose files appear when they are whole.
 * One process at a time has it.
 */
export class Dataset {
  readonly path: string;
  private readonly layout: DatasetLayout;
  private readonly fresh: boolean;
  private readonly files: Map<string, string>;
  private readonly lock: FolderLock;
  private saved = Date.now();

  private constructor(path: string, layout: DatasetLayout, files: Map<string, string>, fresh: boolean) {
    this.path = path;
    this.layout = layout;
    this.files = files;
    this.fresh = fresh;
    this.lock = FolderLock.take(path);
  }

  /**
   * Opens a data set, or begins one, and removes what a process that was killed has left half written, or
   * has not noted down. Throws Invalid
   * where the folder holds something else or is in use, or, unless `force` is true, is of another layout or version.
   */
  static open(path: string, layout: DatasetLayout, force: boolean): Dataset {
    const fresh = !existsSync(path) || readdirOf(path).length === 0;
    const files = new Map(fresh ? [] : filesOf(path, layout, force));
    makeFolders(path);
    const dataset = new Dataset(path, layout, files, fresh);
    for (const name of fresh ? [] : readdirSync(path, { recursive: true, encoding: "utf8" })) {
      const unknown = PART.test(name) && !files.has(name.replaceAll("\\", "/"));
      if (unknown || PARTIAL.test(name)) rmSync(join(path, name), { recursive: true, force: true });
    }
    if (force) dataset.keep(() => false);
    return dataset;
  }

  /** Whether it has a file that was made of Arrow files with this sha256. */
  has(file: string, sha256: string): boolean {
    return this.files.get(file) === sha256 && existsSync(join(this.path, file));
  }

  /** Writes or replaces a file, whole or not at all. */
  async write(file: string, sha256: string, make: (path: string) => Promise<void>): Promise<void> {
    const output = Output.file(join(this.path, file), true);
    try {
      await make(output.path);
      output.commit();
    } catch (error) {
      output.abandon();
      throw error;
    }
    this.files.set(file, sha256);
    if (Date.now() - this.saved > SAVE_EVERY_MS) this.save(false);
  }

  /** Removes the files that `wanted` does not name, and the folders that they leave empty. */
  keep(wanted: (file: string) => boolean): void {
    for (const file of [...this.files.keys()].filter((name) => !wanted(name))) {
      rmSync(join(this.path, file), { force: true });
      this.files.delete(file);
      try {
        for (let folder = dirname(file); folder !== "."; folder = dirname(folder)) rmdirSync(join(this.path, folder));
      } catch {
        // Other files are there.
      }
    }
  }

  /** Writes dataset.json. */
  save(whole: boolean): void {
    const manifest: DatasetManifest = {
      ...{ replaybook: VERSION, table_version: TABLE_VERSION, ...this.layout, whole },
      files: Object.fromEntries([...this.files].sort(([a], [b]) => (a < b ? -1 : 1))),
    };
    const output = Output.file(join(this.path, NAME), true);
    writeFileSync(output.path, `${JSON.stringify(manifest, null, 2)}\n`);
    output.commit();
    this.saved = Date.now();
  }

  /** Lets others have it. Where nothing has come of it, and it was begun just now, it is removed. */
  close(): void {
    this.lock.release();
    if (this.fresh && this.files.size === 0) rmSync(this.path, { recursive: true, force: true });
  }
}

function readdirOf(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    throw new Invalid("output", path, "-o, not a folder", EXPECTED);
  }
}

/** The files of the data set that is there. */
function filesOf(path: string, layout: DatasetLayout, force: boolean): [string, string][] {
  if (!existsSync(join(path, NAME))) throw new Invalid("output", path, "-o, exists and is no data set's", EXPECTED);
  let manifest: DatasetManifest;
  try {
    manifest = JSON.parse(readFileSync(join(path, NAME), "utf8"));
    if (typeof manifest.files !== "object") throw new Error("no files");
  } catch {
    throw new Invalid("output", path, `-o, its ${NAME} is not a data set's`, EXPECTED);
  }
  const { format, partitions } = layout;
  const now = `${format} by ${partitions.join(", ")}, of replaybook ${VERSION}`;
  const before = `${manifest.format} by ${manifest.partitions?.join(", ")}, of replaybook ${manifest.replaybook}`;
  if (!force && (now !== before || manifest.table_version !== TABLE_VERSION)) {
    throw new Invalid("output", path, `-o, ${before}`, `one of ${now}, or --force to write all of it anew`);
  }
  return Object.entries(manifest.files);
}
