import type { Arrivals, Observer } from "../../cluster/observer.js";
import { PriorityMachines } from "../../cluster/priority-machines.js";
import type { SchedulerConfig } from "../scheduler.js";
import { Dispatchers } from "./dispatchers.js";
import { Loads } from "./loads.js";
import { type Machines, machinesOf } from "./machines.js";
import { hasLists, type XXOptions } from "./options.js";
import { Polls } from "./polls.js";

/**
 * How a shard finds a machine: first on its idle list, then by power of k choices over all machines. Keeps the lists and
 * the loads that both look at, and the machines.
 */
export class Placement {
  readonly machines: Machines;
  readonly loads: Loads;
  /** Null where there are no idle lists. */
  readonly dispatchers: Dispatchers | null;
  private readonly polls: Polls;
  /** A machine with as many invocations is passed over on a list. */
  private readonly most: number;
  /** Invocations placed, by shard; of them from its idle list. */
  private readonly placed: Float64Array;
  private fromLists = 0;

  constructor(config: SchedulerConfig, options: XXOptions, observer: Observer) {
    const { cores, k, seed, shards, prices } = config;
    const machines = machinesOf(config, options, observer);
    this.machines = machines;
    this.loads = new Loads(machines.load, prices.length, options.loadCounts === "same-or-higher");
    this.polls = new Polls(config.machines, k, seed, this.loads);
    this.dispatchers =
      hasLists(options) && !(machines instanceof PriorityMachines)
        ? new Dispatchers(machines, this.loads, options, config)
        : null;
    this.most = options.idleListRule === "guarded" ? cores : Number.POSITIVE_INFINITY;
    this.placed = new Float64Array(shards);
  }

  /** The machine on a shard's idle list for an invocation of a class; -1: none that may be taken. */
  listed(shard: number, priceClass: number): number {
    if (this.dispatchers === null) return -1;
    const { lists } = this.dispatchers;
    const view = this.loads.view(priceClass);
    const m = lists.least(shard, view);
    if (m < 0 || this.dispatchers.shownLoad(m, view) >= this.most) return -1;
    this.placed[shard]!++;
    this.fromLists++;
    return m;
  }

  /** The machine that polls find for an invocation that a shard places for the `attempt`-th time, 0 being the first. */
  polled(shard: number, sequence: number, attempt: number, priceClass: number): number {
    this.placed[shard]!++;
    return this.polls.least(sequence, attempt, this.loads.view(priceClass));
  }

  /** The arrivals that `put` names by index from now on. */
  open(arrivals: Arrivals): void {
    this.machines.open(arrivals);
  }

  /** Puts arrival `i`, of a class, on machine m. */
  put(i: number, priceClass: number, m: number): void {
    this.loads.placed(priceClass, m);
    this.machines.place(i, m);
    this.settled(m);
  }

  /** Time of the earliest event of a machine or a dispatcher; Infinity: none. */
  next(): number {
    const own = this.machines.tree.next();
    if (this.dispatchers === null) return own;
    const notice = this.dispatchers.notices.next();
    return notice < own ? notice : own;
  }

  /** Performs that event; of events at one instant those of machines come first. */
  step(): void {
    const { dispatchers, machines } = this;
    if (dispatchers !== null && dispatchers.notices.next() < machines.tree.next()) dispatchers.notice();
    else this.settled(machines.complete());
  }

  traffic(): Readonly<Record<string, number>> {
    const { dispatchers, placed } = this;
    const shards = Array.from(placed, (count, shard) => [`placed_by_shard_${shard}`, count]);
    if (dispatchers === null) return { polls: this.polls.count, ...Object.fromEntries(shards) };
    return {
      polls: this.polls.count,
      idle_list_joins: dispatchers.joins,
      idle_list_leaves: dispatchers.leaves,
      idle_list_probes: dispatchers.probes,
      idle_list_updates: dispatchers.updates,
      placed_from_idle_lists: this.fromLists,
      ...Object.fromEntries(shards),
    };
  }

  private settled(m: number): void {
    this.polls.changed(m);
    this.dispatchers?.look(m);
  }
}
