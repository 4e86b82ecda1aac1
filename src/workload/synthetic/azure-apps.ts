import { AZURE, TRIGGERS } from "./azure-figures.js";
import { azureDraws, byScore, Quantiles } from "./azure-quantiles.js";

/** What triggers an app's functions: timers alone, timers and others, or others alone. */
export const TIMERS_ALONE = 0;
export const MIXED = 1;
export const NO_TIMERS = 2;

/**
 * Shares of apps, ours: one timer alone that is never late, of which one in nine has too few ticks to tell and so 22.7 % of the apps
 * with three invocations or more tick like a clock; one timer alone that may be late; several timers alone.
 */
const EXACT = 0.219;
const LOOSE = 0.012;
const TOGETHER = 0.03;
/** Of the other apps with several functions, so many have no timer. */
const NEVER = 0.3;

/** Apps and their functions, the functions of app a from first[a] to first[a + 1] - 1, timers first. */
export interface Apps {
  readonly apps: number;
  readonly functions: number;
  readonly first: Int32Array;
  readonly kind: Uint8Array;
  /** By app: how many of its functions are timers. */
  readonly timers: Int32Array;
  /** By app: its owner, 0 … owners - 1. */
  readonly owner: Int32Array;
  readonly owners: number;
}

/** As many apps as hold so many functions, in order of size, with their owners and timers. */
export function makeApps(functions: number, seed: number): Apps {
  const sizes = appSizes(functions);
  const apps = sizes.length;
  const first = new Int32Array(apps + 1);
  for (let a = 0; a < apps; a++) first[a + 1] = first[a]! + sizes[a]!;
  const kind = appKinds(sizes, seed);
  const wanted = Math.min(Math.round(functions * AZURE.triggers.timer.functions), functions);
  return { apps, functions, first, kind, timers: timersOf(sizes, kind, wanted, seed), ...owners(apps, seed) };
}

function appSizes(functions: number): Int32Array {
  const { functionsPerApp: knots } = AZURE;
  const tail = new Quantiles([[knots[4][0], knots[4][1] + 1], [knots[5][0], knots[5][1] + 0.5], knots[6]]);
  const size = (share: number): number =>
    share < knots[4][0] ? knots.find(([below]) => share < below)![1] : Math.floor(tail.at(share));
  const sizesOf = (apps: number) => Int32Array.from({ length: apps }, (_, a) => size((a + 0.5) / apps));
  const sum = (sizes: Int32Array) => sizes.reduce((all, more) => all + more, 0);
  let low = 1;
  for (let high = functions + 1; high - low > 1; ) {
    const middle = (low + high) >> 1;
    if (sum(sizesOf(middle)) <= functions) low = middle;
    else high = middle;
  }
  const sizes = sizesOf(low);
  let missing = functions - sum(sizes);
  for (let a = low - 2; missing > 0; a = a > low / 2 ? a - 1 : low - 1, missing--) sizes[Math.max(0, a)]!++;
  return sizes;
}

function appKinds(sizes: Int32Array, seed: number): Uint8Array {
  const draws = azureDraws(seed, "kinds");
  const apps = sizes.length;
  const kind = new Uint8Array(apps).fill(NO_TIMERS);
  const singles = sizes.findIndex((size) => size > 1) >>> 0;
  const alone = Math.min(singles, apps);
  const order = byScore(alone, (a) => draws.uniform(a, 0));
  const timers = Math.min(alone, Math.round(apps * (EXACT + LOOSE)));
  for (let i = 0; i < timers; i++) kind[order[i]!] = TIMERS_ALONE;
  const several = byScore(apps - alone, (i) => (sizes[alone + i]! <= 4 ? 0 : 1) + draws.uniform(alone + i, 1));
  const together = Math.min(Math.round(apps * TOGETHER), several.length);
  several.forEach((i, rank) => {
    if (rank < together) kind[alone + i] = TIMERS_ALONE;
    else if (draws.uniform(alone + i, 2) >= NEVER) kind[alone + i] = MIXED;
  });
  return kind;
}

/** How many of so many single timers are never late. */
export function exactOf(singles: number): number {
  return Math.round((singles * EXACT) / (EXACT + LOOSE));
}

/** How many timers each app has: all its functions, none, or a share that brings all together to `wanted`, where that can be. */
function timersOf(sizes: Int32Array, kind: Uint8Array, wanted: number, seed: number): Int32Array {
  const draws = azureDraws(seed, "timer shares");
  const share = Float64Array.from(sizes, (_, a) => 0.2 + 0.8 * draws.uniform(a, 0));
  const most = (a: number) => (kind[a] === TIMERS_ALONE ? sizes[a]! : kind[a] === MIXED ? sizes[a]! - 1 : 0);
  const least = (a: number) => (kind[a] === TIMERS_ALONE ? sizes[a]! : kind[a] === MIXED ? 1 : 0);
  const count = (factor: number) =>
    Int32Array.from(sizes, (size, a) => Math.min(most(a), Math.max(least(a), Math.round(factor * share[a]! * size))));
  const sum = (timers: Int32Array) => timers.reduce((all, more) => all + more, 0);
  let low = 0;
  let high = 8;
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    if (sum(count(middle)) <= wanted) low = middle;
    else high = middle;
  }
  const timers = count(low);
  let missing = wanted - sum(timers);
  for (let a = sizes.length - 1; a >= 0 && missing > 0; a--) {
    const more = Math.min(missing, most(a) - timers[a]!, 1);
    timers[a]! += more;
    missing -= more;
  }
  return timers;
}

function owners(apps: number, seed: number): { owner: Int32Array; owners: number } {
  const draws = azureDraws(seed, "owners");
  const { one, tail, most } = AZURE.appsPerOwner;
  const order = byScore(apps, (a) => draws.uniform(a, 0));
  const owner = new Int32Array(apps);
  let owners = 0;
  for (let i = 0; i < apps; owners++) {
    const left = (1 - draws.uniform(owners, 1)) / (1 - one);
    const size = left >= 1 ? 1 : Math.min(most, Math.floor(2 * Math.exp(-Math.log(left) / tail)));
    for (const end = Math.min(apps, i + size); i < end; i++) owner[order[i]!] = owners;
  }
  return { owner, owners };
}

/** How many functions of each trigger there are, timers as they are and the others by their shares, largest remainders first. */
export function triggerCounts(functions: number, timers: number): Int32Array {
  const others = TRIGGERS.slice(1).map((name) => AZURE.triggers[name].functions);
  const total = others.reduce((sum, share) => sum + share, 0);
  const exact = others.map((share) => ((functions - timers) * share) / total);
  const counts = exact.map(Math.floor);
  const order = exact.map((_, t) => t).sort((a, b) => exact[b]! - counts[b]! - (exact[a]! - counts[a]!) || a - b);
  let missing = functions - timers - counts.reduce((sum, count) => sum + count, 0);
  for (const t of order) if (missing-- > 0) counts[t]!++;
  return Int32Array.from([timers, ...counts]);
}
