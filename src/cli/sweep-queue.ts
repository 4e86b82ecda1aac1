import { dirname, resolve } from "node:path";
import { Invalid } from "../invalid.js";
import { makeFolders } from "../output.js";
import type { CellTrace } from "../sweep/cell-worker.js";
import type { SweepFolder } from "../sweep/folder.js";
import type { Cell } from "../sweep/grid.js";
import { planSha256 } from "../sweep/jobs.js";
import type { CellsDone } from "../sweep/local.js";
import type { Plan } from "../sweep/plan.js";
import { published } from "../sweep/publish.js";
import { checkQueue, openQueue } from "../sweep/queue.js";
import type { QueueAddress } from "../sweep/queue-address.js";
import { insideStore, openStore, type Store } from "../sweep/store.js";
import { cancelQueued, replayQueued, type Submission } from "../sweep/submit.js";

/** A queue, and the folder that its workers share. */
export interface QueueManner {
  readonly address: QueueAddress;
  /** Where the sweep's folder is, or is in; by default the folder that it is in. */
  readonly store?: string | undefined;
}

/** Replays the cells of a plan that a sweep's folder lacks. */
export type Submit = (
  plan: Plan,
  cells: readonly Cell[],
  into: SweepFolder,
  how: Pick<Submission, "force" | "traceOf" | "progress" | "note">,
) => Promise<CellsDone>;

/** Checks a queue and the store of a sweep's folder; returns how to leave replays to its workers. Throws Invalid. */
export async function submitter(folder: string, { address, store: given }: QueueManner): Promise<Submit> {
  await checkQueue(address);
  if (given === undefined) makeFolders(dirname(resolve(folder)), "-o", folder);
  const { store, sweep } = storeOf(folder, given);
  return async (plan, cells, into, how) => {
    const traces = new Map<string, CellTrace>();
    for (const cell of cells) {
      const trace = how.traceOf(cell);
      if (!traces.has(trace.folder)) traces.set(trace.folder, published(trace, into, store));
    }
    const traceOf = (cell: Cell) => traces.get(how.traceOf(cell).folder)!;
    const queue = openQueue(address, store, how.note);
    try {
      return await replayQueued(cells, into, { ...how, traceOf, queue, store, sweep, plan: planSha256(plan) });
    } finally {
      await queue.close();
    }
  };
}

/** Has workers stop the replays of a sweep and forget those that wait. Returns how many there were. */
export async function cancel(folder: string, { address, store: given }: QueueManner): Promise<number> {
  await checkQueue(address);
  const { store, sweep } = storeOf(folder, given);
  const queue = openQueue(address, store, () => {});
  try {
    return await cancelQueued(queue, sweep);
  } finally {
    await queue.close();
  }
}

function storeOf(folder: string, given: string | undefined): { store: Store; sweep: string } {
  const store = openStore(given ?? dirname(resolve(folder)), "--store");
  const sweep = insideStore(store, folder);
  if (sweep === null) throw new Invalid("output", folder, "-o, not in --store", `a folder in ${store.path}`);
  return { store, sweep };
}
