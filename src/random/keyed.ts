import { createHash } from "node:crypto";
import { Threefry } from "./threefry.js";

/**
 * What a draw is for. Draws for different purposes are independent, and a new purpose changes no other draw.
 * A number stays with its purpose for ever.
 */
export const PURPOSE = {
  scaleCount: 1,
  thin: 2,
  arrival: 3,
  timerPhase: 4,
  duration: 5,
  donor: 6,
  memory: 7,
  priceClass: 8,
  placement: 9,
  synthetic: 10,
  copyShift: 11,
  shard: 12,
  sample: 13,
  idleList: 14,
  retry: 15,
  bootstrap: 16,
  record: 17,
} as const;

export type Purpose = (typeof PURPOSE)[keyof typeof PURPOSE];

/**
 * The generator for one purpose under one seed. Its counter is the key of the draw; see SEMANTICS on randomness.
 * `seed` is an integer in 0 … 2^53 - 1.
 */
export function keyed(seed: number, purpose: Purpose): Threefry {
  return new Threefry(seed >>> 0, Math.floor(seed / 4294967296)).derive(purpose, 0);
}

/** The generator for one purpose and one named thing, such as a function: [owner, app, function]. Null differs from "". */
export function keyedBy(seed: number, purpose: Purpose, names: readonly (string | number | null)[]): Threefry {
  const words = hashWords(names);
  return keyed(seed, purpose).derive(words[0], words[1]);
}

/** 64 bits of SHA-256 of a list of names, as two int32 words: the name's part of a key. */
export function hashWords(names: readonly (string | number | null)[]): [number, number] {
  const digest = createHash("sha256").update(JSON.stringify(names)).digest();
  return [digest.readInt32LE(0), digest.readInt32LE(4)];
}
