import { describe, expect, it } from "vitest";
import { BATCH_ROWS } from "../../../src/table/index.js";
import { type PaperOptions, paperBatches } from "../../../src/workload/index.js";

const DEFAULT: PaperOptions = { seed: 1, load: 238, ticks: 500, tick: 1, arrivals: "batch", step: null };

interface Rows {
  readonly arrival_s: number[];
  readonly runtime_s: number[];
  readonly price_class: number[];
  readonly memory_peak_mib: number[];
}

function generate(options: Partial<PaperOptions> = {}): Rows {
  const out: Rows = { arrival_s: [], runtime_s: [], price_class: [], memory_peak_mib: [] };
  let last = BATCH_ROWS;
  for (const { rows, columns } of paperBatches({ ...DEFAULT, ...options })) {
    if (last !== BATCH_ROWS) throw new Error("a batch before the last is not full");
    last = rows;
    for (const name of Object.keys(out) as (keyof Rows)[]) {
      for (let i = 0; i < rows; i++) out[name].push(columns[name]![i]!);
    }
  }
  return out;
}

/** Standard errors between the values' mean and what it should be. */
function errors(values: readonly number[], mean: number): number {
  const realised = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - realised) ** 2, 0) / values.length;
  return Math.abs(realised - mean) / Math.sqrt(variance / values.length);
}

describe("the papers' workload, within 4 standard errors", () => {
  const rows = generate();

  it("has runtimes of 3.36 ticks in the mean", () => {
    // E max(0.2, N(2, 5)) x 25 / 24; above 100 the normal has no weight that counts
    expect(errors(rows.runtime_s, 3.357)).toBeLessThan(4);
  });

  it("has 36 % of its minima at the floor of 0.2", () => {
    // P(runtime < 0.3) = .3594 (1 - 1.5^-25) + the integral of N(2, 5)'s density x (1 - (m / .3)^25) over m = .2 .. .3
    const below = rows.runtime_s.map((runtime) => (runtime < 0.3 ? 1 : 0));
    expect(errors(below, 0.36603)).toBeLessThan(4);
    expect(rows.runtime_s.every((runtime) => runtime >= 0.2)).toBe(true);
  });

  it("fills 800 cores at a load of 238", () => {
    const busy = rows.runtime_s.reduce((sum, runtime) => sum + runtime, 0) / DEFAULT.ticks;
    expect(Math.abs(busy - 238 * 3.357)).toBeLessThan(4 * Math.sqrt((238 * 15) / DEFAULT.ticks));
    expect(238 * 3.357).toBeCloseTo(799, 0);
  });

  it("has classes of 35, 25, 2, 15 and 23 %", () => {
    [0.35, 0.25, 0.02, 0.15, 0.23].forEach((share, priceClass) => {
      expect(
        errors(
          rows.price_class.map((c) => (c === priceClass ? 1 : 0)),
          share,
        ),
      ).toBeLessThan(4);
    });
  });

  it("grows from 100 MiB to a peak uniform up to 10,000", () => {
    expect(errors(rows.memory_peak_mib, 5050)).toBeLessThan(4);
    expect(Math.min(...rows.memory_peak_mib.slice(0, 1e5))).toBeGreaterThanOrEqual(100);
    expect(Math.max(...rows.memory_peak_mib.slice(0, 1e5))).toBeLessThanOrEqual(10000);
  });

  it("by poisson has the load in the mean and in the variance of the count per tick", () => {
    const counts = new Array(2000).fill(0);
    for (const time of generate({ arrivals: "poisson", load: 20, ticks: 2000 }).arrival_s) counts[Math.floor(time)]++;
    expect(errors(counts, 20)).toBeLessThan(4);
    expect(
      errors(
        counts.map((count: number) => (count - 20) ** 2),
        20,
      ),
    ).toBeLessThan(4);
  });
});

it("arrivals of a batch are all at the tick's beginning", () => {
  const { arrival_s } = generate({ load: 3, ticks: 3, tick: 0.5 });
  expect(arrival_s).toEqual([0, 0, 0, 0.5, 0.5, 0.5, 1, 1, 1]);
});

it("a longer tick scales all times and nothing else", () => {
  const [one, two] = [
    generate({ ticks: 20, arrivals: "poisson" }),
    generate({ ticks: 20, arrivals: "poisson", tick: 2 }),
  ];
  expect(two.arrival_s).toEqual(one.arrival_s.map((time) => time * 2));
  expect(two.runtime_s).toEqual(one.runtime_s.map((time) => time * 2));
  expect(two.price_class).toEqual(one.price_class);
});

it.each(["batch", "poisson"] as const)("a longer run of %s begins with the shorter one", (arrivals) => {
  const short = generate({ ticks: 7, arrivals });
  const long = generate({ ticks: 12, arrivals });
  for (const name of Object.keys(short) as (keyof Rows)[]) {
    expect(long[name].slice(0, short[name].length)).toEqual(short[name]);
  }
});

it("a step has its load from its first tick up to its last, and changes no tick outside it", () => {
  const plain = generate({ load: 10, ticks: 9 });
  const stepped = generate({ load: 10, ticks: 9, step: { from: 3, to: 5, load: 25 } });
  const perTick = Array.from({ length: 9 }, (_, t) => stepped.arrival_s.filter((time) => time === t).length);
  expect(perTick).toEqual([10, 10, 10, 25, 25, 10, 10, 10, 10]);
  expect(stepped.runtime_s.slice(0, 40)).toEqual(plain.runtime_s.slice(0, 40));
  expect(stepped.runtime_s.slice(-40)).toEqual(plain.runtime_s.slice(-40));
});

it("sorted by arrival", () => {
  const { arrival_s } = generate({ arrivals: "poisson", load: 500 });
  expect(arrival_s.every((time, i) => i === 0 || time >= arrival_s[i - 1]!)).toBe(true);
});
