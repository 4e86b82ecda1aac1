import type { Seconds } from "../units.js";
import { MINUTE_S } from "./function-keys.js";

/** The least and the most of something in any whole minute of a trace. */
export interface MinuteRange {
  readonly least: number;
  readonly most: number;
}

/** Adds up invocations and CPU seconds minute by minute, as they come in order of time. */
export class MinuteMeter {
  private readonly minutes: number;
  private minute = -1;
  private sums = [0, 0];
  private ranges = [
    { least: Number.POSITIVE_INFINITY, most: 0 },
    { least: Number.POSITIVE_INFINITY, most: 0 },
  ];

  /** Minutes that a trace of this length has in part are left out, but where it has no whole one. */
  constructor(duration: Seconds) {
    this.minutes = Math.max(1, Math.floor(duration / MINUTE_S));
  }

  add(minute: number, invocations: number, cpu: Seconds): void {
    if (minute !== this.minute) this.turn(minute);
    this.sums[0]! += invocations;
    this.sums[1]! += cpu;
  }

  /** Invocations in a minute, and mean busy cores in a minute. No more is added afterwards. */
  close(): { invocations: MinuteRange; cores: MinuteRange } {
    this.turn(this.minutes);
    const [invocations, cpu] = this.ranges as [MinuteRange, MinuteRange];
    return { invocations, cores: { least: cpu.least / MINUTE_S, most: cpu.most / MINUTE_S } };
  }

  private turn(minute: number): void {
    if (this.minute >= 0 && this.minute < this.minutes) this.tell(this.sums);
    if (Math.min(minute, this.minutes) > this.minute + 1) this.tell([0, 0]);
    this.minute = minute;
    this.sums = [0, 0];
  }

  private tell(sums: readonly number[]): void {
    for (const [i, range] of this.ranges.entries()) {
      range.least = Math.min(range.least, sums[i]!);
      range.most = Math.max(range.most, sums[i]!);
    }
  }
}
