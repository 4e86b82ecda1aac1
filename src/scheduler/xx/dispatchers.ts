import { GROWING, LOOKED, type MemoryMachines, RESIDENT, STATE } from "../../cluster/memory-machines.js";
import { TOLERANCE } from "../../cluster/memory-settlement.js";
import type { TimedMachines } from "../../cluster/timed-machines.js";
import { WinnerTree } from "../../engine/winner-tree.js";
import { keyed, PURPOSE, type Threefry } from "../../random/index.js";
import { drawDistinct } from "../power-of-k.js";
import { IdleLists } from "./idle-lists.js";
import type { Loads } from "./loads.js";
import type { XXOptions } from "./options.js";

/** The cluster that dispatchers are part of. */
export interface DispatcherShape {
  /** MiB of a machine. */
  readonly ram: number;
  readonly shards: number;
  /** Lists that a dispatcher looks at before it joins one. */
  readonly k: number;
  readonly seed: number;
}

/**
 * The dispatchers, one a machine: each puts its machine on a shard's idle list while it has as much memory free as the
 * idle threshold, and keeps its entry there up to date. Which list: of k chosen uniformly the one with the fewest
 * machines, of equal ones the lowest shard; the draw is keyed by (machine, n-th join).
 *
 * Memory grows between events. The instant at which a machine's free memory will have fallen to the threshold, or, where
 * entries may be stale, far enough for its entry to be renewed, is a notice: foreseen when the machine is looked at,
 * if it comes before the machine's own next event, after which it is looked at again anyway.
 */
export class Dispatchers {
  readonly lists: IdleLists;
  /** Next notice, by machine. */
  readonly notices: WinnerTree;
  joins = 0;
  leaves = 0;
  /** Lists looked at before joining. */
  probes = 0;
  /** Entries renewed, where they may be stale. */
  updates = 0;
  private readonly machines: MemoryMachines | TimedMachines;
  private readonly loads: Loads;
  private readonly ram: number;
  private readonly threshold: number;
  private readonly staleness: number;
  /** Free memory that a machine's entry shows, and by view the load that it shows: the real one unless it may be stale. */
  private readonly shownFree: Float64Array;
  private readonly shown: readonly Int32Array[];
  private readonly random: Threefry;
  /** The draws of a machine that has joined a list. */
  private readonly draws: (Threefry | undefined)[];
  /** How often a machine has joined a list. */
  private readonly joined: Uint32Array;
  private readonly sample: Int32Array;
  /** Of the lists' sizes, where all are looked at. */
  private readonly shortest: WinnerTree | null;

  constructor(
    machines: MemoryMachines | TimedMachines,
    loads: Loads,
    options: XXOptions,
    { ram, shards, k, seed }: DispatcherShape,
  ) {
    const count = machines.load.length;
    this.machines = machines;
    this.loads = loads;
    this.ram = ram;
    this.threshold = options.idleThreshold;
    this.staleness = options.idleStaleness;
    this.shownFree = new Float64Array(count);
    this.shown = options.idleStaleness > 0 ? loads.of.map((load) => new Int32Array(load.length)) : loads.of;
    this.lists = new IdleLists(shards, this.shown);
    this.notices = new WinnerTree(count);
    this.random = keyed(seed, PURPOSE.idleList);
    this.draws = new Array<Threefry | undefined>(count).fill(undefined);
    this.joined = new Uint32Array(count);
    this.sample = new Int32Array(Math.min(k, shards));
    this.shortest = k < shards ? null : new WinnerTree(shards);
    for (let shard = 0; shard < shards; shard++) this.resized(shard);
    for (let m = 0; m < count; m++) this.look(m);
  }

  /** The load that its entry shows of machine m, which is on a list, in a view of the loads. */
  shownLoad(m: number, view: number): number {
    return this.shown[view]![m]!;
  }

