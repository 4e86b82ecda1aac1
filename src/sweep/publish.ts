import { cpSync, existsSync } from "node:fs";
import { basename, join } from "node:path";
import { Output } from "../output.js";
import type { CellTrace } from "./cell-worker.js";
import type { SweepFolder } from "./folder.js";
import { insideStore, type Store } from "./store.js";
import { fileName } from "./trace-setting.js";

/** A trace where every worker finds it: as it is where it lies in the store, else a copy in the sweep's folder. */
export function published(trace: CellTrace, into: SweepFolder, store: Store): CellTrace {
  if (insideStore(store, trace.folder) !== null) return trace;
  const folder = into.trace(`${fileName(basename(trace.folder))}_${trace.sha256.slice(0, 10)}`);
  if (!existsSync(folder)) {
    const output = Output.folder(folder, true);
    try {
      cpSync(trace.folder, output.path, { recursive: true, dereference: true });
      output.commit();
    } catch (error) {
      output.abandon();
      throw error;
    }
  }
  const rejects = join(folder, "rejects.csv");
  return { ...trace, folder, rejects: trace.rejects === null ? null : rejects };
}
