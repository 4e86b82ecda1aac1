import type { RunFacts, RunOptions } from "../run.js";
import type { Trace } from "../trace/trace.js";
import { plainLoad, plural } from "./plain.js";

/** What replay says when it is done: the load it offered, how long each scheduler took, and what to look at next. */
export function runLine(folder: string, trace: Trace, options: RunOptions, facts: RunFacts): string {
  const { machines, offeredLoad, workload, seconds } = facts;
  const took = options.schedulers.map((name) => `${name} ${(seconds[name] ?? 0).toFixed(1)} s`).join(", ");
  return [
    `${trace.manifest.name}: ${plural(workload.rows, "invocation")} on ${plural(machines, "machine")} x ${plural(options.cores, "core")}`,
    `  offered load ${plainLoad(offeredLoad.expected)} expected, ${plainLoad(offeredLoad.realised)} realised`,
    `  workload ${(seconds["workload"] ?? 0).toFixed(1)} s, ${took}`,
    `wrote ${folder}; next: npx replaybook summary ${folder}`,
    "",
  ].join("\n");
}
