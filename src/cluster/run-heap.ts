import { longer, longerInts } from "./live.js";

/**
 * A binary heap of ids by (order, sequence), the least on top: a total order, as sequences differ. Entries keep their
 * own order and sequence, so an id that is used again meanwhile can be told by its sequence.
 */
export class RunHeap {
  private orders = new Float64Array(64);
  private sequences = new Float64Array(64);
  private ids = new Int32Array(64);
  /** Entries. */
  size = 0;

  /** Id, order and sequence of the top; there must be one. */
  topId(): number {
    return this.ids[0]!;
  }

  topOrder(): number {
    return this.orders[0]!;
  }

  topSequence(): number {
    return this.sequences[0]!;
  }

  clear(): void {
    this.size = 0;
  }

  push(id: number, order: number, sequence: number): void {
    if (this.size === this.ids.length) {
      this.orders = longer(this.orders, 2 * this.size);
      this.sequences = longer(this.sequences, 2 * this.size);
      this.ids = longerInts(this.ids, 2 * this.size);
    }
    const { orders, sequences, ids } = this;
    let hole = this.size++;
    while (hole > 0) {
      const up = (hole - 1) >> 1;
      const other = orders[up]!;
      if (other < order || (other === order && sequences[up]! < sequence)) break;
      orders[hole] = other;
      sequences[hole] = sequences[up]!;
      ids[hole] = ids[up]!;
      hole = up;
    }
    orders[hole] = order;
    sequences[hole] = sequence;
    ids[hole] = id;
  }

  /** Removes the top. */
  pop(): void {
    const { orders, sequences, ids } = this;
    const size = --this.size;
    if (size === 0) return;
    const order = orders[size]!;
    const sequence = sequences[size]!;
    let hole = 0;
    for (let child = 1; child < size; child = 2 * hole + 1) {
      if (child + 1 < size) {
        const a = orders[child]!;
        const b = orders[child + 1]!;
        if (b < a || (b === a && sequences[child + 1]! < sequences[child]!)) child++;
      }
      const other = orders[child]!;
      if (order < other || (order === other && sequence < sequences[child]!)) break;
      orders[hole] = other;
      sequences[hole] = sequences[child]!;
      ids[hole] = ids[child]!;
      hole = child;
    }
    orders[hole] = order;
    sequences[hole] = sequence;
    ids[hole] = ids[size]!;
  }

  /** Removes an id wherever it is, which takes a look at all of them; returns its order. It must be there. */
  take(id: number): number {
    const { orders, sequences, ids } = this;
    let hole = this.list().indexOf(id);
    const order = orders[hole]!;
    while (hole > 0) {
      const up = (hole - 1) >> 1;
      orders[hole] = orders[up]!;
      sequences[hole] = sequences[up]!;
      ids[hole] = ids[up]!;
      hole = up;
    }
    this.pop();
    return order;
  }

  /** Removes every entry that is not to be kept. */
  filter(keeps: (id: number, sequence: number) => boolean): void {
    const { orders, sequences, ids, size } = this;
    this.size = 0;
    for (let i = 0; i < size; i++) {
      if (keeps(ids[i]!, sequences[i]!)) this.push(ids[i]!, orders[i]!, sequences[i]!);
    }
  }

  /** Adds to every order, which leaves all in order. */
  shift(by: number): void {
    for (let i = 0; i < this.size; i++) this.orders[i]! += by;
  }

  /** Every id, in no particular order; good until the next change. */
  list(): Int32Array {
    return this.ids.subarray(0, this.size);
  }
}
