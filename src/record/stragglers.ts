import { FIELDS, GROWTH, HELD, INTS, MACHINE, NEEDED, OPEN, type RowBlock } from "./row-block.js";

/** Doubles kept of each: its arrival, its class, and the fields of its record that arrived with it. */
const KEPT = 8;
const ARRIVAL = 6;
const CLASS = 7;

/** What arrived with the invocations that have not ended long after the rest of their block, by sequence number. */
export class Stragglers {
  private readonly index = new Map<number, number>();
  private readonly free: number[] = [];
  private size = 0;
  private kept = new Float64Array(0);

  /** Takes over what is open in a block in workload order. */
  keep(block: RowBlock): void {
    for (let row = 0; row < block.rows; row++) {
      if (block.ints[row * INTS + MACHINE] !== OPEN) continue;
      const at = this.free.pop() ?? this.place();
      this.index.set(block.first + row, at);
      const { kept } = this;
      for (let field = HELD; field <= NEEDED; field++) kept[at + field] = block.record[row * FIELDS + field]!;
      kept[at + ARRIVAL] = block.arrival[row]!;
      kept[at + CLASS] = block.priceClass[row]!;
    }
  }

  /** MiB that its memory grows by in a CPU second. */
  growth(invocation: number): number {
    return this.kept[this.index.get(invocation)! + GROWTH]!;
  }

  /** What RunRecorder.placing is to tell of it. */
  placing(invocation: number, change: Float64Array): void {
    const at = this.index.get(invocation)!;
    change[1] = this.kept[at + HELD]!;
    change[2] = this.kept[at + GROWTH]!;
  }

  /** Its price class. */
  priceClass(invocation: number): number {
    return this.kept[this.index.get(invocation)! + CLASS]!;
  }

  /** It arrives late, with this class (-1: as it was). */
  arrive(invocation: number, time: number, priceClass: number): void {
    const at = this.index.get(invocation)!;
    this.kept[at + ARRIVAL] = time;
    if (priceClass >= 0) this.kept[at + CLASS] = priceClass;
  }

  /** Moves what arrived with an invocation into a row of a block. */
  take(invocation: number, into: RowBlock, row: number): void {
    const at = this.index.get(invocation)!;
    this.index.delete(invocation);
    this.free.push(at);
    const { kept } = this;
    for (let field = HELD; field <= NEEDED; field++) into.record[row * FIELDS + field] = kept[at + field]!;
    into.arrival[row] = kept[at + ARRIVAL]!;
    into.runtime[row] = kept[at + NEEDED]!;
    into.priceClass[row] = kept[at + CLASS]!;
  }

  private place(): number {
    const at = this.size;
    this.size += KEPT;
    if (this.size > this.kept.length) {
      const longer = new Float64Array(Math.max(1024 * KEPT, 2 * this.kept.length));
      longer.set(this.kept);
      this.kept = longer;
    }
    return at;
  }
}
