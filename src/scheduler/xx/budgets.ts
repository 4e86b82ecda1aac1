import { WinnerTree } from "../../engine/winner-tree.js";
import {
  CLASS,
  DONE,
  INITIAL,
  type InvocationTable,
  NEXT,
  OWNER,
  PEAK,
  RUNTIME,
  SEQUENCE,
  SINCE,
} from "./invocation-table.js";
import { type OptionEvents, RELEASE } from "./option-events.js";
import type { BudgetOptions, BudgetRule } from "./options.js";

/** Days of a month, in seconds. */
const MONTH_S = 30 * 86400;
const MIB_OF_A_GIB = 1024;
/** A spend above the allowance by less than this share of it is rounding. */
const ROUNDING = 1e-12;

/** What came of an owner's budget, in dollars. */
export interface OwnerReport {
  readonly budget: number;
  readonly allowance: number;
  readonly spent: number;
  /** The most by which the spend was above the allowance, at any time. */
  readonly overrun: number;
  readonly demoted: number;
  readonly delayed: number;
  readonly rejected: number;
}

/** Float64 fields of an owner. */
const FIELDS = 8;
/** The allowance: what it was at `from`, and what a second adds. */
const BURST = 0;
const RATE = 1;
/** The spend up to SINCE_SPENT, what a second adds to it then, and what a second adds to that. */
const SPENT = 2;
const SPENT_AT = 3;
const SLOPE = 4;
const CURVE = 5;
const OVERRUN = 6;

/**
 * What owners spend, and may spend by then. A running invocation costs its effective price for each CPU second, and the
 * memory it holds; nothing is paid for while it waits. So an owner's spend is at any time a polynomial of degree two,
 * which changes when one of its invocations gets or loses a core: it is known exactly, and so is the instant at which
 * the allowance, which grows evenly, covers it.
 */
export class Budgets {
  /** When the allowance covers the spend of an owner with delayed invocations, by owner. */
  readonly covers: WinnerTree;
  readonly rule: BudgetRule;
  private readonly options: BudgetOptions;
  private readonly table: InvocationTable;
  private readonly prices: Float64Array;
  /** Dollars per MiB s. */
  private readonly memoryPrice: number;
  private readonly state: Float64Array;
  /** By owner: how many run; the delayed, linked by NEXT; what was done to how many arrivals. */
  private readonly running: Int32Array;
  private readonly delayed: Int32Array;
  private readonly acted: Float64Array;

  constructor(options: BudgetOptions, prices: readonly number[], table: InvocationTable) {
    const owners = options.monthly.length;
    this.options = options;
    this.rule = options.rule;
    this.table = table;
    this.prices = Float64Array.from(prices, (price) => price * options.priceUnit);
    this.memoryPrice = options.memoryPrice / MIB_OF_A_GIB;
    this.covers = new WinnerTree(Math.max(1, owners));
    this.state = new Float64Array(owners * FIELDS);
    this.running = new Int32Array(owners);
    this.delayed = new Int32Array(owners).fill(-1);
    this.acted = new Float64Array(owners);
    for (let owner = 0; owner < owners; owner++) {
      const rate = options.monthly[owner]! / MONTH_S;
      this.state[owner * FIELDS + BURST] = rate * options.burst;
      this.state[owner * FIELDS + RATE] = rate;
      this.state[owner * FIELDS + SPENT_AT] = options.from;
    }
  }

  /** Whether an owner (-1: unknown) has spent more than the allowance at a time. */
  exceeded(owner: number, time: number): boolean {
    if (!this.limits(owner)) return false;
    this.advance(owner, time);
    return this.excess(owner, time) > 0;
  }

  /** Counts an arrival that is demoted, delayed or rejected. */
  act(owner: number): void {
    this.acted[owner]!++;
  }

  /** Keeps an invocation until the allowance covers its owner's spend. */
  delay(slot: number, time: number): void {
    const { ints } = this.table;
    const at = this.table.intsAt(slot);
    const owner = ints[at + OWNER]!;
    ints[at + NEXT] = this.delayed[owner]!;
    this.delayed[owner] = slot;
    this.foresee(owner, time);
  }

  /** It gets a core. */
  started(slot: number, time: number): void {
    const owner = this.table.ints[this.table.intsAt(slot) + OWNER]!;
    if (!this.limits(owner)) return;
    const { data } = this.table;
    const at = this.table.at(slot);
    this.advance(owner, time);
    data[at + SINCE] = time;
    this.running[owner]!++;
    this.state[owner * FIELDS + SLOPE]! += this.slope(slot);
    this.state[owner * FIELDS + CURVE]! += this.curve(slot);
    this.foresee(owner, time);
  }

  /** It loses its core, or ends on it; nothing where it has none. */
  stopped(slot: number, time: number): void {
    const owner = this.table.ints[this.table.intsAt(slot) + OWNER]!;
    const { data } = this.table;
    const at = this.table.at(slot);
    if (!this.limits(owner) || Number.isNaN(data[at + SINCE]!)) return;
    this.advance(owner, time);
    data[at + DONE]! += time - data[at + SINCE]!;
    data[at + SINCE] = Number.NaN;
    const last = --this.running[owner]! === 0;
    const { state } = this;
    state[owner * FIELDS + SLOPE] = last ? 0 : state[owner * FIELDS + SLOPE]! - this.slope(slot);
    state[owner * FIELDS + CURVE] = last ? 0 : state[owner * FIELDS + CURVE]! - this.curve(slot);
    this.foresee(owner, time);
  }

