import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { Invalid } from "./invalid.js";

const unfinished = new Set<Output>();
let watching = false;

/**
 * A file or folder that appears under its final name only when it is whole. Until `commit` it is written beside its
 * place under a temporary name; `abandon`, an interrupt or the end of the process removes what was written.
 */
export class Output {
  /** Where it will appear. */
  readonly target: string;
  /** Where to write until then. A folder exists already; a file is the writer's to create. */
  readonly path: string;
  /** The outermost of the folders that were made to hold it. */
  private readonly made: string | undefined;
  /** Whether an interrupt is to leave it as it is, for another process to go on with. */
  keepsUnfinished: () => boolean = () => false;

  private constructor(target: string, path: string, made: string | undefined) {
    this.target = target;
    this.path = path;
    this.made = made;
  }

  /**
   * Throws Invalid where `target` exists and `force` is false, where it is the current folder or one around it, and where
   * nothing can be made. `where` names the option that gave it.
   */
  static folder(target: string, force: boolean, where = "-o"): Output {
    const output = Output.file(target, force, where);
    output.make(where);
    return output;
  }

  /** The same; goes on with a folder that a process which is no more has left unfinished, where `usable` says so. */
  static folderGoneOnWith(target: string, force: boolean, usable: (path: string) => boolean): Output {
    refuse(target, force, "-o");
    const left = leftUnfinished(resolve(target)).find(usable);
    const aside = left === undefined ? null : takeAside(left);
    const output = Output.file(target, force);
    if (aside === null) output.make("-o");
    else renameSync(aside, output.path);
    return output;
  }

  /** The same for a single file. */
  static file(target: string, force: boolean, where = "-o"): Output {
    refuse(target, force, where);
    const absolute = resolve(target);
    const made = makeFolders(dirname(absolute), where, target);
    const output = new Output(absolute, `${absolute}.partial-${process.pid}`, made);
    try {
      rmSync(output.path, { recursive: true, force: true });
    } catch (error) {
      output.removeMade();
      throw notPlaced(target, where, error);
    }
    unfinished.add(output);
    if (!watching) {
      watching = true;
      process.on("exit", removeUnfinished);
      for (const [signal, code] of [
        ["SIGINT", 130],
        ["SIGTERM", 143],
        ["SIGHUP", 129],
      ] as const) {
        process.on(signal, () => process.exit(code));
      }
    }
    return output;
  }

  private make(where: string): void {
    try {
      mkdirSync(this.path);
    } catch (error) {
      this.abandon();
      throw notPlaced(this.target, where, error);
    }
  }

  /** Gives it its final name, replacing what is there (only with `force` can something be). */
  commit(): void {
    if (existsSync(this.target)) {
      const old = `${this.path}-old`;
      renameSync(this.target, old);
      renameSync(this.path, this.target);
      rmSync(old, { recursive: true, force: true });
    } else renameSync(this.path, this.target);
    unfinished.delete(this);
  }

  /** Removes what was written, and the folders that were made for it where they are empty. */
  abandon(): void {
    removeWhole(this.path);
    unfinished.delete(this);
    this.removeMade();
  }

  private removeMade(): void {
    const { made } = this;
    if (made === undefined) return;
    const folders: string[] = [];
    for (let folder = dirname(this.target); folder.startsWith(made); folder = dirname(folder)) folders.push(folder);
    removeEmpty(folders);
  }
}

/** Throws Invalid where a target is not to be written. */
function refuse(target: string, force: boolean, where: string): void {
  const absolute = resolve(target);
  if (existsSync(absolute) && !force) {
    throw new Invalid("output", target, `${where}, exists`, "a new name, or --force to replace it");
  }
  if (relative(absolute, process.cwd()).split(sep)[0] !== "..") {
    throw new Invalid("output", target, `${where}, which holds the current folder`, "another name");
  }
}

/** What the system says where a place is not one to write in. */
const NO_PLACE = ["ENOENT", "ENOTDIR", "EEXIST", "EACCES", "EPERM", "EROFS", "ENAMETOOLONG", "ELOOP"];

/** What to throw where a target could not be placed: an Invalid, or what it was. */
function notPlaced(target: string, where: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  return NO_PLACE.includes(code ?? "")
    ? new Invalid("output", target, `${where}, ${code}`, "a place that can be written")
    : error;
}

/** Removes what is at a path. Threads that are being ended may still make a file in a folder that is being emptied. */
function removeWhole(path: string): void {
  for (let left = 50; ; left--) {
    try {
      rmSync(path, { recursive: true, force: true });
      return;
    } catch (error) {
      if (left === 0) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

function removeUnfinished(): void {
  for (const output of unfinished) {
    if (!output.keepsUnfinished()) output.abandon();
    else process.stderr.write("interrupted; the same command goes on from the last checkpoint\n");
  }
}

/** Folders beside a target that processes which are no more were writing it in. */
function leftUnfinished(target: string): string[] {
  const around = dirname(target);
  const begin = `${basename(target)}.partial-`;
  const names = namesIn(around).filter((name) => name.startsWith(begin) && /^\d+$/.test(name.slice(begin.length)));
  return names.filter((name) => isOver(Number(name.slice(begin.length)))).map((name) => join(around, name));
}

/** What is in a folder; nothing where it cannot be read. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Whether there is no other process of this number. */
function isOver(pid: number): boolean {
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

/** Gives a folder a name that nobody else looks for; null where somebody was quicker. */
function takeAside(path: string): string | null {
  const aside = `${path}-taken-by-${process.pid}`;
  try {
    renameSync(path, aside);
    return aside;
  } catch {
    return null;
  }
}

/** Removes folders, the innermost first, up to the first in which somebody has put something. */
function removeEmpty(folders: readonly string[]): void {
  try {
    for (const folder of folders) rmdirSync(folder);
  } catch {
    // What is there is theirs.
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/**
 * Makes a folder and those around it that are missing, all or none, for a target that `where` names. Returns the outermost that
 * it made. Throws Invalid where that is no place to write in. Node's own never ends where the system says of a folder in one
 * that exists that there is no such place, as below /proc.
 */
export function makeFolders(path: string, where = "-o", target = path): string | undefined {
  const missing: string[] = [];
  let there = resolve(path);
  for (; !existsSync(there) && there !== dirname(there); there = dirname(there)) missing.push(there);
  const made: string[] = [];
  try {
    if (!isFolder(there)) throw Object.assign(new Error(), { code: "ENOTDIR" });
    for (const folder of missing.reverse()) if (makeFolder(folder)) made.push(folder);
  } catch (error) {
    removeEmpty(made.reverse());
    throw notPlaced(target, where, error);
  }
  return made[0];
}

/** Returns whether it made it; false where somebody was quicker. */
function makeFolder(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if (isFolder(path)) return false;
    throw error;
  }
}
