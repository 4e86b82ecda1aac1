import { SOURCES, type Source } from "./percentiles.js";

/** How many functions (one a day) and invocations have percentiles of each source. */
export type SourceCounts = Record<Source, { function_days: number; invocations: number }>;

/** The profile of each function on each day, found out when first asked for, with counts of where they came from. */
export class DailyProfiles {
  readonly counts: SourceCounts;
  private readonly find: (functionId: number, day: number) => { profile: number; source: Source };
  private readonly functions: number;
  private readonly days = new Map<number, { profile: Int32Array; source: Uint8Array }>();

  constructor(functions: number, find: (functionId: number, day: number) => { profile: number; source: Source }) {
    this.functions = functions;
    this.find = find;
    this.counts = Object.fromEntries(
      SOURCES.map((source) => [source, { function_days: 0, invocations: 0 }]),
    ) as SourceCounts;
  }

  /** The function's profile on a day of the trace. */
  of(functionId: number, day: number): number {
    const { profile, source } = this.day(day);
    const known = profile[functionId]!;
    if (known >= 0) return known;
    const found = this.find(functionId, day);
    profile[functionId] = found.profile;
    source[functionId] = SOURCES.indexOf(found.source);
    this.counts[found.source].function_days++;
    return found.profile;
  }

  /** The same, and counts so many of the trace's invocations for it. */
  countedOf(functionId: number, day: number, invocations: number): number {
    const profile = this.of(functionId, day);
    this.counts[SOURCES[this.day(day).source[functionId]!]!].invocations += invocations;
    return profile;
  }

  private day(day: number): { profile: Int32Array; source: Uint8Array } {
    const known = this.days.get(day);
    if (known) return known;
    const added = { profile: new Int32Array(this.functions).fill(-1), source: new Uint8Array(this.functions) };
    this.days.set(day, added);
    return added;
  }
}
