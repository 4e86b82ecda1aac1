import { keyed, PURPOSE } from "../random/index.js";

/**
 * Which invocations' rows are kept: each with probability `share` (0 < share < 1), the same ones whatever the
 * scheduler. The draw is keyed by the invocation's number.
 */
export function rowSampling(share: number, seed: number): (invocation: number) => boolean {
  const draws = keyed(seed, PURPOSE.record);
  return (invocation) => draws.uniform(invocation >>> 0, Math.floor(invocation / 4294967296)) < share;
}
