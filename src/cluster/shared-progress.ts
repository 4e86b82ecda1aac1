/** Float64 fields of the record of an invocation, a cache line. */
export const FIELDS = 8;
export const SEQUENCE = 0;
export const ARRIVED = 1;
/** CPU seconds it needs. */
export const RUNTIME = 2;
/**
 * Where progress is tracked: what it had received at the start of the current stretch, and the integral of that over time
 * up to then; when that was, and what its machine's clock and the clock's integral were then.
 */
const RECEIVED = 3;
export const INTEGRAL = 4;
const SINCE = 5;
const SINCE_CLOCK = 6;
const SINCE_INTEGRAL = 7;

/** Stands for RECEIVED of an invocation whose machine has never been crowded since it came. */
const NEVER_CROWDED = -1;
/** And of one whose progress nobody looks at. */
const UNTRACKED = -2;

/**
 * The progress of invocations that share their machine's cores. It is linear while the machine is not crowded, and goes with the
 * machine's clock while it is: a stretch lasts from one of these to the other, or until the clock starts again.
 */
export abstract class SharedProgress {
  /** Whether anybody looks at progress. */
  protected readonly tracks: boolean;
  /** Records of what is here, by id: at `data[id * FIELDS + FIELD]`. */
  protected data = new Float64Array(0);
  /** Virtual clock, and its integral over time, by machine; meant while crowded. */
  protected readonly clock: Float64Array;
  protected readonly clockIntegral: Float64Array;
  /** How many are here whose progress is tracked, by machine. */
  protected readonly tracked: Int32Array;

  constructor(machines: number, tracks: boolean) {
    this.tracks = tracks;
    this.clock = new Float64Array(machines);
    this.clockIntegral = new Float64Array(machines);
    this.tracked = new Int32Array(machines);
  }

  /** It comes to machine m. Unless `looked` at, its progress is not tracked. */
  protected beginTracking(id: number, m: number, now: number, crowded: boolean, looked: boolean): void {
    if (looked) {
      this.tracked[m]!++;
      if (crowded) this.startStretch(id, m, now, 0, 0);
      else this.data[id * FIELDS + RECEIVED] = NEVER_CROWDED;
    } else this.data[id * FIELDS + RECEIVED] = UNTRACKED;
  }

  /** It leaves machine m. */
  protected endTracking(id: number, m: number, now: number, crowded: boolean): void {
    if (this.data[id * FIELDS + RECEIVED] === UNTRACKED) return;
    this.tracked[m]!--;
    this.endStretch(id, m, now, crowded);
  }

  /** Its next stretch begins. With `settle` the one up to now ends, in which its machine was `crowded` or not. */
  protected nextStretch(id: number, m: number, now: number, crowded: boolean, settle: boolean): void {
    const record = id * FIELDS;
    if (this.data[record + RECEIVED] === UNTRACKED) return;
    if (settle) this.endStretch(id, m, now, crowded);
    this.startStretch(id, m, now, this.data[record + RECEIVED]!, this.data[record + INTEGRAL]!);
  }

  protected endStretch(id: number, m: number, now: number, crowded: boolean): void {
    const { data } = this;
    const record = id * FIELDS;
    const before = data[record + RECEIVED]!;
    if (before === UNTRACKED) return;
    if (before === NEVER_CROWDED) {
      const received = now - data[record + ARRIVED]!;
      data[record + RECEIVED] = received;
      data[record + INTEGRAL] = (received * received) / 2;
      return;
    }
    const elapsed = now - data[record + SINCE]!;
    if (crowded) {
      const from = data[record + SINCE_CLOCK]!;
      data[record + RECEIVED] = before + this.clock[m]! - from;
      data[record + INTEGRAL]! +=
        before * elapsed + (this.clockIntegral[m]! - data[record + SINCE_INTEGRAL]!) - from * elapsed;
    } else {
      data[record + RECEIVED] = before + elapsed;
      data[record + INTEGRAL]! += (before + elapsed / 2) * elapsed;
    }
  }

  private startStretch(id: number, m: number, now: number, received: number, integral: number): void {
    const { data } = this;
    const record = id * FIELDS;
    data[record + RECEIVED] = received;
    data[record + INTEGRAL] = integral;
    data[record + SINCE] = now;
    data[record + SINCE_CLOCK] = this.clock[m]!;
    data[record + SINCE_INTEGRAL] = this.clockIntegral[m]!;
  }
}
