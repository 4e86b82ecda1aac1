import {
  IN_SWAP,
  LEAST,
  LEAVING,
  LEFT,
  MEMORY,
  type MemoryRecords,
  ORDER,
  PLACE,
  RIGHT,
  SEQUENCE,
  UP,
} from "./memory-records.js";
import { MemorySums } from "./memory-sums.js";

/**
 * What is in swap on each machine: a treap in run order in which every node knows the least memory of its subtree, so
 * that the first that fits into a space is found in O(log n), past any number that do not fit.
 */
export class SwappedSets {
  /** How many, by machine, and their memory. */
  readonly count: Int32Array;
  readonly memory: MemorySums;
  /** ORDER of the first in run order; Infinity: none. */
  readonly firstOrder: Float64Array;
  /** What `find` looks for: after which ORDER, and the most MiB. */
  readonly wanted = new Float64Array(2);
  private readonly live: MemoryRecords;
  private readonly roots: Int32Array;

  constructor(machines: number, live: MemoryRecords) {
    this.count = new Int32Array(machines);
    this.memory = new MemorySums(machines, live);
    this.firstOrder = new Float64Array(machines).fill(Number.POSITIVE_INFINITY);
    this.live = live;
    this.roots = new Int32Array(machines).fill(-1);
  }

  /** The one that holds least holds this many MiB; there must be one. */
  least(m: number): number {
    return this.live.data[this.roots[m]! + LEAST]!;
  }

  insert(m: number, id: number): void {
    const { data, links } = this.live;
    const order = data[id + ORDER]!;
    const mib = data[id + MEMORY]!;
    let up = -1;
    let side = LEFT;
    for (let node = this.roots[m]!; node >= 0; node = links[(node >> 2) + side]!) {
      up = node;
      side = order < data[node + ORDER]! ? LEFT : RIGHT;
      if (mib < data[node + LEAST]!) data[node + LEAST] = mib;
    }
    const own = id >> 2;
    links[own + LEFT] = -1;
    links[own + RIGHT] = -1;
    links[own + UP] = up;
    links[own + PLACE]! |= IN_SWAP;
    data[id + LEAST] = mib;
    if (up < 0) this.roots[m] = id;
    else links[(up >> 2) + side] = id;
    const priority = this.priority(id);
    while (up >= 0 && this.priority(up) < priority) {
      this.lift(m, id);
      up = links[own + UP]!;
    }
    if (order < this.firstOrder[m]!) this.firstOrder[m] = order;
    this.count[m]!++;
    this.memory.add(m, id);
  }

  remove(m: number, id: number): void {
    const { data, links } = this.live;
    const own = id >> 2;
    for (;;) {
      const left = links[own + LEFT]!;
      const right = links[own + RIGHT]!;
      if (left < 0 && right < 0) break;
      const leftFirst = right < 0 || (left >= 0 && this.priority(left) > this.priority(right));
      this.lift(m, leftFirst ? left : right);
    }
    const up = links[own + UP]!;
    if (up < 0) this.roots[m] = -1;
    else links[(up >> 2) + (links[(up >> 2) + LEFT] === id ? LEFT : RIGHT)] = -1;
    for (let node = up; node >= 0; node = links[(node >> 2) + UP]!) this.refresh(node);
    if (data[id + ORDER] === this.firstOrder[m]) this.findFirst(m);
    links[own + PLACE]! &= LEAVING;
    this.count[m]!--;
    this.memory.subtract(m, id);
  }

  /** The first in run order after wanted[0] that holds at most wanted[1] MiB; -1: none. */
  find(m: number): number {
    const { data, links } = this.live;
    const after = this.wanted[0]!;
    const most = this.wanted[1]!;
    let next = -1;
    for (let node = this.roots[m]!; node >= 0; ) {
      if (data[node + ORDER]! > after) {
        next = node;
        node = links[(node >> 2) + LEFT]!;
      } else node = links[(node >> 2) + RIGHT]!;
    }
    while (next >= 0) {
      if (data[next + MEMORY]! <= most) return next;
      const right = links[(next >> 2) + RIGHT]!;
      if (right >= 0 && data[right + LEAST]! <= most) return this.findBelow(right);
      let child = next;
      next = links[(next >> 2) + UP]!;
      while (next >= 0 && links[(next >> 2) + RIGHT] === child) {
        child = next;
        next = links[(next >> 2) + UP]!;
      }
    }
    return -1;
  }

  /** Every id of a machine, in run order. */
  list(m: number): number[] {
    const { links } = this.live;
    const below = (node: number): number[] =>
      node < 0 ? [] : [...below(links[(node >> 2) + LEFT]!), node, ...below(links[(node >> 2) + RIGHT]!)];
    return below(this.roots[m]!);
  }

  /** The first in a subtree, where there is one, that holds at most wanted[1]. */
  private findBelow(root: number): number {
    const { data, links } = this.live;
    const most = this.wanted[1]!;
    let node = root;
    for (;;) {
      const left = links[(node >> 2) + LEFT]!;
      if (left >= 0 && data[left + LEAST]! <= most) node = left;
      else if (data[node + MEMORY]! <= most) return node;
      else node = links[(node >> 2) + RIGHT]!;
    }
  }

  private findFirst(m: number): void {
    const { data, links } = this.live;
    let first = -1;
    for (let node = this.roots[m]!; node >= 0; node = links[(node >> 2) + LEFT]!) first = node;
    this.firstOrder[m] = first < 0 ? Number.POSITIVE_INFINITY : data[first + ORDER]!;
  }

  /** Rotates a node above its parent. */
  private lift(m: number, id: number): void {
    const { links } = this.live;
    const parent = links[(id >> 2) + UP]!;
    const above = links[(parent >> 2) + UP]!;
    const side = links[(parent >> 2) + LEFT] === id ? LEFT : RIGHT;
    const inner = links[(id >> 2) + 1 - side]!;
    links[(parent >> 2) + side] = inner;
    if (inner >= 0) links[(inner >> 2) + UP] = parent;
    links[(id >> 2) + 1 - side] = parent;
    links[(parent >> 2) + UP] = id;
    links[(id >> 2) + UP] = above;
    if (above < 0) this.roots[m] = id;
    else links[(above >> 2) + (links[(above >> 2) + LEFT] === parent ? LEFT : RIGHT)] = id;
    this.refresh(parent);
    this.refresh(id);
  }

  private refresh(id: number): void {
    const { data, links } = this.live;
    const left = links[(id >> 2) + LEFT]!;
    const right = links[(id >> 2) + RIGHT]!;
    let least = data[id + MEMORY]!;
    if (left >= 0 && data[left + LEAST]! < least) least = data[left + LEAST]!;
    if (right >= 0 && data[right + LEAST]! < least) least = data[right + LEAST]!;
    data[id + LEAST] = least;
  }

  /** A number that looks random and depends on the sequence alone; it shapes the tree and nothing else. */
  private priority(id: number): number {
    let hash = this.live.data[id + SEQUENCE]! | 0;
    hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
    hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
    return hash ^ (hash >>> 16);
  }
}
