import { category, cumulative, type Threefry } from "../../random/index.js";
import { azureDraws } from "./azure-quantiles.js";

const DAY = 1440;

/** Minutes between two ticks and how often they are met, ours after a look at real rows; of most a crontab's. */
const PERIODS: readonly (readonly [minutes: number, weight: number])[] = [
  [1, 10],
  [2, 4],
  [3, 4],
  [4, 2],
  [5, 29],
  [10, 11],
  [15, 11],
  [20, 2],
  [30, 6],
  [60, 15],
  [120, 2],
  [180, 1],
  [240, 1],
  [360, 1],
  [720, 2],
  [1440, 11],
];

/** Ticks in one minute of timers with seconds in their schedule: every 30, 20, 15, 10, 5, 2 and 1 s. */
const FAST = [2, 3, 4, 6, 12, 30, 60] as const;
const FAST_ENDS = cumulative([6, 3, 4, 5, 6, 2, 2]);

/** Of the timers, so many count from the full hour or from midnight. */
const ALIGNED = 0.85;
/** Of the timers that share an app with other functions, so many are late now and then. */
const LATE = 0.4;

/** When a timer ticks: `ticks` times in a minute, every `period` minutes from `phase` on; a tick is a minute late with the chance `late`. */
export interface Timer {
  readonly period: number;
  readonly phase: number;
  readonly ticks: number;
  readonly late: number;
}

/** Ticks in a day. */
export function ticksOf({ period, phase, ticks }: Timer): number {
  return ticks * Math.floor((DAY - 1 - phase) / period + 1);
}

/** Draws timers by function. */
export class Timers {
  private readonly draws: Threefry;
  private readonly ends: Float64Array;

  constructor(seed: number) {
    this.draws = azureDraws(seed, "timers");
    this.ends = cumulative(PERIODS.map(([, weight]) => weight));
  }

  /** A function's timer with no more than `most` >= 1 ticks a day; `exact`: never late. */
  of(f: number, most: number, exact: boolean): Timer {
    let i = category(this.ends, this.draws.uniform(f, 0));
    while (i < PERIODS.length - 1 && DAY / PERIODS[i]![0] > most) i++;
    const [period] = PERIODS[i]!;
    const late = !exact && this.draws.uniform(f, 1) < LATE ? 0.02 + 0.25 * this.draws.uniform(f, 2) : 0;
    return { period, phase: this.phase(f, period), ticks: 1, late };
  }

  /** A timer with seconds in its schedule, of no more than `most` ticks a day; null where that is too few. */
  fast(f: number, most: number): Timer | null {
    let i = category(FAST_ENDS, this.draws.uniform(f, 3));
    while (i >= 0 && FAST[i]! * DAY > most) i--;
    return i < 0 ? null : { period: 1, phase: 0, ticks: FAST[i]!, late: 0 };
  }

  private phase(f: number, period: number): number {
    const uniform = this.draws.uniform(f, 4);
    if (this.draws.uniform(f, 5) >= ALIGNED) return Math.floor(uniform * period);
    return 60 * Math.floor((uniform * period) / 60);
  }
}

/** Adds a day's ticks to `counts`, by minute. */
export function tick(timer: Timer, counts: Uint32Array, draws: Threefry): void {
  for (let minute = timer.phase, n = 0; minute < DAY; minute += timer.period, n++) {
    const late = timer.late > 0 && minute < DAY - 1 && draws.uniform(n, 0) < timer.late ? 1 : 0;
    counts[minute + late]! += timer.ticks;
  }
}
