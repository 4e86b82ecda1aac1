import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Invalid } from "../invalid.js";
import type { ProgressLine } from "./progress-line.js";

/** The command line, built beside this. */
const MAIN = fileURLToPath(new URL("../cli/main.js", import.meta.url));

/** What a child has said: its output, and its notes, a line each. */
export interface Said {
  readonly stdout: string;
  readonly notes: readonly string[];
}

/** How far a child is, as it tells. */
interface Told {
  readonly stage: string;
  readonly done: number;
  readonly total: number;
  readonly unit: string;
}

/**
 * Runs a command of replaybook as a process of its own, so that the kernel stays free, and shows how far it is. The
 * kernel's interrupt ends it. Throws Invalid as the command does, Failed where the work failed, and Interrupted.
 */
export async function replaybook(args: readonly string[], line: ProgressLine, stdin = ""): Promise<Said> {
  const env = { ...process.env, REPLAYBOOK_PROGRESS: "parent" };
  const child = spawn(process.execPath, [MAIN, ...args], { env, stdio: ["pipe", "pipe", "pipe", "ipc"] });
  const text = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]!.setEncoding("utf8").on("data", (piece: string) => {
      text[name] += piece;
    });
  }
  child.on("message", ({ stage, done, total, unit }: Told) => line.show(stage, done, total, unit));
  child.stdin!.on("error", () => {}); // It may end before it has read all: then it says why.
  child.stdin!.end(stdin);
  // A kernel has a listener of its own, so that this process goes on; without one an interrupt ends both.
  const interrupt = () => child.kill("SIGINT");
  const listened = process.listenerCount("SIGINT") > 0;
  if (listened) process.on("SIGINT", interrupt);
  try {
    const [status, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((ended, failed) => {
      child.on("error", failed).on("close", (...how) => ended(how));
    });
    if (status !== 0) throw wrong(status, signal, text.stderr, args[0]!);
  } catch (error) {
    line.stop();
    throw error;
  } finally {
    process.off("SIGINT", interrupt);
  }
  const notes = linesOf(text.stderr).filter((said) => said.startsWith("note: "));
  return { stdout: text.stdout, notes };
}

/** The work failed, and why; or it was interrupted. One line, which a cell shows without a stack trace. */
export class Failed extends Error {
  constructor(message: string, name = "Failed") {
    super(message);
    this.name = name;
  }
}

const INTERRUPTED = 130;

function wrong(status: number | null, signal: string | null, stderr: string, command: string): Error {
  if (status === INTERRUPTED || signal === "SIGINT") {
    return new Failed(`${command} was interrupted; nothing was left half-written`, "Interrupted");
  }
  const said = linesOf(stderr).flatMap((line) => (line.startsWith("replaybook: ") ? [line.slice(12)] : []));
  const last = said.at(-1);
  if (last === undefined)
    return new Failed(`${command} ended with ${signal ?? status}: ${linesOf(stderr).at(-1) ?? ""}`);
  const [, what, value, where, expected] = /^invalid (.*?): (.*) \((.*?)\); expected (.*)$/.exec(last) ?? [];
  if (status === 2 && expected !== undefined) return new Invalid(what!, value, where!, expected);
  return new Failed(said.map((one) => one.replace(/^failed: /, "")).join("; "));
}

function linesOf(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}
