import { RunHeap } from "../cluster/run-heap.js";
import type { Makers } from "../engine/restore.js";
import { Threefry } from "../random/index.js";

/**
 * What schedulers make as they run, beside plain objects, arrays and the like: `restore` needs it to bring a scheduler
 * that was just created to a captured state. Everything else they construct at once.
 */
export const MADE_LATER: Makers = { RunHeap: () => new RunHeap(), Threefry: () => new Threefry(0, 0) };
