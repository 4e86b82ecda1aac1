import { WinnerTree } from "../../engine/winner-tree.js";
import { keyed, PURPOSE, type Threefry } from "../../random/index.js";
import { drawDistinct } from "../power-of-k.js";
import type { Loads } from "./loads.js";

/**
 * Power of k choices for invocations in any order: polls the machines that PowerOfK polls for an invocation, which when
 * it is placed anew after a kill are others, and takes the one with the least load in a view of the loads.
 */
export class Polls {
  /** Machines polled so far. */
  count = 0;
  private readonly k: number;
  private readonly loads: Loads;
  private readonly sample: Int32Array;
  /** By attempt. */
  private readonly random: Threefry[];
  private readonly retry: Threefry;
  /** By view, where all machines are polled. */
  private readonly all: readonly WinnerTree[];

  constructor(machines: number, k: number, seed: number, loads: Loads) {
    this.k = Math.min(k, machines);
    this.loads = loads;
    this.sample = new Int32Array(this.k);
    this.random = [keyed(seed, PURPOSE.placement)];
    this.retry = keyed(seed, PURPOSE.retry);
    this.all = k < machines ? [] : loads.of.map(() => new WinnerTree(machines));
    for (let m = 0; m < machines; m++) this.changed(m);
  }

  /** The machine for an invocation that is placed for the `attempt`-th time (0: the first). */
  least(sequence: number, attempt: number, view: number): number {
    this.count += this.k;
    if (this.all.length > 0) return this.all[view]!.winner();
    const { sample } = this;
    const load = this.loads.of[view]!;
    this.random[attempt] ??= this.retry.derive(attempt, 0);
    drawDistinct(this.random[attempt], load.length, sequence, sample);
    let best = sample[0]!;
    let least = load[best]!;
    for (let j = 1; j < sample.length; j++) {
      const m = sample[j]!;
      const l = load[m]!;
      if (l < least || (l === least && m < best)) {
        best = m;
        least = l;
      }
    }
    return best;
  }

  /** To be told after every change of a machine's load. */
  changed(m: number): void {
    for (let view = 0; view < this.all.length; view++) {
      const tree = this.all[view]!;
      tree.time[m] = this.loads.of[view]![m]!;
      tree.update(m);
    }
  }
}
