import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { openRun, type RunFolder } from "../analysis/run-folder.js";
import { Invalid } from "../invalid.js";
import { run } from "../run.js";
import { writeManifests } from "../run-manifest.js";
import { TableReader, TableWriter, WORKLOAD } from "../table/index.js";
import { readEarlierRun } from "./earlier-run.js";
import type { ProgressDisplay } from "./progress.js";
import { canonicalTexts, parseOptions, resolveTexts } from "./run-options.js";
import { traceAt } from "./trace-source.js";

/**
 * Replays a run's own workload again under one scheduler, `classOf` saying which class a row has instead of its own: everything
 * else, every draw included, is as it was. Into a new folder `name` of `target`, which exists.
 */
export async function replayWithClasses(
  before: RunFolder,
  scheduler: string,
  classOf: (row: number, requested: number) => number,
  target: string,
  name: string,
  display: ProgressDisplay,
): Promise<RunFolder> {
  const { manifest } = before;
  const { texts: earlier } = readEarlierRun(join(before.folder, "run.json"));
  const place = join(target, name);
  const [source, scratch, folder] = ["workload.arrow", "trace", "run"].map((at) => join(place, at)) as [
    string,
    string,
    string,
  ];
  mkdirSync(folder, { recursive: true });
  await reclassed(before, classOf, source);
  const reading = { format: undefined, map: {}, onBadRow: "stop" as const };
  const { trace } = await traceAt(source, scratch, reading, display);
  try {
    // The workload is drawn already: what draws, scales or cuts must leave it as it is.
    const texts = resolveTexts(earlier, {
      ...{ scheduler, machines: String(manifest.machines), load: "as-is", "cpu-fraction": "1", "max-runtime": "none" },
      ...{ classes: "auto", cut: `${manifest.from_s}s..${manifest.to_s + 1}s` },
      "sample-every": `${manifest.sample_every_s}s`,
    });
    const options = parseOptions(texts);
    const facts = await run(trace, options, folder, {
      progress: (stage, done, total) => display.show(`${name}, ${stage}`, done, total),
    });
    writeManifests(folder, trace, { map: {}, on_bad_row: "stop" }, canonicalTexts(texts, options), facts, {});
    return openRun(folder);
  } finally {
    display.end();
    await trace.close();
    rmSync(scratch, { recursive: true, force: true });
    rmSync(source, { force: true });
  }
}

/** Deadlines follow from the class. */
const COLUMNS = WORKLOAD.filter(({ name }) => name !== "deadline_s");

/** The workload with other classes, as one table. */
async function reclassed(before: RunFolder, classOf: (row: number, requested: number) => number, path: string) {
  const [file, ...more] = before.table("workload").files;
  if (more.length > 0) {
    throw new Invalid("run", before.folder, "its workload is in parts", "one of at most 16,777,216 invocations");
  }
  const reader = await TableReader.open(file!);
  try {
    let row = 0;
    let writer: TableWriter | null = null;
    for await (const { rows, columns } of reader.batches()) {
      const dictionaries = ["function", "app", "owner", "trigger"].map((label) => [label, reader.dictionary(label)]);
      writer ??= await TableWriter.create(path, COLUMNS, {}, Object.fromEntries(dictionaries));
      const price_class = Uint8Array.from(columns["price_class"]!.subarray(0, rows), (own, i) => classOf(row + i, own));
      await writer.write({ ...columns, price_class }, rows);
      row += rows;
    }
    await writer?.close();
  } finally {
    await reader.close();
  }
}
