import { Observer } from "../../src/cluster/observer.js";
import { drain, feed } from "../../src/engine/simulation.js";
import { type SchedulerConfig, UNLIMITED_MEMORY } from "../../src/scheduler/scheduler.js";
import { schedulerNamed } from "../../src/scheduler/schedulers.js";
import type { RuntimeLaw } from "./laws-of-runtime.js";
import { type Poisson, poisson } from "./poisson.js";

/** A Poisson workload on a cluster, measured between a start and an end that do not count. */
export interface Experiment {
  readonly scheduler: string;
  readonly machines: number;
  readonly cores: number;
  readonly k?: number;
  /** Offered load, a fraction of all cores. */
  readonly load: number;
  readonly law: RuntimeLaw;
  /** Mean of the law; 1 by default. */
  readonly mean?: number;
  /** From class 0 up; one class by default. */
  readonly shares?: readonly number[];
  /** Invocations counted; those that come before them; and those after them, by default as many as before. */
  readonly count: number;
  readonly warm: number;
  readonly after?: number;
}

/** Means over the counted invocations of one replication. */
export interface Measured {
  /** The law's mean plus the mean of latency - runtime: latency's mean without the noise of the runtimes drawn. */
  readonly latency: number;
  readonly slowdown: number;
  /** The same as `latency`, by class from 0 up. */
  readonly byClass: readonly number[];
}

class Waits extends Observer {
  readonly wait: Float64Array;
  private readonly workload: Poisson;

  constructor(workload: Poisson) {
    super();
    this.workload = workload;
    this.wait = new Float64Array(workload.rows).fill(Number.NaN);
  }

  override finished(i: number, _machine: number, _start: number, time: number) {
    this.wait[i] = time - this.workload.arrival_s[i]! - this.workload.runtime_s[i]!;
  }
}

/** The workload of an experiment under a seed, and latency - runtime of every invocation. */
export function waits(experiment: Experiment, seed: number): { workload: Poisson; wait: Float64Array } {
  const { machines, cores, k = 3, load, law, mean = 1, shares = [1], count, warm, after = warm } = experiment;
  const workload = poisson(warm + count + after, (load * machines * cores) / mean, law, shares, seed);
  const observer = new Waits(workload);
  const prices = Array.from({ length: shares.length }, (_, i) => [0.3, 0.7, 1, 1.5, 2][i]!);
  const config: SchedulerConfig = { ...UNLIMITED_MEMORY, machines, cores, k, shards: 4, prices, seed };
  const scheduler = schedulerNamed(experiment.scheduler).create(config, observer);
  for (const chunk of workload.chunks) {
    scheduler.open(chunk);
    feed(scheduler, chunk.arrival_s, chunk.rows, Number.POSITIVE_INFINITY);
  }
  drain(scheduler, Number.POSITIVE_INFINITY);
  return { workload, wait: observer.wait };
}

/** One replication. */
export function measure(experiment: Experiment, seed: number): Measured {
  const { workload, wait } = waits(experiment, seed);
  const { shares = [1], warm, count, mean = 1 } = experiment;
  const sums = shares.map(() => 0);
  const counts = shares.map(() => 0);
  let slowdowns = 0;
  for (let i = warm; i < warm + count; i++) {
    const c = workload.price_class[i]!;
    sums[c]! += wait[i]!;
    counts[c]!++;
    slowdowns += wait[i]! / workload.runtime_s[i]!;
  }
  return {
    latency: mean + sums.reduce((a, b) => a + b, 0) / count,
    slowdown: 1 + slowdowns / count,
    byClass: sums.map((sum, c) => mean + sum / counts[c]!),
  };
}

/** A mean over independent replications, and its standard error. */
export interface Estimate {
  readonly mean: number;
  readonly error: number;
}

/** Of equally long replications. */
export function estimate(values: readonly number[]): Estimate {
  const n = values.length;
  const mean = values.reduce((a, b) => a + b, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares / (n - 1) / n) };
}

/** Replications under the seeds 1, 2, …. */
export function replicate(experiment: Experiment, replications: number): Measured[] {
  return Array.from({ length: replications }, (_, i) => measure(experiment, i + 1));
}
