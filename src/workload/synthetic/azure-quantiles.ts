import { keyedBy, PURPOSE, type Threefry } from "../../random/index.js";
import type { Knot } from "./azure-figures.js";

/** Above this share a quantile function runs straight over the logarithm of what is left, as power tails do. */
const TAIL = 0.9;

/**
 * A quantile function through knots with rising shares: the logarithm of the value runs straight between two of them (the value
 * itself, from a 0), over the share, and above 90 % over the logarithm of the share that is left. Constant beyond the knots.
 */
export class Quantiles {
  readonly knots: readonly Knot[];

  constructor(knots: readonly Knot[]) {
    this.knots = knots;
  }

  /** The value of a share in [0, 1]. */
  at(share: number): number {
    const { knots } = this;
    let i = 1;
    while (i < knots.length - 1 && knots[i]![0] < share) i++;
    const [from, low] = knots[i - 1]!;
    const [to, high] = knots[i]!;
    if (share >= to) return high;
    if (share <= from) return low;
    const t =
      from >= TAIL && to < 1
        ? Math.log((1 - share) / (1 - from)) / Math.log((1 - to) / (1 - from))
        : (share - from) / (to - from);
    return low > 0 ? low * Math.exp(t * Math.log(high / low)) : low + t * (high - low);
  }
}

/**
 * Values for what is left of `total` things when some have values already (ascending): in each segment between knots as many as
 * are missing, evenly by rank. Where there are too many already, the segments after it have the fewer. Ascending.
 */
export function rest(quantiles: Quantiles, total: number, taken: Float64Array): Float64Array {
  const values = new Float64Array(total - taken.length);
  const { knots } = quantiles;
  let made = 0;
  let below = 0;
  for (let i = 1; i < knots.length && made < values.length; i++) {
    const [from] = knots[i - 1]!;
    const [to, high] = knots[i]!;
    const last = i === knots.length - 1;
    while (below < taken.length && taken[below]! < high * (1 - 1e-9)) below++;
    let equal = 0;
    while (below + equal < taken.length && taken[below + equal]! <= high * (1 + 1e-9)) equal++;
    const room = Math.round(to * total) - below - made;
    const wanted = last ? values.length - made : Math.min(Math.max(0, room - equal), values.length - made);
    for (let j = 0; j < wanted; j++) {
      const share = last ? 1 - (wanted - j - 0.5) / total : from + (to - from) * ((j + 0.5) / wanted);
      values[made + j] = quantiles.at(share);
    }
    made += wanted;
  }
  return values;
}

/** The generator of one part of a synthetic Azure trace. */
export function azureDraws(seed: number, part: string): Threefry {
  return keyedBy(seed, PURPOSE.synthetic, ["azure", part]);
}

/** 0 … n - 1 by ascending score; equal scores as they were. */
export function byScore(n: number, score: (i: number) => number): Int32Array {
  const scores = Float64Array.from({ length: n }, (_, i) => score(i));
  return Int32Array.from({ length: n }, (_, i) => i).sort((a, b) => scores[a]! - scores[b]! || a - b);
}

/** `count` of n things, the same ones for the same draws: those with the lowest uniforms. */
export function pick(draws: Threefry, n: number, count: number): Uint8Array {
  const picked = new Uint8Array(n);
  const order = byScore(n, (i) => draws.uniform(i, 0));
  for (let i = 0; i < count && i < n; i++) picked[order[i]!] = 1;
  return picked;
}
