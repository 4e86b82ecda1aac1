import { longerInts } from "./live.js";
import { READY, type TimedRecords } from "./timed-records.js";
import { WaitingQueues } from "./waiting-queues.js";

/**
 * The invocations whose sandbox is starting, on each machine, in order of placement, which is the order in which they
 * will have started: a linked list. Those of them that are in RAM are in queues in run order too.
 */
export class StartingSets {
  readonly resident: WaitingQueues;
  private readonly live: TimedRecords;
  /** First and last of each machine's list; -1: empty. */
  private readonly head: Int32Array;
  private readonly tail: Int32Array;
  /** Links, next and previous, at id >> 3. */
  private links = new Int32Array(0);

  constructor(machines: number, classes: number, live: TimedRecords) {
    this.resident = new WaitingQueues(machines, classes, live);
    this.live = live;
    this.head = new Int32Array(machines).fill(-1);
    this.tail = new Int32Array(machines).fill(-1);
  }

  /** The one that is ready first; -1: none starts. */
  first(m: number): number {
    return this.head[m]!;
  }

  /** The one after `id`; -1: none. */
  after(id: number): number {
    return this.links[id >> 3]!;
  }

  /** When the first is ready; Infinity: none starts. */
  nextReady(m: number): number {
    const id = this.head[m]!;
    return id < 0 ? Number.POSITIVE_INFINITY : this.live.extra[(id >> 2) + READY]!;
  }

  /** It starts; it is ready no sooner than those before. */
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

  /** It has started, or is killed. It must not be among the resident. */
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