  /** It will be placed anew, and begins again. */
  restarted(slot: number): void {
    this.table.data[this.table.at(slot) + DONE] = 0;
  }

  /** The earliest instant of `covers` has come: that owner's delayed invocations are to be released. */
  cover(events: OptionEvents): void {
    const owner = this.covers.winner();
    const time = this.covers.time[owner]!;
    const { data, ints } = this.table;
    let slot = this.delayed[owner]!;
    this.delayed[owner] = -1;
    this.foresee(owner, time);
    while (slot >= 0) {
      const next = ints[this.table.intsAt(slot) + NEXT]!;
      events.push(time, RELEASE, data[this.table.at(slot) + SEQUENCE]!, slot);
      slot = next;
    }
  }

  /** What came of the budgets at a time, which is not before anything told. Owners that nothing was done to are left out. */
  report(time: number): { owners_with_a_budget: number; owners_over_it: number; owners: Record<string, OwnerReport> } {
    const { monthly, owners, rule } = this.options;
    const over: Record<string, OwnerReport> = {};
    let withBudget = 0;
    for (const [owner, budget] of monthly.entries()) {
      if (budget === Number.POSITIVE_INFINITY) continue;
      withBudget++;
      this.advance(owner, time);
      const state = this.state.subarray(owner * FIELDS, (owner + 1) * FIELDS);
      const acted = this.acted[owner]!;
      if (acted === 0 && state[OVERRUN] === 0) continue;
      over[owners[owner]!] = {
        ...{ budget, allowance: this.allowance(owner, time), spent: state[SPENT]!, overrun: state[OVERRUN]! },
        demoted: rule === "demote" ? acted : 0,
        delayed: rule === "delay" ? acted : 0,
        rejected: rule === "reject" ? acted : 0,
      };
    }
    return { owners_with_a_budget: withBudget, owners_over_it: Object.keys(over).length, owners: over };
  }

  /** Whether an owner (-1: unknown) has a budget. */
  private limits(owner: number): boolean {
    return owner >= 0 && this.state[owner * FIELDS + RATE]! < Number.POSITIVE_INFINITY;
  }

  /** Dollars a second that it costs where it is now. */
  private slope(slot: number): number {
    const { data, ints } = this.table;
    const at = this.table.at(slot);
    const held = data[at + INITIAL]! + this.growth(slot) * data[at + DONE]!;
    return this.prices[ints[this.table.intsAt(slot) + CLASS]!]! + this.memoryPrice * held;
  }

  /** What a second of running adds to that. */
  private curve(slot: number): number {
    return this.memoryPrice * this.growth(slot);
  }

  private growth(slot: number): number {
    const { data } = this.table;
    const at = this.table.at(slot);
    const runtime = data[at + RUNTIME]!;
    return runtime > 0 ? (data[at + PEAK]! - data[at + INITIAL]!) / runtime : 0;
  }

  private allowance(owner: number, time: number): number {
    const { state } = this;
    return state[owner * FIELDS + BURST]! + state[owner * FIELDS + RATE]! * (time - this.options.from);
  }

  /** Dollars spent above the allowance, as of SPENT_AT; 0 where it is rounding. */
  private excess(owner: number, time: number): number {
    const allowance = this.allowance(owner, time);
    const above = this.state[owner * FIELDS + SPENT]! - allowance;
    return above > ROUNDING * allowance ? above : 0;
  }

  /** Books what has been done up to a time. */
  private advance(owner: number, time: number): void {
    const { state } = this;
    const at = owner * FIELDS;
    const elapsed = time - state[at + SPENT_AT]!;
    if (elapsed <= 0) return;
    state[at + SPENT]! += (state[at + SLOPE]! + (state[at + CURVE]! * elapsed) / 2) * elapsed;
    state[at + SLOPE]! += state[at + CURVE]! * elapsed;
    state[at + SPENT_AT] = time;
    // Between bookings the spend is convex and the allowance straight: the excess is greatest at a booking.
    const excess = this.excess(owner, time);
    if (excess > state[at + OVERRUN]!) state[at + OVERRUN] = excess;
  }

  /** Finds when the allowance covers the spend of an owner with delayed invocations, as things are. */
  private foresee(owner: number, time: number): void {
    const { covers } = this;
    let cover = Number.POSITIVE_INFINITY;
    if (this.delayed[owner]! >= 0) {
      const { state } = this;
      const excess = this.excess(owner, time);
      const gain = state[owner * FIELDS + RATE]! - state[owner * FIELDS + SLOPE]!;
      const root = gain * gain - 2 * Math.max(0, state[owner * FIELDS + CURVE]!) * excess;
      if (excess === 0) cover = time;
      else if (gain > 0 && root >= 0) cover = time + (2 * excess) / (gain + Math.sqrt(root));
    }
    if (covers.time[owner] === cover) return;
    covers.time[owner] = cover;
    covers.update(owner);
  }
}
