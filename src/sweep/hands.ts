import { fileURLToPath } from "node:url";
import { MessageChannel } from "node:worker_threads";
import { Tinypool } from "tinypool";
import type { Progress } from "../run.js";
import { type CellTask, type RecordTask, recordOf, replayCell } from "./cell-worker.js";
import type { CellRecord, DigestRow } from "./folder.js";

/** Makes rows of the sweep's summary table from a run folder. */
export interface Digest {
  /** An export of `module` under its own name, so that a worker finds it. */
  readonly make: (folder: string) => Promise<readonly DigestRow[]>;
  /** Address of the module. */
  readonly module: string;
}

/** Who replays a sweep's cells and looks at what was made. None of it changes a byte. */
export interface Hands {
  /** Fills a cell's run folder; a signal ends it at once, where this is not the thread that it would end. */
  replay(task: CellTask, progress: Progress, signal?: AbortSignal): Promise<void>;
  /** Sums up a run folder. */
  record(folder: string): Promise<CellRecord>;
  end(): Promise<void>;
}

/** All in this thread, which tells of no progress within a cell. */
export function inThisThread(digest: Digest | null): Hands {
  return {
    replay: (task) => replayCell(task),
    record: (folder) => recordOf(folder, digest?.make ?? null),
    end: async () => {},
  };
}

/** Workers that draw workloads and look at what was made, and start others for the replays of long ones, as run does. */
export function inWorkers(threads: number, digest: Digest | null): Hands {
  const filename = fileURLToPath(new URL("./cell-worker.js", import.meta.url));
  const pool = new Tinypool({ filename, minThreads: threads, maxThreads: threads, isolateWorkers: false });
  const named = digest === null ? null : { module: digest.module, name: digest.make.name };
  return {
    async replay(task, progress, signal) {
      const { port1, port2 } = new MessageChannel();
      port1.on("message", (told: Parameters<Progress>) => progress(...told));
      try {
        const how = { name: "replayCell", transferList: [port2], ...(signal === undefined ? {} : { signal }) };
        await pool.run({ ...task, port: port2 }, how);
      } finally {
        port1.close();
      }
    },
    record: (folder) => pool.run({ folder, digest: named } satisfies RecordTask, { name: "recordCell" }),
    end: () => pool.destroy(),
  };
}
