/** A run of invocations in arrival order: parallel arrays, of which the first `rows` entries count. */
export interface Arrivals {
  readonly rows: number;
  /** Sequence number of the first: its row in the workload. */
  readonly first: number;
  readonly arrival_s: Float64Array;
  readonly runtime_s: Float64Array;
  readonly price_class: Uint8Array;
}

/**
 * Is told what happens to invocations, the moment it happens; times never decrease. An invocation is named by its
 * sequence number; `machine` is -1 in a central pool. The methods here do nothing: override what is of use.
 *
 * `progress` is the integral of the CPU seconds it had received, over the time since its arrival (s^2): memory that
 * grows with progress x from a to b MiB was held for a * (end - arrival) + (b - a) / runtime * progress MiB s.
 */
export class Observer {
  /** Set where nobody looks at `progress`: disciplines may then pass anything. */
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
}
