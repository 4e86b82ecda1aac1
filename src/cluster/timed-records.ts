import { longer } from "./live.js";
import { END, GROWTH, HELD, MemoryRecords, REMAINING, RUNTIME, SINCE } from "./memory-records.js";
import type { Arrivals } from "./observer.js";

/** Float64 fields beside those of a MemoryRecord, at `extra[(id >> 2) + FIELD]`. */
/** When its core will have been switched to it; NaN: it is not being switched; Infinity: it has stalled. */
export const SWITCHED = 0;
/** Its GROWTH, which is 0 while its core is being switched to it, or it has stalled. */
const SLOPE = 1;
/** When its sandbox will have started; NaN: it has. */
export const READY = 2;
/** Its function's key; -1: unknown. */
export const FUNCTION = 3;

/** What machines on which switching and starting take time know of each invocation. */
export class TimedRecords extends MemoryRecords {
  extra = new Float64Array(0);

  override add(arrivals: Arrivals, i: number): number {
    const id = super.add(arrivals, i);
    if (this.extra.length < this.links.length) this.extra = longer(this.extra, this.links.length);
    const at = id >> 2;
    this.extra[at + SWITCHED] = Number.NaN;
    this.extra[at + READY] = Number.NaN;
    this.extra[at + FUNCTION] = arrivals.function === undefined ? -1 : arrivals.function[i]!;
    return id;
  }

  /** Whether it has a core that is being switched to it, or on which it has stalled. */
  switching(id: number): boolean {
    return !Number.isNaN(this.extra[(id >> 2) + SWITCHED]!);
  }

  /** Whether its sandbox has not started yet. */
  starting(id: number): boolean {
    return !Number.isNaN(this.extra[(id >> 2) + READY]!);
  }

  /** Its sandbox starts, which takes `seconds` from now. */
  startUp(id: number, seconds: number): void {
    this.extra[(id >> 2) + READY] = this.now[0]! + seconds;
  }

  /** Its sandbox has started. */
  startedUp(id: number): void {
    this.extra[(id >> 2) + READY] = Number.NaN;
  }

  /** It gets a core now, which takes `seconds`: it makes no progress meanwhile, and its memory does not grow. */
  switchTo(id: number, seconds: number): void {
    const { data, extra } = this;
    const at = id >> 2;
    const until = this.now[0]! + seconds;
    extra[at + SWITCHED] = until;
    extra[at + SLOPE] = data[id + GROWTH]!;
    data[id + GROWTH] = 0;
    data[id + END] = until + data[id + REMAINING]!;
  }

  /** Its core has been switched to it, now, or it goes on after it stalled; or it has lost its core before that. */
  switched(id: number): void {
    const { data, extra } = this;
    this.suspend(id);
    data[id + GROWTH] = extra[(id >> 2) + SLOPE]!;
    if (this.stalled(id)) data[id + END] = this.now[0]! + data[id + REMAINING]!;
    extra[(id >> 2) + SWITCHED] = Number.NaN;
  }

  /** It makes no progress on its core from now on, nor does its memory grow: a switch that takes for ever. */
  stall(id: number): void {
    this.suspend(id);
    this.switchTo(id, Number.POSITIVE_INFINITY);
  }

  /** Whether it has a core on which it has stalled. */
  stalled(id: number): boolean {
    return this.extra[(id >> 2) + SWITCHED] === Number.POSITIVE_INFINITY;
  }

  override suspend(id: number): void {
    if (!this.switching(id)) {
      super.suspend(id);
      return;
    }
    const { data } = this;
    const now = this.now[0]!;
    data[id + HELD]! += (data[id + RUNTIME]! - data[id + REMAINING]!) * (now - data[id + SINCE]!);
    data[id + SINCE] = now;
  }
}
