import { WinnerTree } from "../../engine/winner-tree.js";
import { CLASS, type InvocationTable, NEXT, QUEUED } from "./invocation-table.js";

/** What a shard does to place an invocation, each step when its time is over. */
export interface Placer {
  /** Looks at the shard's idle list, and places there if it can; false: it has to poll. */
  placeFromList(shard: number, slot: number): boolean;
  /** Places by the answers to polls. */
  placeByPolls(shard: number, slot: number): void;
}

const LOOKUP = 0;
const POLL = 1;

/**
 * The shards at work: each keeps a queue per price class, first come first served, and makes one placement at a time.
 * The next is the head with the largest price x time in queue, of equal ones that of the higher class. A placement takes
 * a look-up, where there are idle lists, and then, if that finds no machine, a round of polls, all at once; lists and
 * loads are as they are at the end of each.
 */
export class ShardQueues {
  /** When a shard has done what it is at, by shard. */
  readonly done: WinnerTree;
  private readonly table: InvocationTable;
  private readonly placer: Placer;
  private readonly prices: Float64Array;
  private readonly lookupTime: number;
  private readonly pollTime: number;
  /** Time now, in a cell of the control plane. */
  private readonly clock: Float64Array;
  /** First and last of each shard's queue of each class, linked by NEXT; -1: empty. */
  private readonly head: Int32Array;
  private readonly tail: Int32Array;
  /** By shard: what it places, -1: nothing; and at what step. */
  private readonly placing: Int32Array;
  private readonly step: Uint8Array;

  constructor(
    shards: number,
    prices: readonly number[],
    times: { readonly lookupTime: number; readonly pollTime: number },
    parts: { readonly table: InvocationTable; readonly placer: Placer; readonly clock: Float64Array },
  ) {
    this.done = new WinnerTree(shards);
    this.table = parts.table;
    this.placer = parts.placer;
    this.prices = Float64Array.from(prices);
    this.lookupTime = times.lookupTime;
    this.pollTime = times.pollTime;
    this.clock = parts.clock;
    this.head = new Int32Array(shards * prices.length).fill(-1);
    this.tail = new Int32Array(shards * prices.length).fill(-1);
    this.placing = new Int32Array(shards).fill(-1);
    this.step = new Uint8Array(shards);
  }

  /** An invocation comes to a shard, and is placed at once where that takes no time and none is before it. */
  join(shard: number, slot: number): void {
    const { data, ints } = this.table;
    const queue = shard * this.prices.length + ints[this.table.intsAt(slot) + CLASS]!;
    const last = this.tail[queue]!;
    data[this.table.at(slot) + QUEUED] = this.clock[0]!;
    ints[this.table.intsAt(slot) + NEXT] = -1;
    if (last < 0) this.head[queue] = slot;
    else ints[this.table.intsAt(last) + NEXT] = slot;
    this.tail[queue] = slot;
    if (this.placing[shard]! < 0) this.work(shard);
  }

  /** The shard whose time is over goes on. */
  complete(): void {
    const shard = this.done.winner();
    const slot = this.placing[shard]!;
    this.busyUntil(shard, Number.POSITIVE_INFINITY);
    if (this.step[shard] === POLL) this.placer.placeByPolls(shard, slot);
    else if (!this.placer.placeFromList(shard, slot) && !this.poll(shard, slot)) return;
    this.placing[shard] = -1;
    this.work(shard);
  }

  /** Places what waits, the best first, until a step takes time. */
  private work(shard: number): void {
    for (let slot = this.take(shard); slot >= 0; slot = this.take(shard)) {
      this.placing[shard] = slot;
      if (this.lookupTime > 0) {
        this.step[shard] = LOOKUP;
        this.busyUntil(shard, this.clock[0]! + this.lookupTime);
        return;
      }
      if (!this.placer.placeFromList(shard, slot) && !this.poll(shard, slot)) return;
      this.placing[shard] = -1;
    }
  }

  /** Polls, and returns whether that took no time. */
  private poll(shard: number, slot: number): boolean {
    if (this.pollTime > 0) {
      this.step[shard] = POLL;
      this.busyUntil(shard, this.clock[0]! + this.pollTime);
      return false;
    }
    this.placer.placeByPolls(shard, slot);
    return true;
  }

  private busyUntil(shard: number, time: number): void {
    this.done.time[shard] = time;
    this.done.update(shard);
  }

  /** Takes the head that is to be placed next; -1: nothing waits. */
  private take(shard: number): number {
    const { data, ints } = this.table;
    const now = this.clock[0]!;
    const first = shard * this.prices.length;
    let best = -1;
    let most = -1;
    for (let priceClass = this.prices.length - 1; priceClass >= 0; priceClass--) {
      const slot = this.head[first + priceClass]!;
      if (slot < 0) continue;
      const worth = this.prices[priceClass]! * (now - data[this.table.at(slot) + QUEUED]!);
      if (worth > most) {
        most = worth;
        best = first + priceClass;
      }
    }
    if (best < 0) return -1;
    const slot = this.head[best]!;
    const next = ints[this.table.intsAt(slot) + NEXT]!;
    this.head[best] = next;
    if (next < 0) this.tail[best] = -1;
    return slot;
  }
}
