import { keyed, PURPOSE, type Threefry } from "../../random/index.js";

/** A power of two. */
const AT_ONCE = 512;

/** The shard that the load balancer gives an invocation to, uniformly; keyed by the invocation. */
export class ShardChoice {
  private readonly shards: number;
  private readonly random: Threefry;
  private readonly retry: Threefry;
  private readonly drawn = new Float64Array(AT_ONCE);
  /** Sequence of the first of the drawn; draws are made AT_ONCE, for those who ask in ascending order. */
  private first = -AT_ONCE;

  /** `shards` >= 1. */
  constructor(shards: number, seed: number) {
    this.shards = shards;
    this.random = keyed(seed, PURPOSE.shard);
    this.retry = keyed(seed, PURPOSE.retry);
  }

  /** The shard of the invocation with this sequence, when it is placed for the `attempt`-th time (0: the first). */
  of(sequence: number, attempt = 0): number {
    let at = sequence - this.first;
    if (attempt > 0 || at < 0) {
      const random = attempt > 0 ? this.retry.derive(attempt, 1) : this.random;
      return Math.floor(random.uniform(sequence, Math.floor(sequence / 4294967296)) * this.shards);
    }
    if (at >= AT_ONCE) {
      at = sequence % AT_ONCE;
      this.first = sequence - at;
      this.random.uniforms(this.first, AT_ONCE, Math.floor(this.first / 4294967296), this.drawn);
    }
    return Math.floor(this.drawn[at]! * this.shards);
  }
}

/**
 * The global scheduler's shards. The load balancer gives each arrival to one of them, chosen uniformly; with zero
 * placement time the shard places it at once, by power of k choices over all machines. Its queues are then always
 * empty and where an invocation runs does not depend on the shard: shards are only counted.
 */
export class ShardCounts {
  /** Invocations placed, by shard. */
  readonly placed: Float64Array;
  private readonly choice: ShardChoice;
  /** Sequence of the first that is not counted. */
  private next = 0;

  /** `shards` >= 1. */
  constructor(shards: number, seed: number) {
    this.placed = new Float64Array(shards);
    this.choice = new ShardChoice(shards, seed);
  }

  /** Counts all before this sequence that are not counted yet. */
  countTo(sequence: number): void {
    for (; this.next < sequence; this.next++) this.placed[this.choice.of(this.next)]!++;
  }
}
