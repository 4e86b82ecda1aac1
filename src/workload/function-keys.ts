import { hashWords, keyed, type Purpose, type Threefry } from "../random/index.js";
import type { Trace } from "../trace/trace.js";

/** Seconds in a minute. */
export const MINUTE_S = 60;
/** Minutes in a day. */
export const DAY_MINUTES = 1440;

/** What draws for functions are keyed by: the part of a trace that gives names. */
export type Named = Pick<Trace, "functions" | "manifest">;

/**
 * The generators of a trace's functions. A draw is a pure function of (seed, purpose, function, counter); for invocations
 * the counter is (minute of the release, index inside that minute before any cut), so that a cut, a file of fewer
 * minutes, or a function more or less changes no other draw.
 */
export class FunctionKeys {
  private readonly seed: number;
  private readonly names: (functionId: number) => (string | number | null)[];
  private readonly words: Int32Array;
  private readonly hashed: Uint8Array;

  /** Named by (owner, app, function), or by the order of first appearance where the manifest says so. */
  constructor(trace: Named, seed: number) {
    const { owner, app, function: name } = trace.functions;
    this.seed = seed;
    this.names =
      trace.manifest.keyed_by === "labels" ? (f) => [owner[f] ?? null, app[f] ?? null, name[f] ?? null] : (f) => [f];
    this.words = new Int32Array(2 * name.length);
    this.hashed = new Uint8Array(name.length);
  }

  /** The generators for one purpose, made when first asked for. The same as keyedBy(seed, purpose, names of the function). */
  of(purpose: Purpose): (functionId: number) => Threefry {
    const root = keyed(this.seed, purpose);
    const made: (Threefry | undefined)[] = new Array(this.hashed.length).fill(undefined);
    return (f) => {
      const known = made[f];
      if (known !== undefined) return known;
      if (this.hashed[f] === 0) {
        this.words.set(hashWords(this.names(f)), 2 * f);
        this.hashed[f] = 1;
      }
      const generator = root.derive(this.words[2 * f]!, this.words[2 * f + 1]!);
      made[f] = generator;
      return generator;
    };
  }
}

/** Day of the trace (0 = the day it starts in) of a minute since the trace's start. */
export function dayOf(minute: number, firstMinute: number): number {
  return Math.floor((firstMinute + minute) / DAY_MINUTES) - Math.floor(firstMinute / DAY_MINUTES);
}
