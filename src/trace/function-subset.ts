import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { TABLE_VERSION } from "../table/index.js";
import { VERSION } from "../version.js";
import { ContentHash } from "./content-hash.js";
import { cpuShares } from "./cpu-share.js";
import { noted } from "./notes.js";
import { writeSubsetCounts } from "./subset-counts.js";
import { type Written, writeSubsetLog } from "./subset-log.js";
import { durationsOf, labelsOf, memoryOf } from "./subset-rows.js";
import type { DurationRows, MemoryRows, SampleOrigin, Trace, TraceManifest } from "./trace.js";
import { MANIFEST } from "./trace-folder.js";
import { writeDurations, writeFunctions, writeMemory } from "./trace-writer.js";

/** Told how far a pass over a trace is: seconds of the trace, of how many. */
export type PassProgress = (done: number, total: number) => void;

/** What a subset's manifest says of its origin. */
export interface SubsetName {
  readonly name: string;
  readonly sample: SampleOrigin;
}

/**
 * Writes the part of a trace that has some functions, `kept` (ids, ascending), into `folder`, which exists and is empty:
 * a trace folder as ingest would write it from the rows of those functions alone, but as long as the whole trace. Functions
 * keep their order and their names, so that draws keyed by names stay as they are; memory of an app comes along whole where
 * any of its functions does; an invocation whose caller is left out loses its parent.
 */
export async function writeSubset(
  trace: Trace,
  kept: Uint32Array,
  { name, sample }: SubsetName,
  folder: string,
  onProgress: PassProgress = () => {},
): Promise<TraceManifest> {
  const { manifest: whole } = trace;
  const idOf = new Int32Array(trace.functions.function.length).fill(-1);
  kept.forEach((old, id) => {
    idOf[old] = id;
  });
  const functions = labelsOf(trace.functions, kept);
  const hash = new ContentHash();
  await writeFunctions(folder, functions);
  hash.labels("functions", functions);
  const rows: Record<string, Record<string, number>> = {
    functions: { kept: kept.length, left_out: idOf.length - kept.length },
  };
  let lacks = whole.lacks;
  let written: Written;
  if (trace.kind === "counts") {
    const durations = durationsOf(trace.durations, idOf);
    const memory = memoryOf(trace.memory, trace.functions, kept);
    await writeDurations(folder, durations);
    await writeMemory(folder, memory);
    written = await writeSubsetCounts(trace, idOf, durations, folder, hash, onProgress);
    hash.durations(durations);
    hash.memory(memory);
    rows["durations"] = leftOut(durations, trace.durations);
    rows["memory"] = leftOut(memory, trace.memory);
    lacks = [...new Set([...lacks, ...empty("durations", durations), ...empty("memory", memory)])];
  } else written = await writeSubsetLog(trace, idOf, folder, hash, onProgress);
  const { kind, duration_s } = whole;
  const { invocations, orphans, totals, dictionaries } = written;
  const manifest: TraceManifest = {
    ...whole,
    ...{ replaybook: VERSION, table_version: TABLE_VERSION, name },
    sha256: hash.digest({ kind, duration_s, ...(dictionaries && { dictionaries }) }),
    ...{ functions: kept.length, invocations, rows, lacks },
    notes: [
      noted(orphans, "invocation has", "invocations have", "lost the caller: its function is not in the sample"),
    ].filter(Boolean),
    cpu: cpuShares(functions, totals),
    sample,
  };
  writeFileSync(join(folder, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

function leftOut(kept: DurationRows | MemoryRows, of: DurationRows | MemoryRows): Record<string, number> {
  return { kept: kept.length, left_out: of.length - kept.length };
}

function empty(name: string, { length }: DurationRows | MemoryRows): string[] {
  return length === 0 ? [name] : [];
}
