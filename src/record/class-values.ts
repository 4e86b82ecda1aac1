import * as Fact from "../cluster/observer.js";
import { missed } from "../statistics/deadline.js";
import { enough } from "../statistics/quantile.js";
import { Sketch } from "../statistics/sketch.js";
import { OUTCOMES } from "../table/index.js";
import type { InvocationRecords } from "./open-invocations.js";
import { FINISHED, UNFINISHED } from "./row-block.js";
import { PreciseSum, QUANTILES, type WindowValues } from "./window-values.js";

/** A sketch of a quantity's values, which are told as what they have above a floor, and their sum. */
class Quantity {
  readonly sketch = new Sketch();
  readonly sum = new PreciseSum();
  private readonly floor: number;
  /** Least of those of invocations that have not ended, which may still grow. */
  leastOpen = Number.POSITIVE_INFINITY;

  constructor(floor: number) {
    this.floor = floor;
  }

  add(value: number, open: boolean): void {
    this.sketch.add(value);
    this.sum.add(value);
    if (open && value < this.leastOpen) this.leastOpen = value;
  }

  /** Adds 0, of an invocation that has ended: sums stay as they are. */
  addZero(): void {
    this.sketch.addZero();
  }

  merge(other: Quantity): void {
    this.sketch.merge(other.sketch);
    this.sum.merge(other.sum);
    this.leastOpen = Math.min(this.leastOpen, other.leastOpen);
  }

  clear(): void {
    this.sketch.clear();
    this.sum.clear();
    this.leastOpen = Number.POSITIVE_INFINITY;
  }

  statistics(): number[] {
    const { floor, sketch } = this;
    const { count } = sketch;
    const printed = QUANTILES.map((q) => (enough(count, q) ? floor + sketch.quantile(q) : Number.NaN));
    return [floor + this.sum.value() / count, ...printed, floor + sketch.quantile(1)];
  }
}

/**
 * Counts of a class's invocations, and sketches of their latencies and slowdowns, whose quantiles are within SKETCH_ERROR,
 * in memory that does not grow with them. Slowdowns are kept as what they have above 1.
 */
export class ClassValues implements WindowValues {
  readonly outcomes = new Float64Array(OUTCOMES.length);
  readonly latency = new Quantity(0);
  readonly slowdown = new Quantity(1);
  missed = 0;
  preemptions = 0;
  swapOuts = 0;
  swapIns = 0;

  /**
   * Adds one that has ended, or that is open at the end of the run; see SketchSink.take. Its deadline is its arrival +
   * runtime x `stretch`.
   */
  add(
    known: InvocationRecords,
    record: number,
    facts: Float64Array,
    what: number,
    preempted: number,
    stretch: number,
    managed: boolean,
  ): void {
    const arrived = known.arrival(record);
    const needed = known.needed(record);
    this.outcomes[what]!++;
    this.preemptions += preempted;
    if (managed) {
      this.swapOuts += facts[Fact.SWAP_OUTS]!;
      this.swapIns += facts[Fact.SWAP_INS]!;
    }
    const open = what === UNFINISHED;
    const last = open || what === FINISHED ? facts[Fact.TIME]! : Number.POSITIVE_INFINITY;
    if (missed(last, arrived + needed * stretch)) this.missed++;
    this.latency.add(open ? Math.max(last - arrived, needed) : last - arrived, open);
    if (needed === 0) return;
    const excess = Math.max(0, last - (arrived + needed)) / needed;
    this.slowdown.add(1 + excess === 1 ? 0 : excess, open);
  }

  /** Adds one that ended as it arrived and took no time: it has no slowdown. */
  addPassed(): void {
    this.outcomes[FINISHED]!++;
    this.latency.addZero();
  }

  /** Adds what others have. */
  merge(other: ClassValues): void {
    for (let what = 0; what < OUTCOMES.length; what++) this.outcomes[what]! += other.outcomes[what]!;
    this.latency.merge(other.latency);
    this.slowdown.merge(other.slowdown);
    this.missed += other.missed;
    this.preemptions += other.preemptions;
    this.swapOuts += other.swapOuts;
    this.swapIns += other.swapIns;
  }

  clear(): void {
    this.outcomes.fill(0);
    this.latency.clear();
    this.slowdown.clear();
    this.missed = 0;
    this.preemptions = 0;
    this.swapOuts = 0;
    this.swapIns = 0;
  }

  statistics(): number[] {
    return [...this.latency.statistics(), ...this.slowdown.statistics()];
  }
}
