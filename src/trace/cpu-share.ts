import type { CpuShares, Functions } from "./trace.js";

const BIGGEST = 10;

/** By function_id: invocations, those of known duration, and their CPU seconds. */
export interface CpuTotals {
  readonly invocations: Float64Array;
  readonly known: Float64Array;
  readonly cpu_s: Float64Array;
}

/** Totals of `functions` functions, all 0. */
export function noCpu(functions: number): CpuTotals {
  const zeros = () => new Float64Array(functions);
  return { invocations: zeros(), known: zeros(), cpu_s: zeros() };
}

/** The ten functions with most CPU time, ties by function_id. */
export function cpuShares(functions: Functions, totals: CpuTotals): CpuShares {
  const { invocations, known, cpu_s } = totals;
  let total = 0;
  let unknownFunctions = 0;
  let unknownInvocations = 0;
  const order: number[] = [];
  for (let id = 0; id < cpu_s.length; id++) {
    total += cpu_s[id]!;
    if (cpu_s[id]! > 0) order.push(id);
    if (known[id] === invocations[id]) continue;
    unknownFunctions++;
    unknownInvocations += invocations[id]! - known[id]!;
  }
  order.sort((a, b) => cpu_s[b]! - cpu_s[a]! || a - b);
  return {
    cpu_s: total,
    unknown: { functions: unknownFunctions, invocations: unknownInvocations },
    biggest: order.slice(0, BIGGEST).map((id) => ({
      function_id: id,
      owner: functions.owner[id]!,
      app: functions.app[id]!,
      function: functions.function[id]!,
      trigger: functions.trigger[id]!,
      invocations: invocations[id]!,
      mean_s: cpu_s[id]! / known[id]!,
      share: cpu_s[id]! / total,
    })),
  };
}
