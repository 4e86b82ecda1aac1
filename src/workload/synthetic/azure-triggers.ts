import type { Threefry } from "../../random/index.js";
import { type Apps, TIMERS_ALONE, triggerCounts } from "./azure-apps.js";
import { AZURE, TRIGGERS } from "./azure-figures.js";
import { azureDraws, byScore } from "./azure-quantiles.js";

/** The apps that have all but this part of the invocations get their triggers by invocations, the others by functions. */
const LITTLE = 0.004;
/** A function of a lesser app has the trigger of the app's first with this chance. */
const ALIKE = 0.5;
/** Of an app's functions that are not timers the first has this part or more, where they have so many invocations. */
const LEAD = 0.95;
const LED = 1e6;
/** The parts of the others, or of all in a lesser app, fall as a power of their rank between these. */
const STEEPEST = 3;
const FLATTEST = 1.2;

/** What triggers each function, and its part of its app's invocations. */
export interface Triggers {
  /** By function: index into TRIGGERS. */
  readonly trigger: Uint8Array;
  /** By function: part of the invocations of its app's functions that are not timers; they add up to 1. 0 for a timer. */
  readonly share: Float64Array;
}

/**
 * Triggers such that functions and invocations both have their shares. Apps come by falling invocations; the function that has
 * most of an app's gets the trigger that is furthest behind in invocations, as long as not few are left, and then, as the other
 * functions do, one drawn from those that have functions left.
 */
export function makeTriggers(apps: Apps, others: Float64Array, ticks: Float64Array, seed: number): Triggers {
  const draws = azureDraws(seed, "triggers");
  const timers = apps.timers.reduce((sum, count) => sum + count, 0);
  const left = triggerCounts(apps.functions, timers);
  left[0] = 0;
  const total = others.reduce((sum, n) => sum + n, 0);
  const all = total + ticks.reduce((sum, n) => sum + n, 0);
  const shares = TRIGGERS.map((name, t) => (t === 0 ? 0 : AZURE.triggers[name].invocations));
  const quota = shares.map((share) => (share / shares.reduce((sum, more) => sum + more, 0)) * total);
  const behind = [...quota];
  const trigger = new Uint8Array(apps.functions);
  const share = new Float64Array(apps.functions);
  let rest = total;
  for (const a of byScore(apps.apps, (a) => -others[a]!)) {
    if (apps.kind[a] === TIMERS_ALONE) continue;
    const from = apps.first[a]! + apps.timers[a]!;
    const to = apps.first[a + 1]!;
    const large = rest > LITTLE * all;
    const first = large
      ? furthestBehind(behind, quota, left, others[a]!)
      : affordable(left, behind, others[a]!, draws.uniform(from, 0));
    portions(share, from, to, others[a]! >= LED, draws.uniform(from, 1));
    for (let f = from; f < to; f++) {
      const alike = f === from || (!large && left[first]! > 0 && draws.uniform(f, 2) < ALIKE);
      const t = alike ? first : affordable(left, behind, share[f]! * others[a]!, draws.uniform(f, 0));
      trigger[f] = t;
      left[t]!--;
      behind[t]! -= share[f]! * others[a]!;
    }
    rest -= others[a]!;
  }
  return { trigger, share };
}

/** Parts of 1 that fall as powers of the rank. */
function portions(share: Float64Array, from: number, to: number, led: boolean, uniform: number): void {
  const power = FLATTEST + (STEEPEST - FLATTEST) * uniform;
  for (let f = from; f < to; f++) share[f] = Math.exp(-power * Math.log(f - from + 1));
  const sum = share.subarray(from, to).reduce((all, part) => all + part, 0);
  if (led && to - from > 1) {
    const lead = LEAD + (1 - LEAD) * uniform;
    for (let f = from + 1; f < to; f++) share[f]! *= (1 - lead) / (sum - 1);
    share[from] = lead;
  } else for (let f = from; f < to; f++) share[f]! /= sum;
}

/** Of triggers with functions left, the one that lacks most of its quota among those that lack n, else the one that lacks most. */
function furthestBehind(behind: readonly number[], quota: readonly number[], left: Int32Array, n: number): number {
  let best = -1;
  let most = Number.NEGATIVE_INFINITY;
  for (let t = 0; t < left.length; t++) {
    if (left[t] === 0) continue;
    const lack = behind[t]! >= n ? behind[t]! / quota[t]! : behind[t]! - 1e18;
    if (lack > most) {
      best = t;
      most = lack;
    }
  }
  return best;
}

/** One of those with functions left that lack so many invocations; where there is none, any with functions left. */
function affordable(left: Int32Array, behind: readonly number[], n: number, uniform: number): number {
  const able = left.map((count, t) => (behind[t]! >= n ? count : 0));
  return able.some((count) => count > 0) ? drawn(able, uniform) : drawn(left, uniform);
}

function drawn(left: Int32Array, uniform: number): number {
  let at = uniform * left.reduce((sum, count) => sum + count, 0);
  for (let t = 0; t < left.length; t++) {
    at -= left[t]!;
    if (at < 0) return t;
  }
  return left.findLastIndex((count) => count > 0);
}

/**
 * How n invocations go to functions from `from` to `to` - 1: by share, at least one each, none lost. `n` >= to - from.
 * The first has what is over.
 */
export function split(n: number, share: Float64Array, from: number, to: number): Float64Array {
  const parts = new Float64Array(to - from).fill(1);
  const spare = n - parts.length;
  let given = 0;
  for (let f = from + 1; f < to; f++) {
    const more = Math.floor(spare * share[f]!);
    parts[f - from]! += more;
    given += more;
  }
  if (parts.length > 0) parts[0]! += spare - given;
  return parts;
}

/** Up to so many invocations are drawn one by one. */
const DRAWN = 2048;

/**
 * Takes `wanted` of the `left` >= wanted invocations in `counts`, by minute, into `into`: of `wanted` stretches of equal length one
 * each, drawn; where they are many, the one at the same place in each.
 */
export function take(counts: Uint32Array, left: number, wanted: number, into: Uint32Array, draws: Threefry): void {
  const step = left / wanted;
  const offset = draws.uniform(0, 1);
  const place = (stretch: number): number => {
    const first = Math.floor(stretch * step);
    const length = Math.floor((stretch + 1) * step) - first;
    return first + Math.floor(length * draws.uniform(stretch, 0));
  };
  let next = wanted <= DRAWN ? place(0) : 0;
  let seen = 0;
  for (let minute = 0, taken = 0; minute < counts.length && taken < wanted; minute++) {
    const count = counts[minute]!;
    if (count === 0) continue;
    seen += count;
    const before = taken;
    if (wanted > DRAWN) taken = Math.min(wanted, Math.floor(seen / step + 1 - offset));
    else for (; taken < wanted && next < seen; next = place(taken)) taken++;
    into[minute]! += taken - before;
    counts[minute]! -= taken - before;
  }
}
