import { type Apps, exactOf, MIXED, TIMERS_ALONE } from "./azure-apps.js";
import { AZURE } from "./azure-figures.js";
import { azureDraws, byScore, Quantiles, rest } from "./azure-quantiles.js";
import { type Timer, Timers, ticksOf } from "./azure-timers.js";

/** How much an app's size says of its invocations: 0 nothing, 1 all. */
const SIZE_TELLS = 0.3;
/** Of the timers that share an app, so many tick together with the first. */
const TOGETHER = 0.8;
/** Timers take no more than this part of a mixed app's invocations. */
const TIMERS_MOST = 0.4;
/** Of single timers, so many have seconds in their schedule. */
const FAST_ALONE = 0.01;

/** How much each app is used on a weekday, and how its timers tick. */
export interface Popularity {
  /** By function: its timer, or null. */
  readonly timers: readonly (Timer | null)[];
  /** By app: ticks of its timers a day. */
  readonly ticks: Float64Array;
  /** By app: invocations of its other functions on a weekday, at least one each. */
  readonly others: Float64Array;
}

/** Gives the apps their invocations: timers first, whose ticks are what they are, then the others what is left of the population. */
export function makePopularity(apps: Apps, seed: number): Popularity {
  const draws = new Timers(seed);
  const timers: (Timer | null)[] = new Array(apps.functions).fill(null);
  const ticks = new Float64Array(apps.apps);
  timersAlone(apps, draws, timers, ticks, seed);
  const taken = Float64Array.from(ticks.filter((n) => n > 0)).sort();
  const values = rest(new Quantiles(AZURE.invocationsPerApp), apps.apps, taken);
  const totals = allot(
    apps,
    values.map((value) => Math.max(1, Math.round(value))),
    seed,
  );
  mixedTimers(apps, draws, timers, ticks, totals);
  const all = totals.reduce((sum, n) => sum + n, 0) + taken.reduce((sum, n) => sum + n, 0);
  addFast(apps, draws, timers, ticks, totals, all * AZURE.triggers.timer.invocations, seed);
  const others = totals.map((total, a) => (apps.kind[a] === TIMERS_ALONE ? 0 : total - ticks[a]!));
  return { timers, ticks, others };
}

function timersAlone(apps: Apps, draws: Timers, timers: (Timer | null)[], ticks: Float64Array, seed: number): void {
  const choice = azureDraws(seed, "timers alone");
  let singles = 0;
  for (let a = 0; a < apps.apps; a++) if (apps.kind[a] === TIMERS_ALONE && size(apps, a) === 1) singles++;
  const exact = exactOf(singles);
  let seen = 0;
  for (let a = 0; a < apps.apps; a++) {
    if (apps.kind[a] !== TIMERS_ALONE) continue;
    const [from, to] = [apps.first[a]!, apps.first[a + 1]!];
    const fast =
      to - from === 1 && choice.uniform(a, 0) < FAST_ALONE ? draws.fast(from, Number.POSITIVE_INFINITY) : null;
    const lead = fast ?? draws.of(from, Number.POSITIVE_INFINITY, to - from > 1 || ++seen <= exact);
    for (let f = from; f < to; f++) {
      const together = f === from || choice.uniform(f, 1) < TOGETHER;
      timers[f] = together ? { ...lead } : draws.of(f, Number.POSITIVE_INFINITY, true);
      ticks[a]! += ticksOf(timers[f]!);
    }
  }
}

const size = (apps: Apps, a: number): number => apps.first[a + 1]! - apps.first[a]!;

/** Gives ascending totals to the apps that are not timers alone; larger apps tend to larger ones, and have one for each function. */
function allot(apps: Apps, values: Float64Array, seed: number): Float64Array {
  const draws = azureDraws(seed, "totals");
  const score = (a: number) => SIZE_TELLS * (a / apps.apps) + (1 - SIZE_TELLS) * draws.uniform(a, 0);
  const left = [...byScore(apps.apps, score)].filter((a) => apps.kind[a] !== TIMERS_ALONE);
  const totals = new Float64Array(apps.apps);
  // Apps too large for the values so far wait for the next; nobody waits long, since values soon pass all sizes.
  const waiting: number[] = [];
  let next = 0;
  for (const value of values) {
    const waited = waiting.findIndex((a) => size(apps, a) <= value);
    if (waited >= 0) {
      totals[waiting.splice(waited, 1)[0]!] = value;
      continue;
    }
    while (next < left.length && size(apps, left[next]!) > value) waiting.push(left[next++]!);
    if (next < left.length) totals[left[next++]!] = value;
    else totals[waiting[0]!] = Math.max(value, size(apps, waiting.shift()!));
  }
  return totals;
}

function mixedTimers(apps: Apps, draws: Timers, timers: (Timer | null)[], ticks: Float64Array, totals: Float64Array) {
  for (let a = 0; a < apps.apps; a++) {
    if (apps.kind[a] !== MIXED) continue;
    const from = apps.first[a]!;
    const to = from + apps.timers[a]!;
    const spare = totals[a]! - size(apps, a);
    let used = 0;
    for (let f = from; f < to; f++) {
      const most = 1 + (TIMERS_MOST * spare - used) / (1 + (to - f - 1) / 4);
      const timer = draws.of(f, Math.max(1, Math.min(most, 1 + spare - used)), false);
      timers[f] = timer;
      used += ticksOf(timer) - 1;
    }
    ticks[a] = used + to - from;
  }
}

/** Gives timers of mixed apps seconds in their schedules, until all timers have so many invocations. */
function addFast(
  apps: Apps,
  draws: Timers,
  timers: (Timer | null)[],
  ticks: Float64Array,
  totals: Float64Array,
  wanted: number,
  seed: number,
): void {
  const order = azureDraws(seed, "fast timers");
  let sum = ticks.reduce((all, n) => all + n, 0);
  const candidates: [app: number, f: number][] = [];
  for (let a = 0; a < apps.apps; a++) {
    if (apps.kind[a] !== MIXED) continue;
    for (let f = apps.first[a]!; f < apps.first[a]! + apps.timers[a]!; f++) candidates.push([a, f]);
  }
  for (const i of byScore(candidates.length, (at) => order.uniform(candidates[at]![1], 0))) {
    const [a, f] = candidates[i]!;
    const before = ticksOf(timers[f]!);
    const fast = draws.fast(f, Math.min(TIMERS_MOST * totals[a]! - ticks[a]!, wanted - sum) + before);
    if (fast === null) continue;
    timers[f] = fast;
    ticks[a]! += ticksOf(fast) - before;
    sum += ticksOf(fast) - before;
  }
}
