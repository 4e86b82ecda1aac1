/** What is not above this counts as zero: a ratio to it would overflow. */
const ZERO = 1e-9;

/**
 * Distributions known by a few of their percentiles, a row each. Between two percentiles a value is log-uniform where
 * the lower one is above zero, else uniform from zero; below the first and above the last level it is that level's value.
 * Inversion: one uniform picks the bracket (with a probability that is its width) and the place inside it.
 */
export class BracketTable {
  private readonly edges: Float64Array;
  private readonly perWidth: Float64Array;
  /** By whole percent, the bracket in which, or one before that in which, its uniforms begin: few searches go further. */
  private readonly guide: Uint8Array;
  private readonly brackets: number;
  private first = new Float64Array(16);
  /** Of row r, bracket b, at r * brackets + b: its lower end, or, where that is zero, its upper end. */
  private ends: Float64Array;
  /** ln(upper / lower), or -1 where the lower end is zero. */
  private logs: Float64Array;
  /** By row, 1 where all values are one. */
  private constants = new Uint8Array(16);
  /** Rows added so far. */
  rows = 0;

  /** `levels`: ascending percents, of which the last is 100. */
  constructor(levels: readonly number[]) {
    this.brackets = levels.length - 1;
    this.edges = Float64Array.from(levels, (level) => level / 100);
    this.perWidth = Float64Array.from({ length: this.brackets }, (_, b) => 100 / (levels[b + 1]! - levels[b]!));
    this.guide = Uint8Array.from({ length: 101 }, (_, percent) =>
      Math.max(
        0,
        levels.findLastIndex((level) => level < percent),
      ),
    );
    this.ends = new Float64Array(16 * this.brackets);
    this.logs = new Float64Array(16 * this.brackets);
  }

  /** Adds a row of values at the levels, non-negative and ascending, each times `factor`; its number is returned. */
  add(values: ArrayLike<number>, factor = 1): number {
    const row = this.rows++;
    if (row === this.first.length) {
      this.first = grown(this.first);
      this.ends = grown(this.ends);
      this.logs = grown(this.logs);
      const constants = new Uint8Array(2 * row);
      constants.set(this.constants);
      this.constants = constants;
    }
    const least = values[0]!;
    this.first[row] = least * factor;
    this.constants[row] = values[this.brackets] === least && (least === 0 || least > ZERO) ? 1 : 0;
    for (let b = 0, i = row * this.brackets; b < this.brackets; b++, i++) {
      const lower = values[b]!;
      const upper = values[b + 1]!;
      this.ends[i] = (lower > ZERO ? lower : upper) * factor;
      this.logs[i] = lower > ZERO ? Math.log(upper / lower) : -1;
    }
    return row;
  }

  /** The value at the first level. */
  lowest(row: number): number {
    return this.first[row]!;
  }

  /** The value at the last level, which no uniform exceeds. */
  highest(row: number): number {
    const i = (row + 1) * this.brackets - 1;
    const log = this.logs[i]!;
    return log < 0 ? this.ends[i]! : this.ends[i]! * Math.exp(log);
  }

  /** Whether every uniform has the value at the first level. */
  isConstant(row: number): boolean {
    return this.constants[row] === 1;
  }

  /** The value of a uniform in [0, 1). */
  at(row: number, uniform: number): number {
    const { edges } = this;
    if (uniform < edges[0]!) return this.first[row]!;
    let b = this.guide[(uniform * 100) | 0]!;
    while (uniform >= edges[b + 1]!) b++;
    const i = row * this.brackets + b;
    const place = (uniform - edges[b]!) * this.perWidth[b]!;
    const log = this.logs[i]!;
    return log < 0 ? this.ends[i]! * place : this.ends[i]! * Math.exp(place * log);
  }

  /** Mean of the values, each cut to `cap`. Exact, bracket by bracket. */
  mean(row: number, cap = Number.POSITIVE_INFINITY): number {
    let sum = this.edges[0]! * Math.min(this.first[row]!, cap);
    for (let b = 0, i = row * this.brackets; b < this.brackets; b++, i++) {
      sum += meanOf(this.ends[i]!, this.logs[i]!, cap) / this.perWidth[b]!;
    }
    return sum;
  }
}

/** Mean of min(X, cap) in one bracket. */
function meanOf(end: number, log: number, cap: number): number {
  if (log < 0) return cap >= end ? end / 2 : cap - (cap * cap) / (2 * end);
  if (cap <= end) return cap;
  const cut = log > 0 ? Math.log(cap / end) / log : 1;
  if (cut < 1) return (cap - end) / log + cap * (1 - cut);
  return log < 1e-4 ? end * (1 + log / 2 + (log * log) / 6) : (end * (Math.exp(log) - 1)) / log;
}

function grown(values: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * values.length);
  larger.set(values);
  return larger;
}
