import { normal, Stream, type Threefry } from "../../random/index.js";
import { AZURE } from "./azure-figures.js";

const DAY = 1440;

/** Invocations by minute over their mean: straight between the middles of AZURE.hours. */
export const PROFILE = Float64Array.from({ length: DAY }, (_, minute) => {
  const at = (minute + DAY - 30) / 60;
  const hour = Math.floor(at);
  const [a, b] = [AZURE.hours[hour % 24]!, AZURE.hours[(hour + 1) % 24]!];
  return a + (at - hour) * (b - a);
});

/** Of the day's minutes, no more than this part has arrivals where gaps are to differ. */
const ROOMY = 0.85;
/** An app is steady when it has so many invocations a minute or more and its gaps say no other. */
const STEADY = 3;
/**
 * Steady apps have a surge and a lapse a day, the rate in a minute over the day's mean, and over what it would be: in the busiest and
 * the quietest of so many minutes. The largest app's surge is the release's largest cell.
 */
const SURGE = AZURE.largestCell / (127471685 / DAY);
const LAPSE = 0.1;
const CHOICES = 12;
/** Timers fire at the full hour, and what they set off comes with them. */
const FULL_HOUR = 1.08;
/** Above the mean of its minutes, no more than this in one, where there are many. */
const CROWDED = 1000;
const MOST_OVER_MEAN = 2.4;

/**
 * Coefficient of variation of the inter-arrival times of a day's counts, each invocation taken to arrive at the start of its
 * minute, over all gaps between neighbours (n, not n - 1). NaN with fewer than three invocations or with all in one minute.
 */
export function interArrivalCv(counts: ArrayLike<number>): number {
  let first = -1;
  let last = -1;
  let n = 0;
  let squares = 0;
  for (let minute = 0; minute < counts.length; minute++) {
    if (counts[minute] === 0) continue;
    if (first < 0) first = minute;
    else squares += (minute - last) * (minute - last);
    last = minute;
    n += counts[minute]!;
  }
  const span = last - first;
  return n < 3 || span === 0 ? Number.NaN : Math.sqrt(Math.max(0, ((n - 1) * squares) / span / span - 1));
}

/** The least and the greatest inter-arrival CV that n invocations of a day can have. */
export function cvRange(n: number): [number, number] {
  return [n > DAY ? Math.sqrt((n - 1) / (DAY - 1) - 1) : 0, n < 3 ? 0 : Math.sqrt(n - 2)];
}

/** A day of one app's arrivals, triggered by other than timers. */
export interface ArrivalsOptions {
  /** Invocations, 1 or more. */
  readonly n: number;
  /** Their inter-arrival CV, in `cvRange`. */
  readonly cv: number;
  /** How strongly the hour counts. */
  readonly daily: number;
}

/**
 * Adds arrivals to `counts`, by minute. The squares of the gaps between the minutes with arrivals, over that of the time from the
 * first to the last, add up to (1 + cv²) / (n - 1): so the CV is met whatever the counts. The gaps are powers of exponential
 * variates; the counts follow the hour, and crowd more where arrivals are sparse.
 */
export function addArrivals(counts: Uint32Array, { n, cv, daily }: ArrivalsOptions, draws: Threefry): void {
  const stream = new Stream(draws.derive(0, 0));
  if (n === 1) {
    counts[Math.floor(stream.uniform() * DAY)]!++;
    return;
  }
  const squares = Math.min(1, (1 + cv * cv) / (n - 1));
  const most = Math.min(n, DAY);
  const scatter = 0.35 + 1.1 * stream.uniform() * stream.uniform();
  // With equal gaps it takes 1 / squares of them; more leave room to scatter, as long as minutes are left between.
  const least = Math.min(most, Math.max(2, 1 + Math.ceil(1 / squares)));
  const steady = n >= STEADY * DAY && least > 0.9 * DAY;
  const active = steady
    ? DAY
    : Math.min(most, Math.max(least, Math.min(1 + Math.round((1 + scatter) / squares), ROOMY * DAY)));
  const minutes = steady ? every(DAY) : activeMinutes(active, squares, stream);
  const weights = steady ? steadyWeights(n / DAY, daily, stream) : sparseWeights(minutes, n, daily, stream);
  spread(counts, minutes, n, weights, stream.uniform());
}

function every(minutes: number): Int32Array {
  return Int32Array.from({ length: minutes }, (_, minute) => minute);
}

