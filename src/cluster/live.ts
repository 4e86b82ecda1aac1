/**
 * What a preemptive discipline knows of each placed-and-unfinished invocation, by a small id that is used again when the
 * invocation has ended: memory goes with what is in the cluster, not with the trace.
 */
export class LiveInvocations {
  sequence = new Float64Array(0);
  /** Place in run order: lower runs first; of equal ones the lower sequence. */
  order = new Float64Array(0);
  /** CPU seconds it needs in all, and, while it waits, those it still needs. */
  runtime = new Float64Array(0);
  remaining = new Float64Array(0);
  /** First time on a core; NaN: never yet. */
  start = new Float64Array(0);
  /** While it waits: since when. */
  since = new Float64Array(0);
  /** Integral of its progress over the time it has waited. */
  held = new Float64Array(0);
  preemptions = new Int32Array(0);
  /** Free for the discipline: a link of a queue, a core's number. */
  link = new Int32Array(0);
  private free = new Int32Array(0);
  private freeCount = 0;

  /** An id for an invocation that waits for its first core from `now` on. */
  add(sequence: number, order: number, runtime: number, now: number): number {
    if (this.freeCount === 0) this.grow();
    const id = this.free[--this.freeCount]!;
    this.sequence[id] = sequence;
    this.order[id] = order;
    this.runtime[id] = runtime;
    this.remaining[id] = runtime;
    this.start[id] = Number.NaN;
    this.since[id] = now;
    this.held[id] = 0;
    this.preemptions[id] = 0;
    return id;
  }

  remove(id: number): void {
    this.free[this.freeCount++] = id;
  }

  /** It gets a core; returns when it would end there. */
  resume(id: number, now: number): number {
    const remaining = this.remaining[id]!;
    if (this.start[id]! !== this.start[id]!) this.start[id] = now;
    else this.held[id]! += (this.runtime[id]! - remaining) * (now - this.since[id]!);
    return now + remaining;
  }

  /** It is taken off its core, where it would have ended at `end`. */
  suspend(id: number, end: number, now: number): void {
    this.remaining[id] = end - now;
    this.since[id] = now;
    this.preemptions[id]!++;
  }

  /** Integral of progress over its whole life, for one that has received `cpu` seconds and waited as `held` says. */
  progress(id: number, cpu: number): number {
    return this.held[id]! + (cpu * cpu) / 2;
  }

  private grow(): void {
    const had = this.order.length;
    const size = Math.max(1024, 2 * had);
    this.free = new Int32Array(size);
    for (let id = size - 1; id >= had; id--) this.free[this.freeCount++] = id;
    this.sequence = longer(this.sequence, size);
    this.order = longer(this.order, size);
    this.runtime = longer(this.runtime, size);
    this.remaining = longer(this.remaining, size);
    this.start = longer(this.start, size);
    this.since = longer(this.since, size);
    this.held = longer(this.held, size);
    this.preemptions = longerInts(this.preemptions, size);
    this.link = longerInts(this.link, size);
  }
}

/** The array's values at the front of a longer one. */
export function longer(array: Float64Array, size: number): Float64Array<ArrayBuffer> {
  const copy = new Float64Array(size);
  copy.set(array);
  return copy;
}

/** The same for integers. */
export function longerInts(array: Int32Array, size: number): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(size);
  copy.set(array);
  return copy;
}
