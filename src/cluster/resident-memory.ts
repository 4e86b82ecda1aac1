import { WinnerTree } from "../engine/winner-tree.js";
import { TOLERANCE } from "./memory-settlement.js";
import * as Fact from "./observer.js";
import { FIELDS, GROWTH, INITIAL, OFFSET, ResidentRecords, SLOPE } from "./resident-records.js";
import { type KillPolicy, type Victims, victimsOf } from "./victims.js";

/** Pressure this close before a completion, as a share of the time, comes after it. */
const SIMULTANEOUS = 1e-13;

/** Reading after which a machine's clock starts at 0 again, so that it keeps its precision. */
const REBASE_AT = 64;

/** Doubles of a machine's state: when its clock was read; the sums of OFFSET and of SLOPE, each with its error. */
const STATE = 8;
const READ = 0;
const OFFSETS = 1;
const SLOPES = 3;

/**
 * The memory of machines that kill what they have no room for. What is resident on a machine is a straight line over
 * the machine's clock, so the instant at which it reaches the RAM is computed. Sums are kept with the rounding errors of
 * their additions (Neumaier's), and what is taken away is to the bit what was added.
 *
 * Before a change on machine m: set `now`, and `advance(m)`. After it: set `end` to the machine's next completion, and
 * `look(m)`.
 */
export class ResidentMemory {
  /** By machine, when its residents will reach the RAM; Infinity: not before its next completion. */
  readonly pressure: WinnerTree;
  readonly records: ResidentRecords;
  readonly victims: Victims;
  /** The time, and that of a machine's next completion, in cells; see LiveInvocations. */
  readonly now = new Float64Array(1);
  readonly end = new Float64Array(1);
  private readonly ram: number;
  private readonly cores: number;
  private readonly state: Float64Array;
  private readonly present: Int32Array;
  private readonly growing: Int32Array;

  /**
   * What runs on a machine does so at rate min(1, cores / present): pass Infinity where each has a core of its own or
   * waits. `ram` in MiB, > 0.
   */
  constructor(machines: number, cores: number, ram: number, policy: KillPolicy) {
    this.pressure = new WinnerTree(machines);
    this.records = new ResidentRecords(machines);
    this.victims = victimsOf(policy, machines, this.records);
    this.ram = ram;
    this.cores = cores;
    this.state = new Float64Array(machines * STATE);
    this.present = new Int32Array(machines);
    this.growing = new Int32Array(machines);
  }

  /** Brings machine m's clock up to now. */
  advance(m: number): void {
    const { state } = this;
    const elapsed = this.now[0]! - state[m * STATE + READ]!;
    if (elapsed <= 0) return;
    state[m * STATE + READ] = this.now[0]!;
    if (this.growing[m] === 0) return;
    const { clock } = this.records;
    clock[m]! += elapsed * this.rate(m);
    if (clock[m]! > REBASE_AT) this.rebase(m);
  }

  /** The one that is coming has got a slot on machine m, and runs or waits. */
  add(m: number, slot: number, runs: boolean): void {
    const { records } = this;
    records.keep(slot);
    this.present[m]!++;
    if (runs) this.grow(m, slot);
    this.sum(m * STATE + OFFSETS, records.data[slot * FIELDS + OFFSET]!);
    this.victims.add(m, slot);
  }

  /** One that waited runs. */
  start(m: number, slot: number): void {
    const { data } = this.records;
    this.sum(m * STATE + OFFSETS, -data[slot * FIELDS + OFFSET]!);
    this.grow(m, slot);
    this.sum(m * STATE + OFFSETS, data[slot * FIELDS + OFFSET]!);
  }

  /** One that ran waits. */
  pause(m: number, slot: number): void {
    const { data } = this.records;
    this.sum(m * STATE + OFFSETS, -data[slot * FIELDS + OFFSET]!);
    this.stay(m, slot);
    this.sum(m * STATE + OFFSETS, data[slot * FIELDS + OFFSET]!);
  }

  /** One is gone. */
  remove(m: number, slot: number): void {
    this.sum(m * STATE + OFFSETS, -this.records.data[slot * FIELDS + OFFSET]!);
    this.stay(m, slot);
    this.victims.remove(m, slot);
    if (--this.present[m]! === 0) this.clear(m * STATE + OFFSETS);
  }

