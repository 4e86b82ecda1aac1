import {
  type Arrivals,
  AWAY as FACT_AWAY,
  INVOCATION,
  type Observer,
  PROGRESS,
  START,
  TIME,
} from "../../cluster/observer.js";
import type { Scheduler, SchedulerConfig, SchedulerReport } from "../scheduler.js";
import { Budgets } from "./budgets.js";
import { CallChains } from "./call-chains.js";
import {
  ABSENT,
  ARRIVAL,
  ATTEMPT,
  AWAY,
  CLASS,
  FUNCTION,
  INITIAL,
  InvocationTable,
  NEXT,
  OWNER,
  PARENT,
  PEAK,
  READY,
  RECORDED,
  RUNTIME,
  SEQUENCE,
  START as STARTED,
  STATE,
  WAITS,
} from "./invocation-table.js";
import { InvocationWatch, type Listener } from "./invocation-watch.js";
import { reportOf } from "./machines.js";
import { OneArrival } from "./one-arrival.js";
import { CHILD, OptionEvents, RETRY } from "./option-events.js";
import { hasLists, type XXOptions } from "./options.js";
import { Placement } from "./placement.js";
import { type Placer, ShardQueues } from "./shard-queues.js";
import { ShardChoice } from "./shards.js";

/**
 * XX with options: an arrival gets its effective class from its parent and its owner's budget, which may hold it back or
 * turn it away; the load balancer gives it to a shard, where it may have to wait for its placement; if its machine kills
 * it, it may come back. Events at one instant come in this order: the machines' and dispatchers' own, shards done (by
 * index), allowances that cover a spend, releases, children, retries (each by sequence), arrivals.
 */
export class ControlPlane implements Scheduler, Placer, Listener {
  private readonly observer: Observer;
  private readonly facts: Float64Array;
  private readonly table: InvocationTable;
  private readonly watch: InvocationWatch;
  private readonly placement: Placement;
  private readonly shards: ShardQueues;
  private readonly choice: ShardChoice;
  private readonly events: OptionEvents;
  private readonly chains: CallChains | null;
  private readonly budgets: Budgets | null;
  /** Time now. */
  private readonly clock = new Float64Array(1);
  private readonly one = new OneArrival();
  private arrivals!: Arrivals;
  private retried = 0;
  private raised = 0;
  private late = 0;
  private orphaned = 0;

  constructor(config: SchedulerConfig, options: XXOptions, observer: Observer) {
    const { prices, seed } = config;
    this.observer = observer;
    this.facts = observer.facts;
    this.table = new InvocationTable();
    this.watch = new InvocationWatch(observer, this.table, options.retries, this);
    this.placement = new Placement(config, options, this.watch);
    const times = { lookupTime: hasLists(options) ? options.lookupTime : 0, pollTime: options.pollTime };
    const parts = { table: this.table, placer: this, clock: this.clock };
    this.shards = new ShardQueues(config.shards, prices, times, parts);
    this.choice = new ShardChoice(config.shards, seed);
    this.events = new OptionEvents();
    this.chains = options.children === "none" ? null : new CallChains(this.table, options.children === "follow");
    this.budgets = options.budgets === null ? null : new Budgets(options.budgets, prices, this.table);
    this.placement.open(this.one);
  }

  open(arrivals: Arrivals): void {
    this.arrivals = arrivals;
  }

  arrive(i: number): void {
    const { chains, table } = this;
    const slot = table.add(this.arrivals, i);
    this.clock[0] = this.arrivals.arrival_s[i]!;
    const parent = table.ints[table.intsAt(slot) + PARENT]!;
    const late = chains === null ? 0 : chains.lateness(parent);
    if (late === 0) this.admit(slot);
    else if (Number.isNaN(late)) chains!.wait(parent, slot);
    else this.expectChild(slot, late);
  }

  next(): number {
    const cover = this.budgets === null ? Number.POSITIVE_INFINITY : this.budgets.covers.next();
    return Math.min(this.placement.next(), this.shards.done.next(), cover, this.events.next());
  }

  step(): void {
    const { budgets, events, placement, shards } = this;
    const now = this.next();
    this.clock[0] = now;
    if (placement.next() === now) placement.step();
    else if (shards.done.next() === now) shards.complete();
    else if (budgets !== null && budgets.covers.next() === now) budgets.cover(events);
    else {
      const slot = events.slot();
      const isChild = events.kind() === CHILD;
      events.pop();
      if (isChild) this.admit(slot);
      else this.toShard(slot);
    }
  }

  stop(now: number): void {
    const { data, ints } = this.table;
    this.clock[0] = now;
    this.placement.machines.stop(now);
    for (const slot of this.table.list()) {
      const at = this.table.at(slot);
      this.facts[INVOCATION] = data[at + SEQUENCE]!;
      this.facts[TIME] = now;
      const where = ints[this.table.intsAt(slot) + STATE]!;
      if (where === ABSENT) this.observer.onAbsent();
      else if (where === WAITS) {
        data[at + AWAY]! += now - data[at + READY]!;
        this.watch.unplaced(slot);
      }
    }
  }

  traffic(): Readonly<Record<string, number>> {
    return this.placement.traffic();
  }

  report(): SchedulerReport {
    const { budgets, chains, late, orphaned, raised, retried } = this;
    return {
      retries: retried,
      ...reportOf(this.placement.machines),
      ...(chains === null ? {} : { call_chains: { raised, late, never_called: orphaned } }),
      ...(budgets === null ? {} : { budgets: { rule: budgets.rule, ...budgets.report(this.clock[0]!) } }),
    };
  }

