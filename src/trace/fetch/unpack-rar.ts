import { existsSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { type RarTask, unrar } from "./unrar.js";

const LOOK_EVERY_MS = 200;

/**
 * Unpacks one file of a RAR archive in a thread of its own, in little memory. `onBytes` is told how long the file is so
 * far. Throws an Error where it cannot.
 */
export async function unpackRar(task: RarTask, onBytes: (bytes: number) => void): Promise<void> {
  const target = join(task.folder, task.name);
  const look = setInterval(() => onBytes(statSync(target, { throwIfNoEntry: false })?.size ?? 0), LOOK_EVERY_MS);
  try {
    const problem = await inThread(task);
    if (problem !== null) throw new Error(problem);
  } finally {
    clearInterval(look);
  }
}

/** In this thread where the module has not been compiled, as in tests of the sources. */
async function inThread(task: RarTask): Promise<string | null> {
  const module = new URL("./unrar.js", import.meta.url);
  if (!existsSync(fileURLToPath(module))) return unrar(task);
  const worker = new Worker(module, { workerData: { unrar: task } });
  try {
    return await new Promise((resolve, reject) => {
      worker.on("message", resolve).on("error", reject);
      worker.on("exit", () => resolve(`${basename(task.archive)} cannot be unpacked: its thread ended`));
    });
  } finally {
    await worker.terminate();
  }
}
