import { Keys } from "./keys.js";

/** Which trigger each function has, where rows of one function may say different things. */
export class TriggerVotes {
  private readonly pairs = new Keys();
  private votes: number[] = [];

  /** A row of function `key` with trigger `trigger` (-1: none) counts as many votes as it has invocations. */
  add(key: number, trigger: number, invocations: number): void {
    if (trigger < 0) return;
    const pair = this.pairs.intern(key, trigger, -1, -1);
    this.votes[pair] = (this.votes[pair] ?? 0) + invocations;
  }

  /** The trigger of each of `keys` functions (-1: none): most votes, then first by rank. And how many had several. */
  decide(keys: number, ranks: Int32Array): { of: Int32Array; conflicts: number } {
    const of = new Int32Array(keys).fill(-1);
    const best = new Int32Array(keys).fill(-1);
    const several = new Set<number>();
    for (let pair = 0; pair < this.pairs.size; pair++) {
      const key = this.pairs.part(pair, 0);
      const trigger = this.pairs.part(pair, 1);
      const before = best[key]!;
      if (before >= 0) {
        several.add(key);
        const more = this.votes[pair]! - this.votes[before]!;
        if (more < 0 || (more === 0 && ranks[trigger]! > ranks[of[key]!]!)) continue;
      }
      best[key] = pair;
      of[key] = trigger;
    }
    return { of, conflicts: several.size };
  }
}
