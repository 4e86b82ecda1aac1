import { DURATION_LEVELS, MEMORY_LEVELS } from "../trace/trace.js";
import { BracketTable } from "./bracket-table.js";

/**
 * Average duration of a function of Azure Functions, ms, at the percents given. 10 to 99: the first day of the 2019
 * release (Shahrad et al., Serverless in the wild, ATC'20); its ends are ours: a millisecond, and the ten minutes after which
 * the consumption plan stops a function.
 */
const AVERAGE_DURATION_MS = {
  levels: [0, 10, 25, 50, 75, 90, 95, 99, 100],
  values: [1, 20, 125, 670, 3120, 16555, 42295, 222620, 600000],
};

/** Average memory of an app, MiB: 5 to 99 from the same release; its ends are ours, the upper one the consumption plan's limit. */
const AVERAGE_MEMORY_MIB = {
  levels: [0, 5, 25, 50, 75, 90, 95, 99, 100],
  values: [50, 100, 120, 140, 185, 210, 240, 405, 1536],
};

/** Percentiles of a function's durations over its average, and of an app's memory over its: medians over functions, rounded. */
const DURATION_SHAPE = [0.3, 0.3, 0.6, 0.8, 1.05, 2.8, 3.7];
const MEMORY_SHAPE = [0.85, 0.91, 0.97, 1, 1.04, 1.1, 1.15, 1.22];

const averageDuration = new BracketTable(AVERAGE_DURATION_MS.levels);
averageDuration.add(AVERAGE_DURATION_MS.values);
const averageMemory = new BracketTable(AVERAGE_MEMORY_MIB.levels);
averageMemory.add(AVERAGE_MEMORY_MIB.values);

/** Percentiles of duration, ms, at DURATION_LEVELS and their mean, of a function drawn from the published population. */
export function publishedDuration(uniform: number): { percentiles: number[]; average: number } {
  const average = averageDuration.at(0, uniform);
  return { percentiles: DURATION_LEVELS.map((_, i) => average * DURATION_SHAPE[i]!), average };
}

/** Percentiles of memory, MiB, at MEMORY_LEVELS, of an app drawn from the published population. */
export function publishedMemory(uniform: number): number[] {
  const average = averageMemory.at(0, uniform);
  return MEMORY_LEVELS.map((_, i) => average * MEMORY_SHAPE[i]!);
}
