import { longer, longerInts } from "../../cluster/live.js";

/**
 * Machines by (load, index), the least on top, each at a known place: one whose load has changed, or that leaves, is
 * found without a search.
 */
export class MachineHeap {
  /** How many there are. */
  size = 0;
  /** By place: load x machines + index, which orders by both, and the index. Behind the last, a key of Infinity. */
  private keys = new Float64Array(16).fill(Number.POSITIVE_INFINITY);
  private machines = new Int32Array(16);
  private readonly load: Int32Array;
  /** Place in the heap by machine; heaps of which no machine is in two may share it. */
  private readonly place: Int32Array;

  /** `load` and `place` are by machine; after a change of a load call `changed`. */
  constructor(load: Int32Array, place: Int32Array) {
    this.load = load;
    this.place = place;
  }

  /** The machine with the least load, of equal ones the lowest index; there must be one. */
  top(): number {
    return this.machines[0]!;
  }

  add(m: number): void {
    if (this.size + 2 > this.machines.length) {
      const had = this.machines.length;
      this.keys = longer(this.keys, 2 * had).fill(Number.POSITIVE_INFINITY, had);
      this.machines = longerInts(this.machines, 2 * had);
    }
    this.up(m, this.size++);
  }

  remove(m: number): void {
    const last = this.machines[--this.size]!;
    this.keys[this.size] = Number.POSITIVE_INFINITY;
    if (last !== m) this.put(last, this.place[m]!);
  }

  /** The load of a machine in it has changed. */
  changed(m: number): void {
    this.put(m, this.place[m]!);
  }

  /** Puts a machine near a hole, where it belongs. */
  private put(m: number, hole: number): void {
    if (hole > 0 && this.key(m) < this.keys[(hole - 1) >> 1]!) this.up(m, hole);
    else this.down(m, hole);
  }

  private key(m: number): number {
    return this.load[m]! * this.load.length + m;
  }

  private up(m: number, from: number): void {
    const { keys, machines, place } = this;
    const key = this.key(m);
    let hole = from;
    while (hole > 0) {
      const above = (hole - 1) >> 1;
      const other = keys[above]!;
      if (other <= key) break;
      keys[hole] = other;
      machines[hole] = machines[above]!;
      place[machines[hole]!] = hole;
      hole = above;
    }
    keys[hole] = key;
    machines[hole] = m;
    place[m] = hole;
  }

  private down(m: number, from: number): void {
    const { keys, machines, place, size } = this;
    const key = this.key(m);
    let hole = from;
    for (let below = 2 * hole + 1; below < size; below = 2 * hole + 1) {
      // Without a branch, which would be mispredicted every other time.
      below += Number(keys[below + 1]! < keys[below]!);
      const other = keys[below]!;
      if (other >= key) break;
      keys[hole] = other;
      machines[hole] = machines[below]!;
      place[machines[hole]!] = hole;
      hole = below;
    }
    keys[hole] = key;
    machines[hole] = m;
    place[m] = hole;
  }
}
