import { Invalid } from "../invalid.js";
import { logGamma, PURPOSE, Stream, type Threefry } from "../random/index.js";
import { type FunctionKeys, MINUTE_S } from "./function-keys.js";
import type { ArrivalPattern, WorkloadOptions } from "./workload.js";

/**
 * Places inside a minute lie on a grid of 2^32 steps of 15 / 2^30 s (14 ns), so that minute x 60 s + place is exact in a
 * double: no place reaches the next minute, and shifting a trace by whole minutes changes no bit of it.
 */
const STEPS = 4294967296;
const STEP_S = MINUTE_S / STEPS;

/** Writes the places, in seconds since the minute's start, of one function's n invocations of a minute of the release. */
export type Arrivals = (out: Float64Array, at: number, n: number, functionId: number, minute: number) => void;

const EXPECTED = "uniform, equidistant, batch or gamma:CV with 0 < CV <= 1000, such as gamma:2.5";

/** "uniform", "equidistant", "batch" or "gamma:CV". Throws Invalid. */
export function parseArrivals(text: string): ArrivalPattern {
  if (text === "uniform" || text === "equidistant" || text === "batch") return { kind: text };
  const cv = /^gamma:(\d+(\.\d*)?|\.\d+)$/.exec(text)?.[1];
  if (cv === undefined || !(Number(cv) > 0 && Number(cv) <= 1000)) {
    throw new Invalid("arrivals", text, "--arrivals", EXPECTED);
  }
  return { kind: "gamma", cv: Number(cv) };
}

/** The text that parseArrivals reads. */
export function formatArrivals(pattern: ArrivalPattern): string {
  return pattern.kind === "gamma" ? `gamma:${pattern.cv}` : pattern.kind;
}

/**
 * Arrivals inside a minute by pattern; functions triggered by timers have them by `timers`, whatever the pattern.
 *
 * - uniform: each on its own, anywhere in the minute. Two share a block of the generator, 32 bits each.
 * - equidistant: a 60/n s apart, the first at a place drawn for the function and minute.
 * - batch: all at one place drawn for the function and minute.
 * - gamma: n + 1 gamma gaps with this coefficient of variation that fill the minute, so that nothing is pinned to its start.
 * - timers aligned: 60/n s apart from the minute's start, as real timers fire. spread: with a phase of the function's own.
 */
export function arrivalsOf(
  keys: FunctionKeys,
  options: Pick<WorkloadOptions, "arrivals" | "timers">,
  isTimer: (functionId: number) => boolean,
): Arrivals {
  const draws = keys.of(PURPOSE.arrival);
  const plain = PATTERNS[options.arrivals.kind](draws, options.arrivals);
  const phase = keys.of(PURPOSE.timerPhase);
  const timer: Arrivals = (out, at, n, functionId) => {
    const first = options.timers === "aligned" ? 0 : phase(functionId).uniform(0, 0);
    for (let j = 0; j < n; j++) out[at + j] = ((j + first) * MINUTE_S) / n;
  };
  return (out, at, n, functionId, minute) => (isTimer(functionId) ? timer : plain)(out, at, n, functionId, minute);
}

/** Words of the generator's blocks, 32 bits each: some at a time. */
const words = new Int32Array(1024);

type Draws = (functionId: number) => Threefry;

const PATTERNS: Record<ArrivalPattern["kind"], (draws: Draws, pattern: ArrivalPattern) => Arrivals> = {
  uniform: (draws) => (out, at, n, functionId, minute) => {
    const generator = draws(functionId);
    for (let from = 0; from < n; from += words.length) {
      const count = Math.min(words.length, n - from);
      generator.blocks(minute, from / 2, 0, 1, Math.ceil(count / 2), words);
      for (let j = 0; j < count; j++) out[at + from + j] = (words[j]! >>> 0) * STEP_S;
    }
  },
  equidistant: (draws) => (out, at, n, functionId, minute) => {
    const first = draws(functionId).uniform(minute, 0);
    for (let j = 0; j < n; j++) out[at + j] = onGrid((j + first) / n);
  },
  batch: (draws) => (out, at, n, functionId, minute) => {
    out.fill(onGrid(draws(functionId).uniform(minute, 0)), at, at + n);
  },
  gamma: (draws, pattern) => {
    const cv = pattern.kind === "gamma" ? pattern.cv : 1;
    const shape = 1 / (cv * cv);
    return (out, at, n, functionId, minute) => {
      const stream = new Stream(draws(functionId).derive(minute, 0));
      const last = logGamma(stream, shape);
      let longest = last;
      for (let j = at; j < at + n; j++) {
        const gap = logGamma(stream, shape);
        if (gap > longest) longest = gap;
        out[j] = gap;
      }
      let sum = 0;
      for (let j = at; j < at + n; j++) {
        sum += Math.exp(out[j]! - longest);
        out[j] = sum;
      }
      sum += Math.exp(last - longest);
      for (let j = at; j < at + n; j++) out[j] = onGrid(out[j]! / sum);
    };
  },
};

/** Seconds of a place given as a fraction of the minute. */
function onGrid(fraction: number): number {
  return Math.min(Math.floor(fraction * STEPS), STEPS - 1) * STEP_S;
}