  /** Looks at machine m, which has settled: it joins a list, leaves it, or has its entry renewed. */
  look(m: number): void {
    const { lists } = this;
    const { state, tree } = this.machines;
    const at = m * STATE;
    const free = this.ram - state[at + RESIDENT]!;
    const member = lists.listOf[m]! >= 0;
    // Most often it stays where it is, and will when it is looked at next.
    if (this.staleness === 0 && member && free > this.threshold + TOLERANCE) {
      lists.changed(m);
      const ahead = tree.time[m]! - state[at + LOOKED]!;
      if (state[at + GROWING]! * ahead > free - this.threshold) this.foresee(m);
      else this.expect(m, Number.POSITIVE_INFINITY);
      return;
    }
    const growing = state[at + GROWING]! > 0;
    if (growing ? free > this.threshold + TOLERANCE : free >= this.threshold - TOLERANCE) {
      if (!member) this.join(m, free);
      else if (this.staleness === 0) this.lists.changed(m);
      else if (Math.abs(free - this.shownFree[m]!) > this.staleness) this.renew(m, free);
      this.foresee(m);
    } else {
      if (member) this.leave(m);
      this.expect(m, Number.POSITIVE_INFINITY);
    }
  }

  /** Performs the earliest notice. */
  notice(): void {
    const { notices, staleness } = this;
    const m = notices.winner();
    const shown = this.shownFree[m]! - staleness;
    if (staleness > 0 && shown > this.threshold) {
      this.renew(m, shown);
      this.foresee(m);
    } else {
      this.leave(m);
      this.expect(m, Number.POSITIVE_INFINITY);
    }
  }

  /** Finds the next notice of machine m, which is on a list. */
  private foresee(m: number): void {
    const { state, tree } = this.machines;
    const at = m * STATE;
    const growing = state[at + GROWING]!;
    let notice = Number.POSITIVE_INFINITY;
    if (growing > 0) {
      const shown = this.shownFree[m]! - this.staleness;
      const until = this.staleness > 0 && shown > this.threshold ? shown : this.threshold;
      const looked = state[at + LOOKED]!;
      const room = Math.max(0, this.ram - state[at + RESIDENT]! - until);
      if (growing * (tree.time[m]! - looked) > room) {
        const reached = looked + room / growing;
        if (reached < tree.time[m]!) notice = reached;
      }
    }
    this.expect(m, notice);
  }

  private expect(m: number, notice: number): void {
    const { notices } = this;
    if (notices.time[m] === notice) return;
    notices.time[m] = notice;
    notices.update(m);
  }

  private join(m: number, free: number): void {
    const shard = this.choose(m);
    this.joins++;
    if (this.staleness > 0) this.show(m, free);
    this.lists.join(m, shard);
    this.resized(shard);
  }

  private leave(m: number): void {
    const shard = this.lists.listOf[m]!;
    this.leaves++;
    this.lists.leave(m);
    this.resized(shard);
  }

  private renew(m: number, free: number): void {
    this.updates++;
    this.show(m, free);
    this.lists.changed(m);
  }

  private show(m: number, free: number): void {
    this.shownFree[m] = free;
    for (const [view, load] of this.loads.of.entries()) this.shown[view]![m] = load[m]!;
  }

  /** The shard whose list machine m joins. */
  private choose(m: number): number {
    const { sample } = this;
    const { size } = this.lists;
    this.probes += sample.length;
    const n = this.joined[m]!++;
    if (this.shortest !== null) return this.shortest.winner();
    this.draws[m] ??= this.random.derive(m, 0);
    drawDistinct(this.draws[m]!, size.length, n, sample);
    let best = sample[0]!;
    for (const shard of sample) {
      const difference = size[shard]! - size[best]!;
      if (difference < 0 || (difference === 0 && shard < best)) best = shard;
    }
    return best;
  }

  private resized(shard: number): void {
    if (this.shortest === null) return;
    this.shortest.time[shard] = this.lists.size[shard]!;
    this.shortest.update(shard);
  }
}
