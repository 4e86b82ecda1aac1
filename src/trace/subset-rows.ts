import type { DurationRows, Functions, MemoryRows } from "./trace.js";
import { DURATION_LEVELS, MEMORY_LEVELS } from "./trace.js";

/** The labels of some functions. */
export function labelsOf(functions: Functions, kept: Uint32Array): Functions {
  const pick = (labels: readonly (string | null)[]) => Array.from(kept, (id) => labels[id]!);
  const { owner, app, function: name, trigger } = functions;
  return { owner: pick(owner), app: pick(app), function: pick(name), trigger: pick(trigger) };
}

/** The rows of functions that are kept, with their new ids; `idOf` is -1 for the others. */
export function durationsOf(rows: DurationRows, idOf: Int32Array): DurationRows {
  const order = numbers(rows.length, (row) => idOf[rows.functionId[row]!]! >= 0);
  const pick = (values: Float64Array) => Float64Array.from(order, (row) => values[row]!);
  return {
    length: order.length,
    functionId: Uint32Array.from(order, (row) => idOf[rows.functionId[row]!]!),
    day: Int32Array.from(order, (row) => rows.day[row]!),
    average: pick(rows.average),
    count: pick(rows.count),
    minimum: pick(rows.minimum),
    maximum: pick(rows.maximum),
    percentiles: levelsOf(rows.percentiles, order, DURATION_LEVELS.length),
  };
}

/** The rows of functions that are kept and of the apps of those. */
export function memoryOf(rows: MemoryRows, functions: Functions, kept: Uint32Array): MemoryRows {
  const known = new Set<string>();
  for (const id of kept) {
    const { owner, app, function: name } = functions;
    known.add(keyOf(owner[id]!, app[id]!, null)).add(keyOf(owner[id]!, app[id]!, name[id]!));
  }
  const { owner, app, function: name } = rows;
  const order = numbers(rows.length, (row) => known.has(keyOf(owner[row]!, app[row]!, name[row]!)));
  const labels = (of: readonly (string | null)[]) => Array.from(order, (row) => of[row]!);
  return {
    length: order.length,
    ...{ owner: labels(owner), app: labels(app), function: labels(name) },
    day: Int32Array.from(order, (row) => rows.day[row]!),
    sampleCount: Float64Array.from(order, (row) => rows.sampleCount[row]!),
    average: Float64Array.from(order, (row) => rows.average[row]!),
    percentiles: levelsOf(rows.percentiles, order, MEMORY_LEVELS.length),
  };
}

function keyOf(owner: string | null, app: string | null, name: string | null): string {
  return JSON.stringify([owner, app, name]);
}

function numbers(length: number, wanted: (row: number) => boolean): Uint32Array {
  const rows = new Uint32Array(length);
  let found = 0;
  for (let row = 0; row < length; row++) if (wanted(row)) rows[found++] = row;
  return rows.subarray(0, found);
}

function levelsOf(percentiles: Float64Array, order: Uint32Array, levels: number): Float64Array {
  const picked = new Float64Array(order.length * levels);
  order.forEach((row, i) => {
    picked.set(percentiles.subarray(row * levels, (row + 1) * levels), i * levels);
  });
  return picked;
}
