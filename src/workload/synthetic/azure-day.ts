import { normal, Stream, type Threefry } from "../../random/index.js";
import { type Apps, makeApps } from "./azure-apps.js";
import { addArrivals, cvRange, interArrivalCv } from "./azure-arrivals.js";
import { makeCvs } from "./azure-burstiness.js";
import { type DurationRow, durationRanks, durationRow, negative } from "./azure-durations.js";
import { AZURE, ODDITIES, TRIGGERS } from "./azure-figures.js";
import { label } from "./azure-labels.js";
import { type MemoryRow, memoryRanks, memoryRow } from "./azure-memory.js";
import { makePopularity, type Popularity } from "./azure-popularity.js";
import { azureDraws, pick } from "./azure-quantiles.js";
import { tick } from "./azure-timers.js";
import { makeTriggers, split, type Triggers, take } from "./azure-triggers.js";

const DAY = 1440;
/** Apps with so many invocations a day or more stay; the others may be new on any day. */
const STAYS = 1440;
/** From one day to the next invocations differ, as a deviation of their logarithm: little ones more. */
const DAILY_LITTLE = 0.35;
const DAILY_LARGE = 0.05;
/** Median inter-arrival CV that the arrivals beside an app's timers are given, whatever the two make together. */
const MIXED_CV = 4;

/** What to make. */
export interface AzureOptions {
  /** Functions that run on a day; 1 or more. */
  readonly functions: number;
  readonly days: number;
  /** The first day's day of the week, 0 for Monday. */
  readonly weekday: number;
  readonly seed: number;
  /** `none`: all functions have durations and all apps memory, once, and Count is the invocations. */
  readonly oddities: "real" | "none";
}

/** A function's day. */
export interface AzureFunction {
  readonly label: string;
  readonly trigger: string;
  /** Invocations by minute; overwritten by the next app. */
  readonly counts: Uint32Array;
  readonly durations: readonly DurationRow[];
}

/** An app's day: its functions, at least one invocation each, and its rows of memory. */
export interface AzureApp {
  readonly owner: string;
  readonly app: string;
  readonly functions: readonly AzureFunction[];
  readonly memory: readonly MemoryRow[];
}

/**
 * A synthetic population like that of Azure Functions 2019, calibrated by AZURE. It holds a few numbers a function, whatever the
 * days; a day is made app by app. Every draw is keyed by what it is for and by the app, the function and the day, so a longer
 * trace begins with the shorter one.
 */
export class AzurePopulation {
  readonly options: AzureOptions;
  readonly apps: Apps;
  private readonly popularity: Popularity;
  private readonly triggers: Triggers;
  private readonly cvs: Float64Array;
  private readonly durationRank: Float64Array;
  private readonly memoryRank: Float64Array;
  private readonly draws: Threefry;
  private readonly newcomer: number;
  private readonly scratch: Uint32Array[] = [];
  private readonly sum = new Uint32Array(DAY);

  constructor(options: AzureOptions) {
    const { functions, seed } = options;
    this.options = options;
    this.draws = azureDraws(seed, "days");
    this.apps = makeApps(functions, seed);
    this.popularity = makePopularity(this.apps, seed);
    const { ticks, others } = this.popularity;
    this.triggers = makeTriggers(this.apps, others, ticks, seed);
    this.cvs = new Float64Array(this.apps.apps).fill(Number.NaN);
    const measured = Float64Array.from(this.cvs, (_, a) => (this.apps.timers[a]! > 0 ? this.measured(a) : Number.NaN));
    this.cvs = makeCvs(this.apps, others, measured, seed);
    this.durationRank = durationRanks(this.triggers.trigger, this.typicalDay(), seed);
    this.memoryRank = memoryRanks(this.apps.apps, seed);
    let may = 0;
    for (let a = 0; a < this.apps.apps; a++) if (ticks[a]! + others[a]! < STAYS) may += this.size(a);
    this.newcomer = may === 0 ? 0 : Math.min(1, (AZURE.newcomers * functions) / may);
  }

  /** A day's apps, from day 0, in the order of their labels. Each is to be used before the next. */
  *day(day: number): Generator<AzureApp> {
    const { apps, options } = this;
    const odd = this.odd(day);
    const names = Array.from({ length: apps.apps }, (_, a) => ({ a, generation: this.generation(a, day) }));
    const owners = Array.from({ length: apps.owners }, (_, owner) => label(options.seed, "owner", owner));
    const labelled = names.map(({ a, generation }) => {
      const owner = owners[apps.owner[a]!]!;
      return { a, generation, owner, app: label(options.seed, "app", a, generation) };
    });
    labelled.sort((x, y) => (x.owner < y.owner || (x.owner === y.owner && x.app < y.app) ? -1 : 1));
    for (const { a, generation, owner, app } of labelled) yield this.app(a, day, generation, owner, app, odd);
  }

  private app(a: number, day: number, generation: number, owner: string, app: string, odd: Odd): AzureApp {
    const { options, apps, triggers } = this;
    const clean = options.oddities === "none";
    const first = apps.first[a]!;
    const functions = this.counts(a, day).map((counts, i): AzureFunction => {
      const f = first + i;
      const draws = this.draws.derive(1, f);
      const typical = draws.derive(generation, 0);
      const rank = generation === 0 ? this.durationRank[f]! : draws.uniform(generation, 1);
      let invocations = 0;
      let windows = 0;
      for (let minute = 0; minute < DAY; minute++) {
        if (counts[minute] === 0) continue;
        invocations += counts[minute]!;
        windows += Math.min(2, counts[minute]!);
      }
      const row = durationRow(rank, invocations, windows, typical, draws.derive(day, 2), day === 0, clean);
      const durations = odd.noDurations[f] ? [] : [odd.negative[f] ? negative(row) : row];
      if (odd.twice[f] && durations.length > 0) durations.push({ ...row, count: Math.max(1, row.count >> 1) });
      const shared = f > 0 && i === 0 && odd.sharedName[f] ? f - 1 : f;
      const name = label(options.seed, "function", shared, shared === f ? generation : 0);
      return { label: name, trigger: TRIGGERS[triggers.trigger[f]!]!, counts, durations };
    });
    const draws = this.draws.derive(2, a);
    const rank = generation === 0 ? this.memoryRank[a]! : draws.uniform(generation, 1);
    const row = memoryRow(rank, this.sum, draws.derive(generation, 0), draws.derive(day, 2), day === 0);
    const memory = odd.noMemory[a]
      ? []
      : odd.memoryTwice[a]
        ? [row, { ...row, samples: (row.samples >> 1) + 1 }]
        : [row];
    return { owner, app, functions, memory };
  }

