import { quantiles } from "../statistics/quantile.js";
import { batchesOf } from "../table/index.js";
import type { RunFolder } from "./run-folder.js";

/** Machines that carry the load of a price class and those above it. */
export interface Capacity {
  /** This class and all above. */
  readonly from_class: number;
  /**
   * The mean is the work that is offered: CPU seconds that come in a second, all of what they take, whenever it is run;
   * below it work piles up without end. Quantiles over the seconds are of the cores at work, were every invocation run the
   * moment it comes.
   */
  readonly cores: {
    readonly mean: number;
    readonly p50: number;
    readonly p95: number;
    readonly p99: number;
    readonly max: number;
  };
  /** The same as machines, rounded up. */
  readonly machines: {
    readonly mean: number;
    readonly p50: number;
    readonly p95: number;
    readonly p99: number;
    readonly max: number;
  };
}

/**
 * What the drafts suggest for buying hardware: the load of each class and those above it, in cores and machines, from
 * the workload alone, by effective class where `scheduler` changed it. Seconds are those from the warm-up's end to the
 * last arrivals; a quantile (type 1) is of the seconds' mean number of cores. The mean, the runtimes of what comes in
 * them over their number, is the run's realised offered load x its cores where there is no warm-up; work that would go on
 * after the last arrivals is in the mean and not in the quantiles, which it can exceed where a run is shorter than what
 * it runs. In less than a second no rate can be told: it is then that of the cores at work. 8 bytes a second and class
 * are in memory.
 */
export async function capacity(run: RunFolder, scheduler: string): Promise<Capacity[]> {
  const { from_s, to_s } = run.manifest;
  const from = from_s + run.warmup;
  const span = to_s - from;
  const seconds = Math.max(1, Math.ceil(span));
  const demand = run.prices.map(() => new Demand(from, seconds));
  const { files } = run.table(`${scheduler}/invocations`);
  for await (const { rows, columns } of batchesOf(files, ["price_class", "arrival_s", "runtime_s"])) {
    const { price_class, arrival_s, runtime_s } = columns;
    for (let i = 0; i < rows; i++) demand[price_class![i]!]!.add(arrival_s![i]!, runtime_s![i]!);
  }
  const cores = new Float64Array(seconds);
  const found: Capacity[] = [];
  let work = 0;
  for (let from_class = demand.length - 1; from_class >= 0; from_class--) {
    for (const [i, more] of demand[from_class]!.perSecond().entries()) cores[i]! += more;
    work += demand[from_class]!.work;
    const mean = span >= 1 ? work / span : cores.reduce((a, b) => a + b, 0) / seconds;
    const [p50, p95, p99, max] = quantiles(cores.slice(), seconds, [0.5, 0.95, 0.99, 1]) as [
      number,
      number,
      number,
      number,
    ];
    const machines = (of: number) => Math.max(0, Math.ceil(of / run.cores - 1e-9));
    found.unshift({
      from_class,
      cores: { mean, p50, p95, p99, max },
      machines: {
        mean: machines(mean),
        p50: machines(p50),
        p95: machines(p95),
        p99: machines(p99),
        max: machines(max),
      },
    });
  }
  return found;
}

/** Mean number of cores at work in each second, of intervals that are added in any order, and the work that comes. */
class Demand {
  /** CPU seconds of what comes from the first of the seconds on. */
  work = 0;
  private readonly from: number;
  /** Of whole seconds: differences to the second before. Of the seconds in which something starts or ends: the rest. */
  private readonly steps: Float64Array;
  private readonly parts: Float64Array;

  constructor(from: number, seconds: number) {
    this.from = from;
    this.steps = new Float64Array(seconds + 1);
    this.parts = new Float64Array(seconds);
  }

  add(arrival: number, runtime: number): void {
    const { steps, parts } = this;
    if (arrival >= this.from) this.work += runtime;
    const start = Math.max(0, arrival - this.from);
    const end = Math.min(parts.length, arrival + runtime - this.from);
    if (!(end > start)) return;
    const first = Math.floor(start);
    const last = Math.min(parts.length - 1, Math.floor(end));
    if (first === last) {
      parts[first]! += end - start;
      return;
    }
    parts[first]! += first + 1 - start;
    parts[last]! += end - last;
    steps[first + 1]!++;
    steps[last]!--;
  }

  perSecond(): Float64Array {
    let level = 0;
    return this.parts.map((part, i) => {
      level += this.steps[i]!;
      return level + part;
    });
  }
}
