import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Invalid } from "../invalid.js";

const NAME = "sweep.lock";
const BEAT_MS = 5_000;
/** How often somebody who waits for a lock looks at it. */
const LOOK_MS = 200;
/** Who has not touched its lock for so long is gone, wherever it ran. */
const GONE_MS = 60_000;

/**
 * Keeps two processes out of one sweep folder, on one machine or on several that share it. It is let go at the end of
 * the process; that of one that was killed is taken over, at once on the same machine and after a minute on another.
 */
export class FolderLock {
  private readonly path: string;
  private readonly beat: NodeJS.Timeout;

  private constructor(path: string) {
    this.path = path;
    this.beat = setInterval(() => {
      const now = new Date();
      try {
        utimesSync(path, now, now);
      } catch {
        // Somebody has removed the folder; whatever is written next says so.
      }
    }, BEAT_MS);
    this.beat.unref();
    process.on("exit", this.release);
  }

  /**
   * Throws Invalid, naming the process, where another one has the folder; or, by a `name` of its own, a part of the work
   * in it.
   */
  static take(folder: string, name = NAME): FolderLock {
    const path = join(folder, name);
    const mine: Holder = { pid: process.pid, host: hostname(), since: Date.now() };
    for (;;) {
      try {
        writeFileSync(path, JSON.stringify(mine), { flag: "wx" });
        return new FolderLock(path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
      const holder = holderOf(path);
      if (holder !== null) {
        const where = `-o, which process ${holder.pid} on ${holder.host} is writing to`;
        throw new Invalid("output", folder, where, "another folder, or to wait until it has ended");
      }
      rmSync(path, { force: true });
    }
  }

  /** Waits until nobody has the folder; `waiting` is told once who does. */
  static async wait(folder: string, waiting: (holder: string) => void): Promise<FolderLock> {
    for (let told = false; ; ) {
      try {
        return FolderLock.take(folder);
      } catch (error) {
        const holder = holderOf(join(folder, NAME));
        if (!(error instanceof Invalid)) throw error;
        if (!told && holder !== null) waiting(`process ${holder.pid} on ${holder.host}`);
        told ||= holder !== null;
      }
      await setTimeout(LOOK_MS);
    }
  }

  /** Takes a part of the work; where another process has it, waits until that is seen to live (throws) or to be gone. */
  static async takePart(folder: string, name: string): Promise<FolderLock> {
    const beat = () => statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs;
    for (const first = beat(); ; ) {
      try {
        return FolderLock.take(folder, name);
      } catch (error) {
        if (!(error instanceof Invalid) || beat() !== first) throw error;
      }
      await setTimeout(LOOK_MS);
    }
  }

  readonly release = (): void => {
    clearInterval(this.beat);
    process.off("exit", this.release);
    rmSync(this.path, { force: true });
  };
}

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When it took the lock, ms since 1970. */
  readonly since: number;
}

/** Who has a lock and lives; null where nobody does. */
function holderOf(path: string): Holder | null {
  try {
    const holder: Holder = JSON.parse(readFileSync(path, "utf8"));
    if (Date.now() - statSync(path).mtimeMs > GONE_MS) return null;
    return holder.host === hostname() && !lives(holder) ? null : holder;
  } catch {
    return null;
  }
}

function lives({ pid, since }: Holder): boolean {
  // In a container that was started again this process may have the number of the one that was killed.
  if (pid === process.pid) return since >= Date.now() - process.uptime() * 1000;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
