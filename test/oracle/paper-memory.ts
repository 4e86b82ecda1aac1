import { quantileIndex } from "../../src/statistics/quantile.js";
import { paperBatches } from "../../src/workload/index.js";
import { columnsOf, replayTables } from "../law/tables.js";

const PRICES = [0.3, 0.7, 1, 1.5, 2];
const MACHINES = 100;
const TICKS = 200;

/** The papers' memory experiment: 100 machines x 8 cores, `load` invocations a tick for 200 ticks, unlimited swap. */
export interface MemoryExperiment {
  readonly load: number;
  readonly k: number;
  readonly shards: number;
  readonly arrivals?: "batch" | "poisson";
  readonly seed?: number;
  /** MiB of a machine; 32,000 in the papers. */
  readonly ram?: number;
  /** MiB of a machine; unlimited in the papers. */
  readonly swap?: number;
}

/** What came out. GB are 10^9 bytes, as the papers count disks. */
export interface MemoryFindings {
  /** Median over machines and seconds of RAM in use, as a share. */
  readonly ramMedian: number;
  /** Invocations that were moved to swap at least once, by class. */
  readonly swapped: readonly number[];
  readonly killed: number;
  /** The most that a machine's swap held at once: over machines the median, the 99 % quantile and the most. */
  readonly peakGB: readonly [number, number, number];
  /** All that was moved to a machine's swap: over machines the median and the most. */
  readonly writtenGB: readonly [number, number];
  /** Mean busy cores of the busiest and of the idlest machine over cores, and the median. */
  readonly utilisation: readonly [number, number, number];
  readonly p99Slowdown: readonly number[];
}

const sorted = (values: Iterable<number>) => Float64Array.from(values).sort();
const quantile = (ascending: Float64Array, q: number) => ascending[quantileIndex(ascending.length, q)]!;
const gb = (mib: number) => (mib * 1048576) / 1e9;

export async function memoryExperiment(of: MemoryExperiment): Promise<MemoryFindings> {
  const { load, k, shards, seed = 1, arrivals = "batch", ram = 32000, swap = Number.POSITIVE_INFINITY } = of;
  const batches = [...paperBatches({ seed, load, ticks: TICKS, tick: 1, arrivals, step: null })];
  const rows = batches.reduce((sum, batch) => sum + batch.rows, 0);
  const config = {
    ...{ machines: MACHINES, cores: 8, k, shards, prices: PRICES, seed },
    ...{ ram, swap, swapInWatermark: 0.9, oom: "off" as const },
  };
  async function* workload() {
    yield* batches;
  }
  const folder = await replayTables("xx", config, workload(), { rows, sampleEvery: 1, window: 1000 });
  const row = await columnsOf(folder, "invocations", [
    "price_class",
    "swap_outs",
    "outcome",
    "runtime_s",
    "finish_s",
    "arrival_s",
  ]);
  const machine = await columnsOf(folder, "machines", [
    ...(["machine", "time_s", "busy_cores", "resident_mib", "swapped_max_mib", "swap_out_mib"] as const),
  ]);
  const during = [...machine.time_s.keys()].filter((i) => machine.time_s[i]! <= TICKS);
  const peak = new Float64Array(MACHINES);
  const written = new Float64Array(MACHINES);
  const busy = new Float64Array(MACHINES);
  for (const [i, m] of machine.machine.entries()) {
    peak[m] = Math.max(peak[m]!, machine.swapped_max_mib[i]!);
    written[m]! += machine.swap_out_mib[i]!;
  }
  for (const i of during) busy[machine.machine[i]!]! += machine.busy_cores[i]! / 8 / TICKS;
  const slowdowns = PRICES.map(() => [] as number[]);
  const swapped = PRICES.map(() => 0);
  for (const [i, priceClass] of row.price_class.entries()) {
    const slowdown = (row.finish_s[i]! - row.arrival_s[i]!) / row.runtime_s[i]!;
    slowdowns[priceClass]!.push(row.outcome[i] === 0 ? slowdown : Number.POSITIVE_INFINITY);
    if (row.swap_outs[i]! > 0) swapped[priceClass]!++;
  }
  const peaks = sorted(peak.map(gb));
  const writes = sorted(written.map(gb));
  const use = sorted(busy);
  return {
    ramMedian: quantile(sorted(during.map((i) => machine.resident_mib[i]!)), 0.5) / ram,
    swapped,
    killed: row.outcome.reduce((sum, what) => sum + (what === 1 ? 1 : 0), 0),
    peakGB: [quantile(peaks, 0.5), quantile(peaks, 0.99), peaks.at(-1)!],
    writtenGB: [quantile(writes, 0.5), writes.at(-1)!],
    utilisation: [use.at(-1)!, use[0]!, quantile(use, 0.5)],
    p99Slowdown: slowdowns.map((of) => quantile(sorted(of), 0.99)),
  };
}
