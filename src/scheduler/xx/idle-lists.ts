import { MachineHeap } from "./machine-heap.js";

/**
 * The shards' idle lists. A machine is on at most one; a list gives the machine with the fewest invocations, as the list
 * shows it.
 */
export class IdleLists {
  /** By machine: the shard whose list it is on; -1: none. */
  readonly listOf: Int32Array;
  /** By shard: how many machines its list has. */
  readonly size: Int32Array;
  /** By view of the loads: the list of each shard. */
  private readonly heaps: readonly (readonly MachineHeap[])[];

  /** `shown` is by view the load that lists show, by machine. */
  constructor(shards: number, shown: readonly Int32Array[]) {
    const machines = shown[0]!.length;
    this.listOf = new Int32Array(machines).fill(-1);
    this.size = new Int32Array(shards);
    this.heaps = shown.map((load) => {
      const place = new Int32Array(machines);
      return Array.from({ length: shards }, () => new MachineHeap(load, place));
    });
  }

  /** The machine with the fewest on a shard's list, of equal ones the lowest index; -1: the list is empty. */
  least(shard: number, view: number): number {
    return this.size[shard]! > 0 ? this.heaps[view]![shard]!.top() : -1;
  }

  /** Machine m, which is on no list, joins one. */
  join(m: number, shard: number): void {
    this.listOf[m] = shard;
    this.size[shard]!++;
    for (const heaps of this.heaps) heaps[shard]!.add(m);
  }

  /** Machine m leaves the list it is on. */
  leave(m: number): void {
    const shard = this.listOf[m]!;
    this.listOf[m] = -1;
    this.size[shard]!--;
    for (const heaps of this.heaps) heaps[shard]!.remove(m);
  }

  /** What is shown of machine m, which is on a list, has changed. */
  changed(m: number): void {
    const { heaps } = this;
    const shard = this.listOf[m]!;
    heaps[0]![shard]!.changed(m);
    for (let view = 1; view < heaps.length; view++) heaps[view]![shard]!.changed(m);
  }
}
