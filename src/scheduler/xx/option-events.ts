import { longer, longerInts } from "../../cluster/live.js";

/** Kinds of option events, in the order in which they happen at one instant. */
export const RELEASE = 0;
export const CHILD = 1;
export const RETRY = 2;

/**
 * Events about one invocation that options add: the release of a delayed one, the arrival of a child, the placing anew
 * of a killed one. A binary heap by (time, kind, sequence).
 */
export class OptionEvents {
  /** How many there are. */
  size = 0;
  private times = new Float64Array(64);
  private kinds = new Int32Array(64);
  private sequences = new Float64Array(64);
  private slots = new Int32Array(64);

  /** Time of the earliest; Infinity: none. */
  next(): number {
    return this.size > 0 ? this.times[0]! : Number.POSITIVE_INFINITY;
  }

  /** Kind and slot of the earliest; there must be one. */
  kind(): number {
    return this.kinds[0]!;
  }

  slot(): number {
    return this.slots[0]!;
  }

  push(time: number, kind: number, sequence: number, slot: number): void {
    if (this.size === this.slots.length) {
      this.times = longer(this.times, 2 * this.size);
      this.kinds = longerInts(this.kinds, 2 * this.size);
      this.sequences = longer(this.sequences, 2 * this.size);
      this.slots = longerInts(this.slots, 2 * this.size);
    }
    let hole = this.size++;
    this.put(hole, time, kind, sequence, slot);
    while (hole > 0) {
      const above = (hole - 1) >> 1;
      if (!this.before(hole, above)) return;
      this.swap(hole, above);
      hole = above;
    }
  }

  /** Removes the earliest. */
  pop(): void {
    const last = --this.size;
    this.swap(0, last);
    let hole = 0;
    for (let below = 1; below < last; below = 2 * hole + 1) {
      if (below + 1 < last && this.before(below + 1, below)) below++;
      if (!this.before(below, hole)) return;
      this.swap(hole, below);
      hole = below;
    }
  }

  private before(a: number, b: number): boolean {
    const { times, kinds, sequences } = this;
    if (times[a] !== times[b]) return times[a]! < times[b]!;
    if (kinds[a] !== kinds[b]) return kinds[a]! < kinds[b]!;
    return sequences[a]! < sequences[b]!;
  }

  private swap(a: number, b: number): void {
    const { times, kinds, sequences, slots } = this;
    const time = times[a]!;
    const kind = kinds[a]!;
    const sequence = sequences[a]!;
    const slot = slots[a]!;
    this.put(a, times[b]!, kinds[b]!, sequences[b]!, slots[b]!);
    this.put(b, time, kind, sequence, slot);
  }

  private put(at: number, time: number, kind: number, sequence: number, slot: number): void {
    this.times[at] = time;
    this.kinds[at] = kind;
    this.sequences[at] = sequence;
    this.slots[at] = slot;
  }
}
