/** A run of invocations in arrival order: parallel arrays, of which the first `rows` entries count. */
export interface Arrivals {
  readonly rows: number;
  /** Sequence number of the first: its row in the workload. */
  readonly first: number;
  readonly arrival_s: Float64Array;
  readonly runtime_s: Float64Array;
  readonly price_class: Uint8Array;
  /** MiB when it arrives, and when it ends. */
  readonly memory_initial_mib: Float32Array;
  readonly memory_peak_mib: Float32Array;
  /** Sequence of the invocation that called it, -1: none; and its owner's key, -1: unknown. Where a scheduler asks. */
  readonly parent?: Int32Array;
  readonly owner?: Int32Array;
  /** Its function's key, -1: unknown. Where a machine asks. */
  readonly function?: Int32Array;
  /** 0 where its row is not kept, and nobody looks at its progress; null or absent: of all or of none. */
  readonly kept?: Uint8Array | null;
}

/** Indices of Observer.facts. */
export const INVOCATION = 0;
export const TIME = 1;
export const START = 2;
export const PROGRESS = 3;
export const CPU = 4;
export const MIB = 5;
export const SWAPPED = 6;
export const SWAP_OUTS = 7;
export const SWAP_INS = 8;
export const AWAY = 9;
export const LOST = 10;
export const LOST_SQUARED = 11;
export const SLOT = 12;

/**
 * Is told what happens to invocations, the moment it happens; times never decrease. An invocation is named by its
 * sequence number; `machine` is -1 in a central pool.
 *
 * Disciplines put the doubles of an event into `facts` and call an `on…` method: a double that is passed to a function
 * is boxed on the heap where the call is not inlined, which costs a recorded replay a third of its speed. The `on…`
 * methods here unpack them and call the plain ones, which do nothing: override whichever suit.
 *
 * `progress` is the integral of the CPU seconds it had received, over the time since its arrival (s^2): memory that
 * grows with progress x from a to b MiB was held for a * (end - arrival) + (b - a) / runtime * progress MiB s.
 *
 * Where the scheduler's entry says that it tells slots, SLOT is a number from 1 on that the invocation has to itself from its
 * placement to its end, and that is given again later; 0 for one that passes, or that is on no machine.
 *
 * Where a machine's memory is finite, what is told at one instant is told as it is done: an arrival may be placed before
 * others are moved to swap for it, and one that ran may be in swap before it is told to be preempted, or be back and go
 * on. What lasted no time was never the case; a machine is settled when time moves on or another machine is spoken of.
 */
export class Observer {
  /** What the next `on…` call is about. */
  readonly facts: Float64Array = new Float64Array(13);
  /** False where nobody looks: disciplines then call nothing. */
  readonly observes: boolean = true;
  /** False where nobody looks at progress: disciplines may then pass anything as that, as for what is not `kept`. */
  readonly wantsProgress: boolean = false;

  /**
   * It reached the load balancer, with this effective class. Told only by a scheduler whose options change classes or
   * arrivals, or that places later; then of every invocation, before anything else.
   */
  arrived(_invocation: number, _priceClass: number, _time: number): void {}
  /** It was turned away; it never was on a machine. */
  rejected(_invocation: number, _time: number): void {}
  /** Its attempt was killed, as `killed` has it, and it goes back to the load balancer. */
  retried(_invocation: number, _machine: number, _time: number, _mib: number, _ran: boolean): void {}
  /** It does not arrive before the run's end. Told as soon as that is known: what happens until then may follow. */
  absent(_invocation: number, _end: number): void {}
  /** It arrived and was given to a machine, which has room for it; it holds its initial memory from now on. */
  placed(_invocation: number, _machine: number, _time: number): void {}
  /** It got a core: at first, or back after a preemption. Under processor sharing: once, when placed. */
  started(_invocation: number, _machine: number, _time: number): void {}
  /** It was taken off its core unfinished, or makes no progress there until it is told to be started again. */
  preempted(_invocation: number, _machine: number, _time: number): void {}
  /** It was moved from RAM to swap, whole: so many MiB. Told when that is done, where it takes time. */
  swappedOut(_invocation: number, _machine: number, _time: number, _mib: number): void {}
  /** It was moved back; it starts at the same instant, where that took no time. */
  swappedIn(_invocation: number, _machine: number, _time: number, _mib: number): void {}
  /** It finished. */
  finished(
    _invocation: number,
    _machine: number,
    _start: number,
    _time: number,
    _preemptions: number,
    _progress: number,
  ): void {}
  /** It was killed where it was resident, holding `mib`; `ran`: on a core, which is not told as a preemption. */
  killed(
    _invocation: number,
    _machine: number,
    _start: number,
    _time: number,
    _preemptions: number,
    _progress: number,
    _cpu: number,
    _mib: number,
    _ran: boolean,
  ): void {}
  /** The run is over and it has not ended. `start` is NaN where it never ran; `cpu` is what it received, in seconds. */
  unfinished(
    _invocation: number,
    _machine: number,
    _start: number,
    _time: number,
    _preemptions: number,
    _progress: number,
    _cpu: number,
  ): void {}

