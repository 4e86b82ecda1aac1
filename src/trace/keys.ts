const EMPTY = -1;
const WIDTH = 4;

/** Distinct tuples of four ids (-1: none), each with an id of its own counted up from 0. */
export class Keys {
  /** How many there are. */
  size = 0;
  private parts = new Int32Array(WIDTH * 1024);
  private slots = new Int32Array(4096).fill(EMPTY);

  /** The tuple's id, new where it has not been seen. */
  intern(a: number, b: number, c: number, d: number): number {
    const slot = this.slotOf(this.slots, a, b, c, d);
    const found = this.slots[slot]!;
    if (found !== EMPTY) return found;
    const id = this.size++;
    const at = WIDTH * id;
    if (at === this.parts.length) {
      const parts = new Int32Array(2 * at);
      parts.set(this.parts);
      this.parts = parts;
    }
    this.parts[at] = a;
    this.parts[at + 1] = b;
    this.parts[at + 2] = c;
    this.parts[at + 3] = d;
    this.slots[slot] = id;
    if (2 * this.size > this.slots.length) this.rehash();
    return id;
  }

  /** The tuple's id; -1 where it has not been seen. */
  find(a: number, b: number, c: number, d: number): number {
    return this.slots[this.slotOf(this.slots, a, b, c, d)]!;
  }

  /** Part 0 … 3 of tuple `id`. */
  part(id: number, part: number): number {
    return this.parts[WIDTH * id + part]!;
  }

  private slotOf(slots: Int32Array, a: number, b: number, c: number, d: number): number {
    const { parts } = this;
    const mask = slots.length - 1;
    let slot = hashOf(a, b, c, d) & mask;
    for (let id = slots[slot]!; id !== EMPTY; id = slots[slot]!) {
      const at = WIDTH * id;
      if (parts[at] === a && parts[at + 1] === b && parts[at + 2] === c && parts[at + 3] === d) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private rehash(): void {
    const slots = new Int32Array(2 * this.slots.length).fill(EMPTY);
    const { parts } = this;
    for (let id = 0, at = 0; id < this.size; id++, at += WIDTH) {
      slots[this.slotOf(slots, parts[at]!, parts[at + 1]!, parts[at + 2]!, parts[at + 3]!)] = id;
    }
    this.slots = slots;
  }
}

function hashOf(a: number, b: number, c: number, d: number): number {
  let hash = Math.imul(a, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 15) ^ b, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13) ^ c, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 16) ^ d, 0x27d4eb2f);
  return hash ^ (hash >>> 15);
}
