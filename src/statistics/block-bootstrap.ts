/** A uniform in [0, 1), a pure function of a counter; see Threefry.uniform. */
export type UniformAt = (counter0: number, counter1: number) => number;

/** Events by the block of time they are in: those of block b are order[starts[b] … starts[b + 1] - 1]. */
export interface Blocks {
  readonly order: Int32Array;
  readonly starts: Int32Array;
}

/** Puts events into blocks, `blockOf` saying which, 0 … count - 1; their order within a block stays. */
export function inBlocks(blockOf: ArrayLike<number>, count: number): Blocks {
  const starts = new Int32Array(count + 1);
  for (let i = 0; i < blockOf.length; i++) starts[blockOf[i]! + 1]!++;
  for (let b = 0; b < count; b++) starts[b + 1]! += starts[b]!;
  const next = starts.slice(0, count);
  const order = new Int32Array(blockOf.length);
  for (let i = 0; i < blockOf.length; i++) order[next[blockOf[i]!]!++] = i;
  return { order, starts };
}

/** `drawn` blocks of `count`, with replacement: the draws of one replicate. */
export function drawBlocks(uniform: UniformAt, replicate: number, count: number, drawn: number = count): Int32Array {
  return Int32Array.from({ length: drawn }, (_, i) => Math.floor(uniform(i, replicate) * count));
}

/** The events of the blocks that were drawn, a block drawn twice giving them twice. */
export function eventsOf({ order, starts }: Blocks, drawn: Int32Array): Int32Array {
  let length = 0;
  for (const b of drawn) length += starts[b + 1]! - starts[b]!;
  const events = new Int32Array(length);
  let at = 0;
  for (const b of drawn) {
    events.set(order.subarray(starts[b]!, starts[b + 1]!), at);
    at += starts[b + 1]! - starts[b]!;
  }
  return events;
}

/** 2.5 % and 97.5 % quantiles (type 1) of replicates, none NaN; reorders them. NaN where there are none. */
export function percentileInterval(replicates: Float64Array): { readonly low: number; readonly high: number } {
  const sorted = replicates.sort();
  const at = (q: number) => sorted[Math.max(0, Math.ceil(q * sorted.length - 1e-9) - 1)] ?? Number.NaN;
  return { low: at(0.025), high: at(0.975) };
}