  /** Facts: INVOCATION, TIME. */
  onArrived(priceClass: number): void {
    this.arrived(this.facts[INVOCATION]!, priceClass, this.facts[TIME]!);
  }

  /** Facts: INVOCATION, TIME. */
  onRejected(): void {
    this.rejected(this.facts[INVOCATION]!, this.facts[TIME]!);
  }

  /** Facts: INVOCATION, TIME, MIB. */
  onRetried(machine: number, ran: boolean): void {
    const { facts } = this;
    this.retried(facts[INVOCATION]!, machine, facts[TIME]!, facts[MIB]!, ran);
  }

  /** Facts: INVOCATION, TIME. */
  onAbsent(): void {
    this.absent(this.facts[INVOCATION]!, this.facts[TIME]!);
  }

  /** Facts: INVOCATION, TIME. */
  onPlaced(machine: number): void {
    this.placed(this.facts[INVOCATION]!, machine, this.facts[TIME]!);
  }

  /** Facts: INVOCATION, TIME. */
  onStarted(machine: number): void {
    this.started(this.facts[INVOCATION]!, machine, this.facts[TIME]!);
  }

  /** Both at once: it found an idle core. Facts: INVOCATION, TIME. */
  onPlacedAndStarted(machine: number): void {
    this.onPlaced(machine);
    this.onStarted(machine);
  }

  /**
   * It takes no time and found a core: it is placed, starts and finishes in this instant, and nothing else is touched.
   * Never where arrivals are told. Facts: as `onFinished` has them.
   */
  onPassed(machine: number): void {
    this.onPlacedAndStarted(machine);
    this.onFinished(machine, 0);
  }

  /** Tells, where it observes, that arrival `i` passes; see `onPassed`. */
  tellPassing({ first, arrival_s }: Arrivals, i: number, machine: number): void {
    if (!this.observes) return;
    const { facts } = this;
    facts[INVOCATION] = first + i;
    facts[TIME] = arrival_s[i]!;
    facts[START] = arrival_s[i]!;
    facts[PROGRESS] = 0;
    facts[SLOT] = 0;
    this.onPassed(machine);
  }

  /** Facts: INVOCATION, TIME. */
  onPreempted(machine: number): void {
    this.preempted(this.facts[INVOCATION]!, machine, this.facts[TIME]!);
  }

  /** Facts: INVOCATION, TIME, MIB. */
  onSwappedOut(machine: number): void {
    const { facts } = this;
    this.swappedOut(facts[INVOCATION]!, machine, facts[TIME]!, facts[MIB]!);
  }

  /** Facts: INVOCATION, TIME, MIB. */
  onSwappedIn(machine: number): void {
    const { facts } = this;
    this.swappedIn(facts[INVOCATION]!, machine, facts[TIME]!, facts[MIB]!);
  }

  /**
   * Facts: INVOCATION, TIME, START, PROGRESS; and of its life SWAPPED, the integral of its memory while in swap, in
   * MiB s, SWAP_OUTS and SWAP_INS, which stay 0 where memory is not managed. Where arrivals are told, at this and the
   * other ends also AWAY, the seconds since its arrival on no machine, and of earlier attempts LOST, their CPU seconds,
   * and LOST_SQUARED, the sum of their squares; the other facts then are of all attempts together, and CPU counts LOST in.
   */
  onFinished(machine: number, preemptions: number): void {
    const { facts } = this;
    this.finished(facts[INVOCATION]!, machine, facts[START]!, facts[TIME]!, preemptions, facts[PROGRESS]!);
  }

  /** Facts: all. */
  onKilled(machine: number, preemptions: number, ran: boolean): void {
    const { facts } = this;
    const cpu = facts[CPU]!;
    const mib = facts[MIB]!;
    const progress = facts[PROGRESS]!;
    this.killed(facts[INVOCATION]!, machine, facts[START]!, facts[TIME]!, preemptions, progress, cpu, mib, ran);
  }

  /** Facts: all; where memory is managed MIB, what it holds, too. */
  onUnfinished(machine: number, preemptions: number): void {
    const { facts } = this;
    const cpu = facts[CPU]!;
    this.unfinished(facts[INVOCATION]!, machine, facts[START]!, facts[TIME]!, preemptions, facts[PROGRESS]!, cpu);
  }
}

/** An observer for a replay of which only the end state matters. */
export class Nobody extends Observer {
  override readonly observes = false;
}
