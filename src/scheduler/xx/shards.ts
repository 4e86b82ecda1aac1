import { keyed, PURPOSE } from "../../random/index.js";

/** A power of two. */
const AT_ONCE = 512;

/**
 * The global scheduler's shards. The load balancer gives each arrival to one of them, chosen uniformly; with zero
 * placement time the shard places it at once, by power of k choices over all machines. Its queues are then always
 * empty and where an invocation runs does not depend on the shard: the draws are made when somebody asks for counts.
 *
 * @returns invocations placed by each of `shards` (>= 1), of the first `arrived`.
 */
export function placedByShard(shards: number, seed: number, arrived: number): Float64Array {
  const placed = new Float64Array(shards);
  const random = keyed(seed, PURPOSE.shard);
  const drawn = new Float64Array(AT_ONCE);
  for (let first = 0; first < arrived; first += AT_ONCE) {
    random.uniforms(first, AT_ONCE, Math.floor(first / 4294967296), drawn);
    const count = Math.min(AT_ONCE, arrived - first);
    for (let i = 0; i < count; i++) placed[Math.floor(drawn[i]! * shards)]!++;
  }
  return placed;
}
