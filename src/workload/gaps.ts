/**
 * Coefficients of variation of the times between invocations, function by function: 0 ticks like a clock, 1 is
 * Poisson, more comes in bursts. Counts of a minute are taken to be spread evenly over it.
 */
export class Gaps {
  private readonly last: Float64Array;
  private readonly count: Float64Array;
  private readonly sum: Float64Array;
  private readonly squares: Float64Array;

  constructor(functions: number) {
    this.last = new Float64Array(functions).fill(Number.NaN);
    this.count = new Float64Array(functions);
    this.sum = new Float64Array(functions);
    this.squares = new Float64Array(functions);
  }

  /** `invocations` > 0 of a function, evenly in [start, start + length); times ascend, in any unit. */
  add(f: number, start: number, length: number, invocations: number): void {
    const gap = length / invocations;
    const before = this.last[f]!;
    if (!Number.isNaN(before)) this.gap(f, start + gap / 2 - before, 1);
    if (invocations > 1) this.gap(f, gap, invocations - 1);
    this.last[f] = start + length - gap / 2;
  }

  /** Of each function; NaN where it has fewer than two gaps, or none above 0. */
  coefficients(): Float64Array {
    return this.count.map((count, f) => {
      const mean = this.sum[f]! / count;
      if (count < 2 || !(mean > 0)) return Number.NaN;
      const ratio = this.squares[f]! / count / (mean * mean) - 1;
      // Gaps that are all the same differ from their mean by rounding errors alone.
      return ratio < 1e-9 ? 0 : Math.sqrt(ratio);
    });
  }

  private gap(f: number, length: number, times: number): void {
    this.count[f]! += times;
    this.sum[f]! += times * length;
    this.squares[f]! += times * length * length;
  }
}

/** Goh and Barabási's burstiness of a coefficient of variation (EPL 81, 2008): -1 a clock, 0 Poisson, towards 1 bursts. */
export function burstiness(coefficient: number): number {
  return (coefficient - 1) / (coefficient + 1);
}
