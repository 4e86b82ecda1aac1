import { growthOf, type RowBlock } from "./row-block.js";

/** What arrived with the invocations that have not ended long after the rest of their block, by sequence number. */
export class Stragglers {
  private readonly index = new Map<number, number>();
  private readonly free: number[] = [];
  private size = 0;
  private arrival = new Float64Array(0);
  private runtime = new Float64Array(0);
  private priceClass = new Uint8Array(0);
  private initial = new Float32Array(0);
  private peak = new Float32Array(0);

  /** Takes over what is open in a block in workload order. */
  keep(block: RowBlock): void {
    for (let row = 0; row < block.rows; row++) {
      if (block.open[row] === 0) continue;
      const at = this.free.pop() ?? this.size++;
      if (at >= this.arrival.length) this.grow();
      this.index.set(block.first + row, at);
      this.arrival[at] = block.arrival[row]!;
      this.runtime[at] = block.runtime[row]!;
      this.priceClass[at] = block.priceClass[row]!;
      this.initial[at] = block.initial[row]!;
      this.peak[at] = block.peak[row]!;
    }
  }

  /** See RowBlock.growth. */
  growth(invocation: number): number {
    const at = this.index.get(invocation)!;
    return growthOf(this.initial[at]!, this.peak[at]!, this.runtime[at]!);
  }

  /** Moves what arrived with an invocation into a row of a block. */
  take(invocation: number, into: RowBlock, row: number): void {
    const at = this.index.get(invocation)!;
    this.index.delete(invocation);
    this.free.push(at);
    into.arrival[row] = this.arrival[at]!;
    into.runtime[row] = this.runtime[at]!;
    into.priceClass[row] = this.priceClass[at]!;
    into.initial[row] = this.initial[at]!;
    into.peak[row] = this.peak[at]!;
    into.growth[row] = growthOf(this.initial[at]!, this.peak[at]!, this.runtime[at]!);
  }

  private grow(): void {
    const size = Math.max(1024, 2 * this.arrival.length);
    const old = [this.arrival, this.runtime, this.priceClass, this.initial, this.peak] as const;
    this.arrival = new Float64Array(size);
    this.runtime = new Float64Array(size);
    this.priceClass = new Uint8Array(size);
    this.initial = new Float32Array(size);
    this.peak = new Float32Array(size);
    this.arrival.set(old[0]);
    this.runtime.set(old[1]);
    this.priceClass.set(old[2]);
    this.initial.set(old[3]);
    this.peak.set(old[4]);
  }
}
