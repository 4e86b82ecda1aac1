import { type Clustering, clustering } from "../../statistics/extremal-index.js";
import type { MiB, Seconds } from "../../units.js";
import type { Levels } from "./history.js";

/** Times during which a machine had more than so much in swap, machine by machine, each machine's in order of time. */
export interface Excursions {
  readonly machine: Int32Array;
  readonly start: Float64Array;
  readonly end: Float64Array;
  /** The most there was, MiB. */
  readonly peak: Float64Array;
}

/** What is looked at: some machines' levels, in some spans of time (ascending, apart). */
export interface Observed {
  readonly levels: readonly Levels[];
  readonly spans: readonly (readonly [from: Seconds, to: Seconds])[];
}

/** Machine-days of what is looked at. */
export function exposureOf({ levels, spans }: Observed): number {
  return (levels.length * spans.reduce((sum, [from, to]) => sum + to - from, 0)) / 86400;
}

/**
 * The up-crossings of `above` MiB, each with how it went on. What a span cuts off at its start or end counts as far as
 * it lies in the span.
 */
export function excursions({ levels, spans }: Observed, above: MiB): Excursions {
  const machines: number[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  const peaks: number[] = [];
  for (const [machine, { time, mib }] of levels.entries()) {
    let i = 0;
    for (const [from, to] of spans) {
      while (i < time.length && time[i]! < from) i++;
      // The level that the span begins with is the one before it.
      let start = i > 0 && mib[i - 1]! > above ? from : Number.NaN;
      let peak = Number.isNaN(start) ? 0 : mib[i - 1]!;
      const close = (end: number) => {
        if (!(end > start)) return;
        machines.push(machine);
        starts.push(start);
        ends.push(end);
        peaks.push(peak);
      };
      for (; i < time.length && time[i]! < to; i++) {
        const level = mib[i]!;
        if (level > above) {
          if (Number.isNaN(start)) {
            start = time[i]!;
            peak = level;
          } else peak = Math.max(peak, level);
        } else if (!Number.isNaN(start)) {
          close(time[i]!);
          start = Number.NaN;
        }
      }
      close(to);
    }
  }
  return {
    machine: Int32Array.from(machines),
    start: Float64Array.from(starts),
    end: Float64Array.from(ends),
    peak: Float64Array.from(peaks),
  };
}

/** Excursions that belong together, as one each: it starts with the first and its peak is the highest. */
export interface Clusters extends Clustering {
  readonly machine: Int32Array;
  readonly start: Float64Array;
  readonly peak: Float64Array;
  /** Excursions that they are made of. */
  readonly excursions: number;
}

/**
 * Declusters excursions, each machine for itself. The extremal index and the gap that parts clusters are estimated from
 * the gaps of all machines together, of which each alone has too few; a gap is from the end of one excursion to the
 * start of the next.
 */
export function declustered({ machine, start, end, peak }: Excursions, gap: Clustering | null = null): Clusters {
  const gaps: number[] = [];
  for (let i = 1; i < start.length; i++) if (machine[i] === machine[i - 1]) gaps.push(start[i]! - end[i - 1]!);
  const found = gap ?? clustering(Float64Array.from(gaps), 0);
  const first: number[] = [];
  const peaks: number[] = [];
  for (let i = 0; i < start.length; i++) {
    const same = i > 0 && machine[i] === machine[i - 1] && start[i]! - end[i - 1]! <= found.runGap;
    if (same) peaks[peaks.length - 1] = Math.max(peaks.at(-1)!, peak[i]!);
    else {
      first.push(i);
      peaks.push(peak[i]!);
    }
  }
  return {
    ...found,
    machine: Int32Array.from(first, (i) => machine[i]!),
    start: Float64Array.from(first, (i) => start[i]!),
    peak: Float64Array.from(peaks),
    excursions: start.length,
  };
}
