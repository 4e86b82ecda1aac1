import { GROWTH, MEMORY, SINCE } from "./memory-records.js";
import { type MemoryLimits, TOLERANCE } from "./memory-settlement.js";
import type { MemorySums } from "./memory-sums.js";
import { AT_DOOR, READ, type SwapTransfers, WRITE } from "./swap-transfers.js";
import type { TimedPlaces } from "./timed-machines.js";
import type { WaitingQueues } from "./waiting-queues.js";

/** What a machine turned out to hold, MiB. */
export interface TransfersRecounted {
  /** In RAM, what is being written included and what is being read not. */
  readonly resident: number;
  /** In swap, what is being read included and what is being written not. */
  readonly swapped: number;
  /** In RAM, being read or to be, or at the door. */
  readonly committed: number;
}

/** How far a sum may be from its parts, as a share of the RAM. */
const ROUNDING = 1e-9;

/**
 * Counts machine m again from its invocations, as of the last event, and throws an Error where what it keeps is not what
 * it should be, memory is exceeded, a core idles while one that is ready waits, or the channel while there is something
 * to move.
 */
export function recountTransfers(
  places: TimedPlaces & { readonly transfers: SwapTransfers },
  m: number,
  limits: MemoryLimits,
): TransfersRecounted {
  const { live, running, waiting, starting, swapped, transfers, load } = places;
  const { data } = live;
  const fail = (what: string) => {
    throw new Error(`machine ${m}: ${what}`);
  };
  const near = (kept: MemorySums, ids: readonly number[], what: string) => {
    const counted = sum(ids);
    const said = kept.total[m]! + kept.error[m]!;
    if (Math.abs(said - counted) > TOLERANCE + ROUNDING * counted) fail(`${what} ${counted} MiB, not ${said}`);
  };
  const sum = (ids: readonly number[]) => ids.reduce((total, id) => total + data[id + MEMORY]!, 0);
  const queued = (queues: WaitingQueues) => {
    const ids: number[] = [];
    for (let id = queues.count[m]! > 0 ? queues.last(m) : -1; id >= 0; id = queues.before(m, id)) ids.unshift(id);
    if (ids.length !== queues.count[m]) fail(`${ids.length} are in a queue, not ${queues.count[m]}`);
    return ids;
  };
  const listed = (list: { first(m: number): number; after(id: number): number }) => {
    const ids: number[] = [];
    for (let id = list.first(m); id >= 0; id = list.after(id)) ids.push(id);
    return ids;
  };

  const runs = Array.from(running.ids.subarray(m * running.cores, m * running.cores + running.count[m]!));
  const [waits, starts, door, reading] = [waiting, starting.resident, transfers.door, transfers.reading].map(queued);
  const [writes, reads, start] = [transfers.writes, transfers.reads, starting].map(listed);
  const here = new Set([...starts!, ...writes!, ...door!]);
  const parked = start!.filter((id) => !here.has(id));
  const all = [...runs, ...waits!, ...starts!, ...door!, ...writes!, ...reads!, ...parked, ...swapped.list(m)];
  if (new Set(all).size !== all.length) fail("one is in two places");
  if (all.length !== load[m]) fail(`the load is ${all.length}, not ${load[m]}`);
  if (waits!.length > 0 && runs.length < running.cores) fail("a core idles while one waits");
  if ([...reads!].sort().join() !== [...reading!].sort().join()) fail("what is to be read differs");
  for (const [ids, kind] of [[door!, AT_DOOR] as const, [writes!, WRITE] as const, [reads!, READ] as const]) {
    if (ids.some((id) => transfers.kind(id) !== kind)) fail(`one is not of kind ${kind}`);
  }
  const current = transfers.current[m]!;
  if (current < 0 && writes!.length + reads!.length > 0) fail("the channel idles");
  if (current >= 0 && current !== writes![0] && current !== reads![0]) fail("something else is moved");

  near(transfers.writing, writes!, "what is to be written holds");
  near(swapped.memory, [...swapped.list(m), ...parked, ...writes!, ...reads!], "what is spoken for of swap is");
  const now = live.now[0]!;
  const onCores = runs.reduce(
    (mib, id) => mib + data[id + MEMORY]! + data[id + GROWTH]! * (now - data[id + SINCE]!),
    0,
  );
  const present = onCores + sum(waits!) + sum(starts!);
  const resident = present + sum(writes!);
  const committed = present + sum(door!) + sum(reads!);
  const inSwap = sum(swapped.list(m)) + sum(parked) + sum(reads!);
  const ram = limits.ram + TOLERANCE + ROUNDING * limits.ram;
  if (resident + transfers.incoming(m) > ram) fail(`${resident} MiB are resident of ${limits.ram}`);
  if (committed > ram) fail(`${committed} MiB are let stay of ${limits.ram}`);
  if (inSwap + sum(writes!) > limits.swap + TOLERANCE) fail(`${inSwap} MiB are in swap of ${limits.swap}`);
  return { resident, swapped: inSwap, committed };
}
