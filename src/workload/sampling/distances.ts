import { keyed, PURPOSE } from "../../random/index.js";
import { select } from "../../statistics/quantile.js";
import { medianDeviation, totalVariation, wasserstein1 } from "../../statistics/wasserstein.js";
import type { NumberName, Population } from "./marginals.js";

/** Simple random samples that a sample is compared with. */
export const RANDOM_SAMPLES = 20;

/** What is compared: a number, the triggers, or pairs: the numbers two by two. */
export type DistanceName = NumberName | "trigger" | "pairs";

/** How far a sample is from its trace. */
export interface Distance {
  readonly name: DistanceName;
  /**
   * Wasserstein-1 distance of the functions of the sample from all functions, over the distance that the trace's median (for
   * triggers its commonest one) has alone: 0 the same, 1 as far off as one typical function. Rate, duration and memory
   * in decades, burstiness from -1 to 1, triggers 1 apart. NaN where the trace or the sample says nothing.
   */
  readonly distance: number;
  /** The same of simple random samples of the same size, their mean. */
  readonly random: number;
}

/** Measures distances of samples of one trace. */
export class Distances {
  private readonly population: Population;
  private readonly pairs: readonly { values: Float64Array; sorted: Float64Array; scale: number }[];
  private readonly triggers: Float64Array;

  constructor(population: Population) {
    this.population = population;
    this.pairs = pairsOf(population);
    this.triggers = this.triggersOf(population.triggerOf.keys());
  }

  /** By name, of these functions. */
  of(ids: Uint32Array): Record<DistanceName, number> {
    const { numbers } = this.population;
    const of = Object.fromEntries(numbers.map((marginal) => [marginal.name, distanceOf(marginal, ids)]));
    const pairs = this.pairs.map((pair) => distanceOf(pair, ids)).filter((distance) => !Number.isNaN(distance));
    return {
      ...(of as Record<NumberName, number>),
      trigger: this.triggerDistance(ids),
      pairs: pairs.reduce((a, b) => a + b, 0) / pairs.length,
    };
  }

  /** Of these functions, beside what simple random samples of as many have on average; those are drawn from the seed. */
  beside(ids: Uint32Array, seed: number): Distance[] {
    const found = this.of(ids);
    const random = Array.from({ length: RANDOM_SAMPLES }, (_, i) => this.of(this.randomSample(ids.length, seed, i)));
    return (Object.keys(found) as DistanceName[]).map((name) => {
      const known = random.map((of) => of[name]).filter((distance) => !Number.isNaN(distance));
      const mean = known.reduce((a, b) => a + b, 0) / known.length;
      return { name, distance: found[name], random: mean };
    });
  }

  /** A simple random sample, the `number`-th of the seed. */
  randomSample(functions: number, seed: number, number: number): Uint32Array {
    const all = this.population.triggerOf.length;
    const draws = keyed(seed, PURPOSE.sample);
    const priorities = Float64Array.from({ length: all }, (_, f) => draws.uniform(f, 1 + number));
    const last = select(priorities.slice(), functions - 1, 0, all);
    return Uint32Array.from(priorities.keys()).filter((f) => priorities[f]! <= last);
  }

  private triggerDistance(ids: Uint32Array): number {
    const { triggers } = this;
    // The commonest trigger is the first.
    const alone = totalVariation(
      triggers,
      triggers.map((_, i) => (i === 0 ? 1 : 0)),
    );
    return alone === 0 ? Number.NaN : totalVariation(triggers, this.triggersOf(ids)) / alone;
  }

  private triggersOf(ids: Iterable<number>): Float64Array {
    const { triggers, triggerOf } = this.population;
    const counts = new Float64Array(triggers.length);
    for (const f of ids) counts[triggerOf[f]!]!++;
    return counts;
  }
}

interface Measured {
  readonly values: Float64Array;
  readonly sorted: Float64Array;
  readonly scale: number;
}

function distanceOf({ values, sorted, scale }: Measured, ids: Uint32Array): number {
  const sample = new Float64Array(ids.length);
  let known = 0;
  for (const f of ids) if (!Number.isNaN(values[f]!)) sample[known++] = values[f]!;
  const distance = wasserstein1(sorted, sample.subarray(0, known).sort());
  return distance === 0 ? 0 : distance / scale;
}

/**
 * Sums and differences of every two numbers, each in units of its scale: where both marginals are right and the numbers hang
 * together in another way, these are wrong.
 */
function pairsOf({ numbers }: Population): Measured[] {
  const varied = numbers.filter(({ scale }) => scale > 0);
  return varied.flatMap((a, i) =>
    varied.slice(i + 1).flatMap((b) =>
      [1, -1].map((sign) => {
        const values = a.values.map((value, f) => value / a.scale + (sign * b.values[f]!) / b.scale);
        const sorted = values.filter((value) => !Number.isNaN(value)).sort();
        return { values, sorted, scale: medianDeviation(sorted) };
      }),
    ),
  );
}
