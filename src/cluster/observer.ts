/** A run of invocations in arrival order: parallel arrays, of which the first `rows` entries count. */
export interface Arrivals {
  readonly rows: number;
  /** Sequence number of the first: its row in the workload. */
  readonly first: number;
  readonly arrival_s: Float64Array;
  readonly runtime_s: Float64Array;
  readonly price_class: Uint8Array;
}

/** Indices of Observer.facts. */
export const INVOCATION = 0;
export const TIME = 1;
export const START = 2;
export const PROGRESS = 3;
export const CPU = 4;

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
 */
export class Observer {
  /** What the next `on…` call is about. */
  readonly facts = new Float64Array(5);
  /** False where nobody looks: disciplines then call nothing. */
  readonly observes: boolean = true;
  /** False where nobody looks at progress: disciplines may then pass anything as that. */
  readonly wantsProgress: boolean = false;

  /** It arrived and was given to a machine; it holds its initial memory from now on. */
  placed(_invocation: number, _machine: number, _time: number): void {}
  /** It got a core: at first, or back after a preemption. Under processor sharing: once, when placed. */
  started(_invocation: number, _machine: number, _time: number): void {}
  /** It was taken off its core unfinished. */
  preempted(_invocation: number, _machine: number, _time: number): void {}
  /** It finished. */
  finished(
    _invocation: number,
    _machine: number,
    _start: number,
    _time: number,
    _preemptions: number,
    _progress: number,
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

  /** Facts: INVOCATION, TIME. */
  onPreempted(machine: number): void {
    this.preempted(this.facts[INVOCATION]!, machine, this.facts[TIME]!);
  }

  /** Facts: INVOCATION, TIME, START, PROGRESS. */
  onFinished(machine: number, preemptions: number): void {
    const { facts } = this;
    this.finished(facts[INVOCATION]!, machine, facts[START]!, facts[TIME]!, preemptions, facts[PROGRESS]!);
  }

  /** Facts: all. */
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
