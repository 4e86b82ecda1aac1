import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { canonicalTexts, type OptionTexts, parseOptions, resolveTexts } from "../../src/cli/run-options.js";
import { run } from "../../src/run.js";
import { writeManifests } from "../../src/run-manifest.js";
import { ingest } from "../../src/trace/ingest.js";
import { openTrace } from "../../src/trace/trace-folder.js";
import { newFolder } from "./tables.js";

export const SAMPLE = join(import.meta.dirname, "../../traces/azure-functions-sample");

/** Everything in a run folder but this is the same for equal runs. */
export const DIFFERS = ["timings.json"];

/** A folder named `name` with these files in it. */
export function folderOf(name: string, files: Readonly<Record<string, string>>): string {
  const folder = join(newFolder(), name);
  mkdirSync(folder);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  return folder;
}

/** Replays a provider's files or a table, all in this thread, and returns the run folder. */
export async function runFolder(path: string, flags: Partial<OptionTexts>): Promise<string> {
  const traceFolder = newFolder();
  await ingest([path], { onBadRow: "stop" }, traceFolder);
  const trace = await openTrace(traceFolder);
  const texts = resolveTexts({}, flags);
  const options = parseOptions(texts);
  const folder = newFolder();
  const facts = await run(trace, options, folder, { workers: 0 });
  await trace.close();
  writeManifests(folder, trace, { map: {}, on_bad_row: "stop" }, canonicalTexts(texts, options), facts, {});
  return folder;
}

/** A plain table of `rows` invocations of 20 functions, as CSV; half of the arrivals are ties. `label` names things. */
export function plainTable(rows: number, label = (name: string) => name): string {
  let state = 12345;
  const next = (n: number) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 8) % n;
  };
  const lines = ["arrival_s,runtime_s,price_class,memory_initial_mib,memory_peak_mib,function,app,owner,trigger"];
  for (let i = 0; i < rows; i++) {
    const f = next(20);
    const initial = next(300);
    const names = [`f${f}`, `a${f % 7}`, `o${f % 3}`].map(label);
    const arrival = (i >> 1) / 8 + (next(2) * (i % 2)) / 64;
    const numbers = [arrival, next(50) / 16, next(5), initial, initial + next(500)];
    lines.push([...numbers, ...names, ["http", "timer", "queue"][f % 3]].join(","));
  }
  return `${lines.join("\n")}\n`;
}
