import type { RunFacts, RunOptions } from "../run.js";
import type { Trace } from "../trace/trace.js";

/** What replay says when it is done: the load it offered, how long each scheduler took, and what to look at next. */
export function runLine(folder: string, trace: Trace, options: RunOptions, facts: RunFacts): string {
  const { machines, offeredLoad, workload, seconds } = facts;
  const took = options.schedulers.map((name) => `${name} ${(seconds[name] ?? 0).toFixed(1)} s`).join(", ");
  return [
    `${trace.manifest.name}: ${workload.rows.toLocaleString("en")} invocations on ${machines} machines x ${options.cores} cores`,
    `  offered load ${offeredLoad.expected.toFixed(3)} expected, ${offeredLoad.realised.toFixed(3)} realised`,
    `  workload ${(seconds["workload"] ?? 0).toFixed(1)} s, ${took}`,
    `wrote ${folder}; next: npx replaybook summary ${folder}`,
    "",
  ].join("\n");
}