  /** Invocations by minute of each of an app's functions, and of all in `sum`. */
  private counts(a: number, day: number): Uint32Array[] {
    const { apps, popularity, triggers } = this;
    const from = apps.first[a]!;
    const to = apps.first[a + 1]!;
    const of = from + apps.timers[a]!;
    while (this.scratch.length < to - from) this.scratch.push(new Uint32Array(DAY));
    const counts = this.scratch.slice(0, to - from);
    for (const one of counts) one.fill(0);
    const draws = this.draws.derive(3, a).derive(day, 0);
    for (let f = from; f < of; f++) tick(popularity.timers[f]!, counts[f - from]!, draws.derive(f - from, 1));
    if (of < to) {
      const n = this.othersOn(a, day, draws);
      const parts = split(n, triggers.share, of, to);
      const own = counts[of - from]!;
      addArrivals(
        own,
        { n, cv: this.cvOf(a, n), daily: AZURE.triggers[TRIGGERS[triggers.trigger[of]!]!].daily },
        draws.derive(0, 2),
      );
      for (let f = of + 1, left = n; f < to; f++) {
        take(own, left, parts[f - of]!, counts[f - from]!, draws.derive(f - from, 3));
        left -= parts[f - of]!;
      }
    }
    this.sum.fill(0);
    for (const one of counts) for (let minute = 0; minute < DAY; minute++) this.sum[minute]! += one[minute]!;
    return counts;
  }

  /** Invocations of an app's functions that are not timers. */
  private othersOn(a: number, day: number, draws: Threefry): number {
    const typical = this.popularity.others[a]!;
    if (day === 0 && this.options.weekday < 5) return typical;
    const weekend = (this.options.weekday + day) % 7 >= 5 ? AZURE.weekend : 1;
    const deviation = day === 0 ? 0 : typical < STAYS ? DAILY_LITTLE : DAILY_LARGE;
    const level = Math.exp(deviation * normal(new Stream(draws.derive(0, 4))) - (deviation * deviation) / 2);
    return Math.max(this.size(a) - this.apps.timers[a]!, Math.round(typical * weekend * level));
  }

  /** The inter-arrival CV that n arrivals of an app get: as calibrated, or in a mixed app as drawn. */
  private cvOf(a: number, n: number): number {
    const [least, most] = cvRange(n);
    const known = this.cvs[a]!;
    const draws = this.draws.derive(4, a);
    const cv = Number.isNaN(known) ? MIXED_CV * Math.exp(0.9 * normal(new Stream(draws))) : known;
    return Math.min(most, Math.max(least, cv));
  }

  private measured(a: number): number {
    this.counts(a, 0);
    return interArrivalCv(this.sum);
  }

  /** Invocations of each function on a weekday. */
  private typicalDay(): Float64Array {
    const { apps, popularity, triggers } = this;
    const typical = new Float64Array(apps.functions);
    for (let a = 0; a < apps.apps; a++) {
      const of = apps.first[a]! + apps.timers[a]!;
      for (let f = apps.first[a]!; f < of; f++) typical[f] = DAY / popularity.timers[f]!.period;
      const parts = split(popularity.others[a]!, triggers.share, of, apps.first[a + 1]!);
      for (let i = 0; i < parts.length; i++) typical[of + i] = parts[i]!;
    }
    return typical;
  }

  private size(a: number): number {
    return this.apps.first[a + 1]! - this.apps.first[a]!;
  }

  /** How often an app has been followed by another of its kind up to a day. */
  private generation(a: number, day: number): number {
    const { ticks, others } = this.popularity;
    if (ticks[a]! + others[a]! >= STAYS) return 0;
    let generation = 0;
    for (let before = 1; before <= day; before++)
      if (this.draws.derive(5, a).uniform(before, 0) < this.newcomer) generation = before;
    return generation;
  }

  /** Which functions and apps have what a clean trace would not, on a day. */
  private odd(day: number): Odd {
    const { apps, functions } = this.apps;
    const { oddities, seed } = this.options;
    const some = (part: string, n: number, share: number, on: number) =>
      pick(azureDraws(seed, part).derive(on, 0), n, oddities === "real" ? Math.round(share * n) : 0);
    return {
      noDurations: some("no durations", functions, ODDITIES.functionsWithoutDurations, day),
      twice: some("durations twice", functions, ODDITIES.durationsTwice, day),
      negative: some("negative", functions, ODDITIES.negativeDurations, day),
      sharedName: some("shared names", functions, ODDITIES.sharedNames, 0),
      noMemory: some("no memory", apps, ODDITIES.appsWithoutMemory, day),
      memoryTwice: some("memory twice", apps, ODDITIES.memoryTwice, day),
    };
  }
}

type Odd = Readonly<
  Record<"noDurations" | "twice" | "negative" | "sharedName" | "noMemory" | "memoryTwice", Uint8Array>
>;
