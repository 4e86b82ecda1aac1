import { longerInts } from "./live.js";
import type { MemoryRecords } from "./memory-records.js";

/** A linked list of invocations on each machine, in the order in which they were added. */
export class MachineLists {
  protected readonly live: MemoryRecords;
  /** First and last of each machine's list; -1: empty. */
  private readonly head: Int32Array;
  private readonly tail: Int32Array;
  /** Links, next and previous, at id >> 3. */
  private links = new Int32Array(0);

  constructor(machines: number, live: MemoryRecords) {
    this.live = live;
    this.head = new Int32Array(machines).fill(-1);
    this.tail = new Int32Array(machines).fill(-1);
  }

  /** The first; -1: there is none. */
  first(m: number): number {
    return this.head[m]!;
  }

  /** The one after `id`; -1: none. */
  after(id: number): number {
    return this.links[id >> 3]!;
  }

  /** Puts it last. */
  add(m: number, id: number): void {
    if (this.links.length < this.live.links.length) this.links = longerInts(this.links, this.live.links.length);
    const { links } = this;
    const last = this.tail[m]!;
    links[id >> 3] = -1;
    links[(id >> 3) + 1] = last;
    if (last < 0) this.head[m] = id;
    else links[last >> 3] = id;
    this.tail[m] = id;
  }

  remove(m: number, id: number): void {
    const { links } = this;
    const next = links[id >> 3]!;
    const previous = links[(id >> 3) + 1]!;
    if (previous < 0) this.head[m] = next;
    else links[previous >> 3] = next;
    if (next < 0) this.tail[m] = previous;
    else links[(next >> 3) + 1] = previous;
  }
}
