import { keyed, PURPOSE, type Threefry } from "../../random/index.js";

/**
 * The global scheduler's shards. The load balancer gives each arrival to one of them, chosen uniformly; with zero
 * placement time the shard places it at once, so its queues are always empty and what is left of it is what it placed.
 */
export class Shards {
  /** Invocations placed, by shard. */
  readonly placed: Float64Array;
  private readonly random: Threefry;

  /** `shards` >= 1. */
  constructor(shards: number, seed: number) {
    this.placed = new Float64Array(shards);
    this.random = keyed(seed, PURPOSE.placement);
  }

  /** The shard of an invocation: word 0 of the invocation's stream. */
  choose(sequence: number): number {
    const shards = this.placed.length;
    let shard = 0;
    if (shards > 1) {
      this.random.block(sequence, Math.floor(sequence / 4294967296) << 16);
      shard = Math.floor(((this.random.x0 >>> 0) * shards) / 4294967296);
    }
    this.placed[shard]!++;
    return shard;
  }
}