  /** Whether residents, with the one that is coming where `arriving`, exceed the RAM, or have reached it and grow. */
  pressed(m: number, arriving: boolean): boolean {
    const resident = this.resident(m) + (arriving ? this.records.coming[OFFSET]! : 0);
    return resident > this.ram + TOLERANCE || (this.growing[m]! > 0 && resident >= this.ram - TOLERANCE);
  }

  /** Whether they exceed it. */
  exceeds(m: number, arriving: boolean): boolean {
    return this.resident(m) + (arriving ? this.records.coming[OFFSET]! : 0) > this.ram + TOLERANCE;
  }

  /** Finds machine m's next pressure. */
  look(m: number): void {
    const { pressure, state } = this;
    let next = Number.POSITIVE_INFINITY;
    if (this.growing[m]! > 0) {
      const now = this.now[0]!;
      const end = this.end[0]!;
      const growth = (state[m * STATE + SLOPES]! + state[m * STATE + SLOPES + 1]!) * this.rate(m);
      const room = this.ram - this.resident(m);
      if (growth * (end - now) > room) {
        const time = Math.max(now, now + room / growth);
        if (end - time > SIMULTANEOUS * end) next = time;
      }
    }
    if (next === pressure.time[m]) return;
    pressure.time[m] = next;
    pressure.update(m);
  }

  /** MiB resident on machine m. */
  resident(m: number): number {
    const { state } = this;
    const clock = this.records.clock[m]!;
    const s = m * STATE;
    return (
      state[s + OFFSETS]! + state[s + SLOPES]! * clock + (state[s + OFFSETS + 1]! + state[s + SLOPES + 1]! * clock)
    );
  }

  /** The one that is coming was placed on machine m (-1: the pool), and killed there before it ran. */
  tellTurnedAway(m: number, observer: Fact.Observer): void {
    const { facts } = observer;
    facts[Fact.TIME] = this.now[0]!;
    observer.onPlaced(m);
    facts[Fact.START] = Number.NaN;
    facts[Fact.PROGRESS] = 0;
    facts[Fact.CPU] = 0;
    facts[Fact.MIB] = this.records.coming[INITIAL]!;
    observer.onKilled(m, 0, false);
  }

  private rate(m: number): number {
    return this.present[m]! > this.cores ? this.cores / this.present[m]! : 1;
  }

  /** Its memory goes with the clock. Its OFFSET must be in no sum. */
  private grow(m: number, slot: number): void {
    const { clock, data } = this.records;
    const growth = data[slot * FIELDS + GROWTH]!;
    if (growth === 0) return;
    data[slot * FIELDS + OFFSET]! -= growth * clock[m]!;
    data[slot * FIELDS + SLOPE] = growth;
    this.growing[m]!++;
    this.sum(m * STATE + SLOPES, growth);
  }

  /** Its memory stays as it is. Its OFFSET must be in no sum. */
  private stay(m: number, slot: number): void {
    const { clock, data } = this.records;
    const growth = data[slot * FIELDS + SLOPE]!;
    if (growth === 0) return;
    data[slot * FIELDS + OFFSET]! += growth * clock[m]!;
    data[slot * FIELDS + SLOPE] = 0;
    this.sum(m * STATE + SLOPES, -growth);
    if (--this.growing[m]! > 0) return;
    clock[m] = 0;
    this.clear(m * STATE + SLOPES);
  }

  /** Machine m's clock starts at 0 again. */
  private rebase(m: number): void {
    const { clock, data } = this.records;
    const reading = clock[m]!;
    clock[m] = 0;
    this.clear(m * STATE + OFFSETS);
    for (const slot of this.victims.list(m)) {
      data[slot * FIELDS + OFFSET]! += data[slot * FIELDS + SLOPE]! * reading;
      this.sum(m * STATE + OFFSETS, data[slot * FIELDS + OFFSET]!);
    }
  }

  /** Makes a sum 0, error and all. */
  private clear(place: number): void {
    this.state[place] = 0;
    this.state[place + 1] = 0;
  }

  /** Adds to a sum. */
  private sum(place: number, mib: number): void {
    const { state } = this;
    const before = state[place]!;
    const after = before + mib;
    const added = after - before;
    state[place + 1]! += before - (after - added) + (mib - added);
    state[place] = after;
  }
}
