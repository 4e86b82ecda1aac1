import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** The built command line; `npm test` builds before it tests. */
export const MAIN = join(import.meta.dirname, "../../dist/cli/main.js");

/** What a child process came to. `status` is null where a signal ended it. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the built command line as a process of its own. */
export function start(args: readonly string[], cwd: string, node = process.execPath): ChildProcess {
  if (!existsSync(MAIN)) throw new Error("not built: npm run build");
  return spawn(node, [MAIN, ...args], { cwd, stdio: ["ignore", "pipe", "pipe"] });
}

/** Waits for a process, and gathers what it prints. */
export async function ended(child: ChildProcess): Promise<Ended> {
  const text = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]!.setEncoding("utf8").on("data", (piece: string) => {
      text[name] += piece;
    });
  }
  const status = await new Promise<number | null>((done, failed) => {
    child.on("error", failed).on("close", done);
  });
  return { status, ...text };
}

/** Runs the built command line in `cwd` and waits for it. */
export function replaybook(args: readonly string[], cwd: string, node = process.execPath): Promise<Ended> {
  return ended(start(args, cwd, node));
}

/** Runs it, and throws what it says where it does not end well. Gives stdout. */
export async function done(args: readonly string[], cwd: string, node = process.execPath): Promise<string> {
  const { status, stdout, stderr } = await replaybook(args, cwd, node);
  if (status !== 0) throw new Error(`${status}: ${stderr}`);
  return stdout;
}

/** sha256 of every file under a run folder but timings.json, by path, in order of path. */
export function checksums(folder: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  const files = paths.filter((path) => path !== "timings.json" && statSync(join(folder, path)).isFile());
  const sha256 = (path: string) =>
    createHash("sha256")
      .update(readFileSync(join(folder, path)))
      .digest("hex");
  return Object.fromEntries(files.map((path) => [path, sha256(path)]));
}
