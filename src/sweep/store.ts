import { randomUUID } from "node:crypto";
import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { Invalid } from "../invalid.js";

const NAME = ".replaybook-store";

/** This process among all that share a folder, in letters that every file system takes. */
export const PROCESS = `${hostname().replace(/[^A-Za-z0-9-]+/g, "-")}-${process.pid}`;

/** A folder that the machines of a sweep share; each may see it under another path. */
export interface Store {
  readonly path: string;
  /** The same on every machine. Names its queue, so that nobody takes jobs whose results would land elsewhere. */
  readonly id: string;
}

/** Opens a shared folder, making it known where it is not yet. Throws Invalid where it is none or cannot be written. */
export function openStore(path: string, where: string): Store {
  const file = join(path, NAME);
  try {
    if (!statSync(path).isDirectory()) throw Object.assign(new Error(), { code: "ENOTDIR" });
    const own = join(path, `${NAME}.${PROCESS}.tmp`);
    writeFileSync(own, randomUUID());
    try {
      name(own, file);
    } finally {
      rmSync(own, { force: true });
    }
  } catch (error) {
    const { code = "cannot be written" } = error as NodeJS.ErrnoException;
    throw new Invalid("store", path, `${where}, ${code}`, "a shared folder that can be written");
  }
  const id = readFileSync(file, "utf8").trim();
  if (/^[0-9a-f-]{36}$/.test(id)) return { path: resolve(path), id };
  throw new Invalid("store", path, `${where}, its ${NAME} is not a store's`, "a shared folder");
}

/** Gives a file its name where none has it, whole from the start; not every file system has links. */
function name(own: string, file: string): void {
  const there = (error: unknown) => (error as NodeJS.ErrnoException).code === "EEXIST";
  try {
    linkSync(own, file);
  } catch (error) {
    if (there(error)) return;
    try {
      writeFileSync(file, readFileSync(own), { flag: "wx" });
    } catch (failed) {
      if (!there(failed)) throw failed;
    }
  }
}

/** A path inside a store, as every machine has it: a/b. Null where it is not inside. */
export function insideStore({ path }: Store, target: string): string | null {
  const within = relative(path, resolve(target));
  return within === "" || within === ".." || within.startsWith(`..${sep}`) || isAbsolute(within)
    ? null
    : within.replaceAll(sep, "/");
}
