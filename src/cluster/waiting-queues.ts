import { CLASS_STEP, LEAVING, type MemoryRecords, NEXT, ORDER, PLACE, PREVIOUS, WAITING } from "./memory-records.js";
import { MemorySums } from "./memory-sums.js";

/**
 * What waits in RAM on each machine, in run order: one linked queue per class. All that waits comes after all that runs,
 * so what loses its core joins at the front of its class, and what arrives at the back.
 */
export class WaitingQueues {
  /** How many wait, by machine, and their memory. */
  readonly count: Int32Array;
  readonly memory: MemorySums;
  private readonly live: MemoryRecords;
  private readonly classes: number;
  /** First and last of each machine's queue of each class; -1: empty. */
  private readonly head: Int32Array;
  private readonly tail: Int32Array;
  /** No class above `top` or below `bottom` has a queue on the machine. */
  private readonly top: Int16Array;
  private readonly bottom: Int16Array;

  constructor(machines: number, classes: number, live: MemoryRecords) {
    this.count = new Int32Array(machines);
    this.memory = new MemorySums(machines, live);
    this.live = live;
    this.classes = classes;
    this.head = new Int32Array(machines * classes).fill(-1);
    this.tail = new Int32Array(machines * classes).fill(-1);
    this.top = new Int16Array(machines).fill(-1);
    this.bottom = new Int16Array(machines).fill(classes);
  }

  /** It has lost its core. */
  pushFront(m: number, id: number): void {
    const { links } = this.live;
    const queue = this.join(m, id);
    const front = this.head[queue]!;
    links[(id >> 2) + PREVIOUS] = -1;
    links[(id >> 2) + NEXT] = front;
    this.head[queue] = id;
    if (front < 0) this.tail[queue] = id;
    else links[(front >> 2) + PREVIOUS] = id;
  }

  /** It has arrived. */
  pushBack(m: number, id: number): void {
    const { data, links } = this.live;
    const queue = this.join(m, id);
    const order = data[id + ORDER]!;
    let before = this.tail[queue]!;
    let after = -1;
    while (before >= 0 && data[before + ORDER]! > order) {
      after = before;
      before = links[(before >> 2) + PREVIOUS]!;
    }
    links[(id >> 2) + PREVIOUS] = before;
    links[(id >> 2) + NEXT] = after;
    if (before < 0) this.head[queue] = id;
    else links[(before >> 2) + NEXT] = id;
    if (after < 0) this.tail[queue] = id;
    else links[(after >> 2) + PREVIOUS] = id;
  }

  /** The first in run order; there is one. */
  first(m: number): number {
    const base = m * this.classes;
    let priceClass = this.top[m]!;
    while (this.head[base + priceClass]! < 0) priceClass--;
    this.top[m] = priceClass;
    return this.head[base + priceClass]!;
  }

  /** The last in run order; there is one. */
  last(m: number): number {
    const base = m * this.classes;
    let priceClass = this.bottom[m]!;
    while (this.tail[base + priceClass]! < 0) priceClass++;
    this.bottom[m] = priceClass;
    return this.tail[base + priceClass]!;
  }

  /** The one before `id` in run order; -1: none. */
  before(m: number, id: number): number {
    const previous = this.live.links[(id >> 2) + PREVIOUS]!;
    if (previous >= 0) return previous;
    const top = this.top[m]!;
    for (let priceClass = this.classOf(id) + 1; priceClass <= top; priceClass++) {
      const last = this.tail[m * this.classes + priceClass]!;
      if (last >= 0) return last;
    }
    return -1;
  }

  /** It gets a core, is moved to swap, or ends. */
  remove(m: number, id: number): void {
    const { links } = this.live;
    const queue = m * this.classes + this.classOf(id);
    const previous = links[(id >> 2) + PREVIOUS]!;
    const next = links[(id >> 2) + NEXT]!;
    if (previous < 0) this.head[queue] = next;
    else links[(previous >> 2) + NEXT] = next;
    if (next < 0) this.tail[queue] = previous;
    else links[(next >> 2) + PREVIOUS] = previous;
    links[(id >> 2) + PLACE]! &= LEAVING;
    this.count[m]!--;
    this.memory.subtract(m, id);
  }

  private classOf(id: number): number {
    return 255 - Math.floor(this.live.data[id + ORDER]! / CLASS_STEP);
  }

  /** Counts it in; returns its queue. */
  private join(m: number, id: number): number {
    const { links } = this.live;
    const priceClass = this.classOf(id);
    links[(id >> 2) + PLACE]! |= WAITING;
    this.count[m]!++;
    this.memory.add(m, id);
    if (priceClass > this.top[m]!) this.top[m] = priceClass;
    if (priceClass < this.bottom[m]!) this.bottom[m] = priceClass;
    return m * this.classes + priceClass;
  }
}