/** So many minutes of the day, in order, whose gaps have squares with this sum over the squared span. */
function activeMinutes(active: number, squares: number, stream: Stream): Int32Array {
  const gaps = active - 1;
  const spare = Math.floor((DAY - active) * Math.min(0.9, 2 / active) * stream.uniform());
  const span = DAY - 1 - spare;
  const logs = Float64Array.from({ length: gaps }, () => Math.log(-Math.log(1 - stream.uniform())));
  const sizes = new Float64Array(gaps);
  const minutes = new Int32Array(active);
  /** Places the minutes, from 0, for a power of the variates: at least one apart. Gives their gaps' squares over the squared span. */
  const placed = (power: number): number => {
    let sum = 0;
    for (let i = 0; i < gaps; i++) sum += sizes[i] = Math.exp(power * logs[i]!);
    const unit = (span - gaps) / sum;
    let total = 0;
    for (let i = 0, at = 0; i < gaps; i++) {
      at += 1 + unit * sizes[i]!;
      const gap = Math.round(at) - minutes[i]!;
      minutes[i + 1] = minutes[i]! + gap;
      total += gap * gap;
    }
    return total / span / span;
  };
  let low = 0;
  let high = 30;
  for (let step = 0; step < 24; step++) {
    const middle = (low + high) / 2;
    if (placed(middle) < squares) low = middle;
    else high = middle;
  }
  placed((low + high) / 2);
  const first = Math.floor((spare + 1) * stream.uniform());
  return minutes.map((minute) => first + minute);
}

/** Rates that wander around the day's profile, with a surge and a lapse. */
function steadyWeights(mean: number, daily: number, stream: Stream): Float64Array {
  const deviation = 0.03 + 0.16 * stream.uniform() * stream.uniform();
  const keep = 0.5 + 0.45 * stream.uniform();
  const fresh = Math.sqrt(1 - keep * keep);
  let level = normal(stream);
  const weights = Float64Array.from({ length: DAY }, (_, minute) => {
    level = keep * level + fresh * normal(stream);
    const noise = Math.exp(deviation * level + normal(stream) / Math.sqrt(mean) / 2);
    const hour = minute % 60 === 0 ? FULL_HOUR : 1;
    return Math.min(SURGE, Math.max(0.05, 1 + daily * (PROFILE[minute]! - 1)) * hour * noise);
  });
  weights[extreme(weights, 1, stream)] = SURGE;
  weights[extreme(weights, -1, stream)]! *= LAPSE;
  return weights;
}

/** Of a few minutes drawn, the one with the highest weight, or with sign -1 the lowest. */
function extreme(weights: Float64Array, sign: 1 | -1, stream: Stream): number {
  let best = Math.floor(DAY * stream.uniform());
  for (let i = 1; i < CHOICES; i++) {
    const other = Math.floor(DAY * stream.uniform());
    if (sign * weights[other]! > sign * weights[best]!) best = other;
  }
  return best;
}

/** Crowds of very different sizes, less so where they are large. */
function sparseWeights(minutes: Int32Array, n: number, daily: number, stream: Stream): Float64Array {
  const power = 0.2 + 1.3 * stream.uniform();
  const weights = Float64Array.from(minutes, (minute) => {
    const crowd = Math.exp(power * Math.log(-Math.log(1 - stream.uniform())));
    return Math.max(0.05, 1 + daily * (PROFILE[minute]! - 1)) * crowd;
  });
  return n < CROWDED * minutes.length ? weights : capped(weights, n);
}

/** Weights none of which stands for more than MOST_OVER_MEAN of the mean, or for more than the release's largest cell. */
function capped(weights: Float64Array, n: number): Float64Array {
  let least = 0;
  let most = weights.reduce((max, weight) => Math.max(max, weight), 0);
  const over = Math.max(1.05, Math.min(MOST_OVER_MEAN, (AZURE.largestCell * weights.length) / n));
  // A lower cap lowers the mean too: so the cap is searched for.
  for (let step = 0; step < 30; step++) {
    const cap = (least + most) / 2;
    const sum = weights.reduce((all, weight) => all + Math.min(weight, cap), 0);
    if (cap * weights.length > over * sum) most = cap;
    else least = cap;
  }
  return weights.map((weight) => Math.min(weight, least));
}

/** One for each of the minutes, and the rest of n by weight, added up and rounded as it goes. */
function spread(counts: Uint32Array, minutes: Int32Array, n: number, weights: Float64Array, offset: number): void {
  const extra = n - minutes.length;
  const unit = extra / weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  let given = 0;
  for (let i = 0; i < minutes.length; i++) {
    sum += weights[i]! * unit;
    const until = i === minutes.length - 1 ? extra : Math.min(extra, Math.floor(sum + offset));
    counts[minutes[i]!]! += 1 + until - given;
    given = until;
  }
}
