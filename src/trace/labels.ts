import { isUtf8 } from "node:buffer";

const EMPTY = -1;

/** What `Labels.intern` gives for bytes that are no UTF-8. */
export const NOT_UTF8 = -2;

const COMMA = 44;

/**
 * Distinct labels, each with an id counted up from 0, taken straight from the bytes of a file. The empty label is null
 * and has id -1. Bytes are looked at four at a time, through a view of the same buffer.
 */
export class Labels {
  /** How many there are. */
  size = 0;
  /** Length of the label that was asked for last: a good guess for the next. */
  lastLength = 0;
  /** Whether no label has a comma in it, so that bytes that equal one cannot reach beyond a field of CSV. */
  plain = true;
  private arena = Buffer.allocUnsafeSlow(65536);
  private view = viewOf(this.arena);
  private ends = new Uint32Array(1024);
  private hashes = new Int32Array(1024);
  private slots = new Int32Array(4096).fill(EMPTY);

  /** The id of the label in bytes[start, end), -1 where it is empty, NOT_UTF8 where it is no UTF-8. */
  intern(bytes: Buffer, view: DataView, start: number, end: number): number {
    const length = end - start;
    this.lastLength = length;
    if (length === 0) return -1;
    const hash = hashOf(view, start, length);
    const slot = this.slotOf(hash, view, start, length);
    const found = this.slots[slot]!;
    if (found !== EMPTY) return found;
    if (!isUtf8(bytes.subarray(start, end))) return NOT_UTF8;
    return this.add(bytes, start, end, hash, slot);
  }

  /** The id of the label of `length` bytes at `start`; -1 where it has not been seen. */
  find(view: DataView, start: number, length: number): number {
    return this.slots[this.slotOf(hashOf(view, start, length), view, start, length)]!;
  }

  /** The id of a string. */
  internString(text: string): number {
    const bytes = Buffer.from(text);
    return this.intern(bytes, viewOf(bytes), 0, bytes.length);
  }

  /** The label as a string; null for -1. */
  text(id: number): string | null {
    return id < 0 ? null : this.arena.toString("utf8", this.start(id), this.ends[id]!);
  }

  /** By id: the label's place among all of them in order of their bytes. */
  ranks(): Int32Array {
    const { arena, ends } = this;
    const prefixes = new Float64Array(this.size);
    for (let id = 0; id < this.size; id++) prefixes[id] = prefixOf(arena, this.start(id), ends[id]!);
    const order = Uint32Array.from(prefixes.keys());
    order.sort((a, b) => {
      const difference = prefixes[a]! - prefixes[b]!;
      return difference !== 0 ? difference : arena.compare(arena, this.start(b), ends[b], this.start(a), ends[a]);
    });
    const ranks = new Int32Array(this.size);
    for (let rank = 0; rank < order.length; rank++) ranks[order[rank]!] = rank;
    return ranks;
  }

  private start(id: number): number {
    return id === 0 ? 0 : this.ends[id - 1]!;
  }

  private slotOf(hash: number, view: DataView, start: number, length: number): number {
    const { slots, hashes } = this;
    const mask = slots.length - 1;
    let slot = hash & mask;
    for (let id = slots[slot]!; id !== EMPTY; id = slots[slot]!) {
      if (hashes[id] === hash && this.equals(id, view, start, length)) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private equals(id: number, view: DataView, start: number, length: number): boolean {
    const mine = this.view;
    const from = this.start(id);
    if (this.ends[id]! - from !== length) return false;
    let i = 0;
    for (; i + 4 <= length; i += 4) if (mine.getInt32(from + i) !== view.getInt32(start + i)) return false;
    for (; i < length; i++) if (mine.getUint8(from + i) !== view.getUint8(start + i)) return false;
    return true;
  }

  private add(bytes: Buffer, start: number, end: number, hash: number, slot: number): number {
    const id = this.size++;
    const from = this.start(id);
    const to = from + end - start;
    if (to > this.arena.length) {
      this.arena = larger(this.arena, Buffer.allocUnsafeSlow(2 * to));
      this.view = viewOf(this.arena);
    }
    if (id === this.ends.length) {
      this.ends = larger(this.ends, new Uint32Array(2 * id));
      this.hashes = larger(this.hashes, new Int32Array(2 * id));
    }
    bytes.copy(this.arena, from, start, end);
    this.plain &&= !bytes.subarray(start, end).includes(COMMA);
    this.ends[id] = to;
    this.hashes[id] = hash;
    this.slots[slot] = id;
    if (3 * this.size > 2 * this.slots.length) this.rehash();
    return id;
  }

  private rehash(): void {
    const slots = new Int32Array(2 * this.slots.length).fill(EMPTY);
    const mask = slots.length - 1;
    for (let id = 0; id < this.size; id++) {
      let slot = this.hashes[id]! & mask;
      while (slots[slot] !== EMPTY) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
    this.slots = slots;
  }
}

function larger<T extends Uint32Array | Int32Array | Buffer>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** A view of the same bytes. */
export function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Multiply and shift over words of four bytes, with a final mix, because the slot is taken from the low bits. */
function hashOf(view: DataView, start: number, length: number): number {
  let hash = length | 0;
  let at = start;
  const end = start + length;
  for (; at + 4 <= end; at += 4) {
    hash = Math.imul(hash ^ view.getInt32(at), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; at < end; at++) hash = Math.imul(hash ^ view.getUint8(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}

/** The first six bytes as a number, so that most comparisons need not look at the bytes. */
function prefixOf(bytes: Buffer, start: number, end: number): number {
  let prefix = 0;
  for (let i = 0; i < 6; i++) prefix = prefix * 256 + (start + i < end ? bytes[start + i]! : 0);
  return prefix;
}
