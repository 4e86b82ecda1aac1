/** What a discrete-event model offers the loop: its earliest own event, and what to do then. */
export interface Model {
  /** Time of the earliest event that is not an arrival; Infinity: none. */
  next(): number;
  /** Performs that event. */
  step(): void;
  /** Performs arrival `i` of the current chunk, at its time. */
  arrive(i: number): void;
}

/**
 * Performs the first `count` arrivals (ascending times) and every event of the model up to each of them. Events at the
 * instant of an arrival come before it. Returns how many arrivals happened: those at or before `until`.
 */
export function feed(model: Model, times: Float64Array, count: number, until: number): number {
  for (let i = 0; i < count; i++) {
    const at = times[i]!;
    if (at > until) return i;
    while (model.next() <= at) model.step();
    model.arrive(i);
  }
  return count;
}

/**
 * Performs the model's events up to and including `until` (Infinity: until none is left), at most `steps` of them.
 * Returns whether there are more.
 */
export function drain(model: Model, until: number, steps = Number.POSITIVE_INFINITY): boolean {
  for (let left = steps; left > 0; left--) {
    const at = model.next();
    if (at > until || at === Number.POSITIVE_INFINITY) return false;
    model.step();
  }
  return true;
}
