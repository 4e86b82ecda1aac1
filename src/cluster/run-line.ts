import {
  GROWTH,
  JOINING,
  LEAVING,
  MEMORY,
  type MemoryRecords,
  ON_CORE,
  ORDER,
  PLACE,
  SINCE,
} from "./memory-records.js";
import type { RunningSets } from "./running-sets.js";

/** What is to run on one machine, in run order, while that is being settled. */
export class RunLine {
  readonly ids: Int32Array;
  readonly orders: Float64Array;
  /** How many. */
  count = 0;
  private readonly live: MemoryRecords;

  constructor(cores: number, live: MemoryRecords) {
    this.ids = new Int32Array(cores);
    this.orders = new Float64Array(cores);
    this.live = live;
  }

  /** Begins with what runs on machine m: a shell sort, as what runs is in another order and may be many. */
  fill(running: RunningSets, m: number): void {
    const { ids, orders } = this;
    const { data } = this.live;
    const n = running.count[m]!;
    const first = m * running.cores;
    this.count = n;
    let gap = 1;
    while (gap < n / 5) gap = 3 * gap + 1;
    for (let p = 0; p < n; p++) {
      ids[p] = running.ids[first + p]!;
      orders[p] = data[ids[p]! + ORDER]!;
    }
    for (; gap > 0; gap = (gap / 3) | 0) {
      for (let q = gap; q < n; q++) {
        const id = ids[q]!;
        const order = orders[q]!;
        let p = q;
        for (; p >= gap && orders[p - gap]! > order; p -= gap) {
          ids[p] = ids[p - gap]!;
          orders[p] = orders[p - gap]!;
        }
        ids[p] = id;
        orders[p] = order;
      }
    }
  }

  /** Puts an invocation in its place. A core must be free. */
  insert(id: number): void {
    const { ids, orders } = this;
    const { data, links } = this.live;
    const order = data[id + ORDER]!;
    let p = this.count++;
    for (; p > 0 && orders[p - 1]! > order; p--) {
      ids[p] = ids[p - 1]!;
      orders[p] = orders[p - 1]!;
    }
    ids[p] = id;
    orders[p] = order;
    const place = (id >> 2) + PLACE;
    links[place] = links[place] === LEAVING ? ON_CORE : JOINING;
  }

  /** Takes out the last, and returns its id; there must be one. */
  pop(): number {
    const { links } = this.live;
    const id = this.ids[--this.count]!;
    const place = (id >> 2) + PLACE;
    links[place] = links[place] === JOINING ? ON_CORE : LEAVING;
    return id;
  }

  /** MiB that the p-th holds now. */
  held(p: number): number {
    const { data, now } = this.live;
    const id = this.ids[p]!;
    return data[id + MEMORY]! + data[id + GROWTH]! * (now[0]! - data[id + SINCE]!);
  }
}
