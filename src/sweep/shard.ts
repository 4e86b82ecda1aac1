import { Invalid } from "../invalid.js";

/** One of `count` disjoint parts of a sweep's cells; `index` is from 1 on. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

const MOST = 100_000;

/** Reads i/n. Throws Invalid. */
export function parseShard(text: string, where: string): Shard {
  const [, i, n] = /^(\d{1,6})\/(\d{1,6})$/.exec(text.trim()) ?? [];
  const [index, count] = [Number(i), Number(n)];
  if (index >= 1 && index <= count && count <= MOST) return { index, count };
  throw new Invalid("shard", text, where, `i/n, the i-th of n parts, from 1/n to n/n, n up to ${MOST}`);
}

/** Its cells: every count-th, so that long and short ones, which lie side by side in a plan, are spread evenly. */
export function shardOf<T>(cells: readonly T[], { index, count }: Shard): T[] {
  return cells.filter((_, i) => i % count === index - 1);
}
