import { keyed, PURPOSE } from "../../random/index.js";

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
  for (let sequence = 0; sequence < arrived; sequence++) {
    random.block(sequence, Math.floor(sequence / 4294967296));
    placed[Math.floor(((random.x0 >>> 0) * shards) / 4294967296)]!++;
  }
  return placed;
}