  placeFromList(shard: number, slot: number): boolean {
    const m = this.placement.listed(shard, this.table.ints[this.table.intsAt(slot) + CLASS]!);
    if (m < 0) return false;
    this.place(slot, m);
    return true;
  }

  placeByPolls(shard: number, slot: number): void {
    const { data, ints } = this.table;
    const at = this.table.intsAt(slot);
    const sequence = data[this.table.at(slot) + SEQUENCE]!;
    this.place(slot, this.placement.polled(shard, sequence, ints[at + ATTEMPT]!, ints[at + CLASS]!));
  }

  started(slot: number, first: boolean): void {
    const { data } = this.table;
    const at = this.table.at(slot);
    this.budgets?.started(slot, this.clock[0]!);
    if (first && this.chains !== null) this.tellChildren(slot, this.clock[0]! - data[at + RECORDED]!);
  }

  stopped(slot: number): void {
    this.budgets?.stopped(slot, this.clock[0]!);
  }

  left(slot: number, machine: number, again: boolean): void {
    const { data, ints } = this.table;
    const at = this.table.at(slot);
    const int = this.table.intsAt(slot);
    this.placement.loads.ended(ints[int + CLASS]!, machine);
    if (again) {
      this.retried++;
      data[at + READY] = this.clock[0]!;
      ints[int + STATE] = WAITS;
      this.budgets?.restarted(slot);
      this.events.push(this.clock[0]!, RETRY, data[at + SEQUENCE]!, slot);
      return;
    }
    if (this.chains !== null && Number.isNaN(data[at + STARTED]!)) this.tellChildren(slot, Number.POSITIVE_INFINITY);
    this.table.remove(slot);
  }

  /** A child arrives so long after its recorded arrival: for ever late is at once, to be turned away. */
  private expectChild(slot: number, late: number): void {
    const { data } = this.table;
    const at = this.table.at(slot);
    const time = late === Number.POSITIVE_INFINITY ? 0 : data[at + RECORDED]! + late;
    this.events.push(Math.max(this.clock[0]!, time), CHILD, data[at + SEQUENCE]!, slot);
  }

  /** An invocation has started, so much later than its recorded arrival, or never will: its children may come. */
  private tellChildren(slot: number, late: number): void {
    const { data, ints } = this.table;
    let child = this.chains!.settle(data[this.table.at(slot) + SEQUENCE]!, late);
    while (child >= 0) {
      const next = ints[this.table.intsAt(child) + NEXT]!;
      this.expectChild(child, late);
      child = next;
    }
  }

  /** An invocation arrives at the load balancer. */
  private admit(slot: number): void {
    const { budgets, chains } = this;
    const { data, ints } = this.table;
    const now = this.clock[0]!;
    const at = this.table.at(slot);
    const int = this.table.intsAt(slot);
    const sequence = data[at + SEQUENCE]!;
    const parent = ints[int + PARENT]!;
    const owner = ints[int + OWNER]!;
    data[at + ARRIVAL] = now;
    data[at + READY] = now;
    ints[int + STATE] = WAITS;
    const asked = ints[int + CLASS]!;
    let effective = chains === null ? asked : chains.inherited(parent, asked);
    if (now > data[at + RECORDED]!) this.late++;
    const orphan = chains !== null && chains.lateness(parent) === Number.POSITIVE_INFINITY;
    const over = !orphan && budgets?.exceeded(owner, now) === true;
    if (over) budgets!.act(owner);
    if (over && budgets!.rule === "demote") effective = 0;
    if (effective > asked && !orphan) this.raised++;
    ints[int + CLASS] = effective;
    chains?.arrived(sequence, effective);
    this.facts[INVOCATION] = sequence;
    this.facts[TIME] = now;
    this.observer.onArrived(effective);
    if (orphan) this.orphaned++;
    if (orphan || (over && budgets!.rule === "reject")) this.reject(slot);
    else if (over && budgets!.rule === "delay") budgets!.delay(slot, now);
    else this.toShard(slot);
  }

  private reject(slot: number): void {
    const { facts } = this;
    facts.fill(0, PROGRESS);
    facts[START] = Number.NaN;
    facts[FACT_AWAY] = this.clock[0]! - this.table.data[this.table.at(slot) + ARRIVAL]!;
    this.observer.onRejected();
    if (this.chains !== null) this.tellChildren(slot, Number.POSITIVE_INFINITY);
    this.table.remove(slot);
  }

  /** The load balancer gives it to a shard. */
  private toShard(slot: number): void {
    const sequence = this.table.data[this.table.at(slot) + SEQUENCE]!;
    this.shards.join(this.choice.of(sequence, this.table.ints[this.table.intsAt(slot) + ATTEMPT]!), slot);
  }

  private place(slot: number, m: number): void {
    const { one } = this;
    const { data, ints } = this.table;
    const at = this.table.at(slot);
    const int = this.table.intsAt(slot);
    const now = this.clock[0]!;
    one.first = data[at + SEQUENCE]!;
    one.arrival_s[0] = now;
    one.runtime_s[0] = data[at + RUNTIME]!;
    one.price_class[0] = ints[int + CLASS]!;
    one.memory_initial_mib[0] = data[at + INITIAL]!;
    one.memory_peak_mib[0] = data[at + PEAK]!;
    one.function[0] = ints[int + FUNCTION]!;
    this.placement.put(0, ints[int + CLASS]!, m);
  }
}
