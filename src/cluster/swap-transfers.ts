import { longer } from "./live.js";
import { MachineLists } from "./machine-lists.js";
import { MEMORY } from "./memory-records.js";
import { MemorySums } from "./memory-sums.js";
import type { TimedRecords } from "./timed-records.js";
import { WaitingQueues } from "./waiting-queues.js";

/** What is under way with an invocation: nothing; it waits for room; it is to be written to swap, or read from it. */
export const NOTHING = 0;
export const AT_DOOR = 1;
export const WRITE = 2;
export const READ = 3;

/**
 * What moves between RAM and swap on each machine, one transfer at a time, at so many MiB a second: first come, first
 * served, but that a read for which there is no room lets writes go first, which make it. And who waits at the door:
 * arrivals for whose memory room is still being made.
 */
export class SwapTransfers {
  /** Arrivals without room, and what is to be read or being read, both in run order. */
  readonly door: WaitingQueues;
  readonly reading: WaitingQueues;
  /** In the order in which they were asked for, the one under way included. */
  readonly writes: MachineLists;
  readonly reads: MachineLists;
  /** MiB of the writes, which are in RAM until each is done. */
  readonly writing: MemorySums;
  /** What is being moved, by machine; -1: nothing. And when that is done; Infinity: never. */
  readonly current: Int32Array;
  readonly done: Float64Array;
  /** Seconds that transfers took so far, and reads that were given up, on all machines together. */
  busy = 0;
  givenUp = 0;
  private readonly live: TimedRecords;
  /** MiB/s. */
  private readonly bandwidth: number;
  private readonly began: Float64Array;
  /** What is under way by id >> 4, and when it was asked for: a number that increases. */
  private kinds = new Uint8Array(0);
  private asked = new Float64Array(0);
  private count = 0;

  /** `bandwidth` > 0, MiB/s. */
  constructor(machines: number, classes: number, live: TimedRecords, bandwidth: number) {
    this.door = new WaitingQueues(machines, classes, live);
    this.reading = new WaitingQueues(machines, classes, live);
    this.writes = new MachineLists(machines, live);
    this.reads = new MachineLists(machines, live);
    this.writing = new MemorySums(machines, live);
    this.current = new Int32Array(machines).fill(-1);
    this.done = new Float64Array(machines).fill(Number.POSITIVE_INFINITY);
    this.live = live;
    this.bandwidth = bandwidth;
    this.began = new Float64Array(machines);
  }

  /** What is under way with an invocation. */
  kind(id: number): number {
    return id >> 4 < this.kinds.length ? this.kinds[id >> 4]! : NOTHING;
  }

  /** It is placed, and waits for room. */
  hold(m: number, id: number): void {
    this.door.pushBack(m, id);
    this.ask(id, AT_DOOR);
  }

  /** It waits for room no more; it is out of `door`. */
  release(id: number): void {
    this.kinds[id >> 4] = NOTHING;
  }

  /** It is to be written. */
  write(m: number, id: number): void {
    this.writes.add(m, id);
    this.writing.add(m, id);
    this.ask(id, WRITE);
  }

  /** It is to be read. */
  read(m: number, id: number): void {
    this.reading.pushBack(m, id);
    this.reads.add(m, id);
    this.ask(id, READ);
  }

  /** It is not to be read any more, nor finished where that has begun; it is out of `reading`. */
  giveUp(m: number, id: number): void {
    this.reads.remove(m, id);
    this.release(id);
    this.givenUp++;
    if (this.current[m] === id) this.rest(m);
  }

  /** MiB that the read under way on machine m takes in RAM; 0: none is. */
  incoming(m: number): number {
    const id = this.current[m]!;
    return id >= 0 && this.kind(id) === READ ? this.live.data[id + MEMORY]! : 0;
  }

  /** What is to be moved next where nothing is, given that there are `room` MiB for a read; -1: nothing. */
  next(m: number, room: number): number {
    const write = this.writes.first(m);
    const read = this.reads.first(m);
    if (write < 0 || read < 0) return Math.max(write, read);
    const readFirst = this.asked[read >> 4]! < this.asked[write >> 4]! && this.live.data[read + MEMORY]! <= room;
    return readFirst ? read : write;
  }

  /** Starts to move an invocation. */
  begin(m: number, id: number): void {
    const now = this.live.now[0]!;
    this.current[m] = id;
    this.began[m] = now;
    this.done[m] = now + this.live.data[id + MEMORY]! / this.bandwidth;
  }

  /** The transfer under way is done; returns its invocation, and leaves its kind to be asked for before `release`. */
  finish(m: number): number {
    const id = this.current[m]!;
    this.rest(m);
    if (this.kind(id) === WRITE) {
      this.writes.remove(m, id);
      this.writing.subtract(m, id);
    } else {
      this.reads.remove(m, id);
      this.reading.remove(m, id);
    }
    return id;
  }

  /** Nothing is moved any more. */
  private rest(m: number): void {
    this.busy += this.live.now[0]! - this.began[m]!;
    this.current[m] = -1;
    this.done[m] = Number.POSITIVE_INFINITY;
  }

  private ask(id: number, kind: number): void {
    const size = this.live.links.length >> 2;
    if (this.kinds.length < size) {
      const kinds = new Uint8Array(size);
      kinds.set(this.kinds);
      this.kinds = kinds;
      this.asked = longer(this.asked, size);
    }
    this.kinds[id >> 4] = kind;
    this.asked[id >> 4] = this.count++;
  }
}
